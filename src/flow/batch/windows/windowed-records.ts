import { isTruthy, type Value } from '../../../base/value.ts';
import type { Lambda } from '../../parameters.ts';
import type { RunContext } from '../context.ts';
import { reportBad } from '../report-bad.ts';
import type { Step } from '../step.ts';
import { BatchWindow, type BatchWindowSpec } from './batch-window.ts';
import { checkState, roughBytes } from './state-limit.ts';

/** A window over batches that gives out its records, in order of arrival. */
export function windowedRecords(spec: BatchWindowSpec, run: RunContext, down: Step): Step {
  return new WindowedRecords(spec, run, down);
}

interface Pane {
  /** ms. */
  end: number;
  readonly records: Value[];
  bytes: number;
}

const newPane = (): Pane => ({ end: 0, records: [], bytes: 0 });

class WindowedRecords extends BatchWindow {
  private open = newPane();
  private readonly panes: Pane[] = [];
  private bytes = 0;
  private readonly filter: Lambda | undefined;

  constructor(spec: BatchWindowSpec, run: RunContext, down: Step) {
    super(spec, run, down);
    this.filter = spec.filter;
  }

  push(record: Value): void {
    this.open.records.push(record);
    this.open.bytes += roughBytes(record);
  }

  protected get isEmpty(): boolean {
    return this.panes.length === 0;
  }

  protected seal(end: number | undefined): boolean {
    const pane = this.open;
    if (pane.records.length === 0) return false;
    this.open = newPane();
    if (end === undefined) return false;
    pane.end = end;
    this.panes.push(pane);
    this.bytes += pane.bytes;
    checkState(this.run, 'window', this.bytes);
    return true;
  }

  protected leave(through: number): void {
    while (this.panes.length > 0 && this.panes[0]!.end <= through) this.bytes -= this.panes.shift()!.bytes;
  }

  protected give(): void {
    for (const { records } of this.panes) for (const record of records) if (this.passes(record)) this.down.push(record);
  }

  private passes(record: Value): boolean {
    if (this.filter === undefined) return true;
    try {
      return isTruthy(this.filter(record));
    } catch (error) {
      reportBad(this.run, error, record);
      return false;
    }
  }
}
