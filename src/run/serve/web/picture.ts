import { signal } from '@preact/signals';
import { objectOf, TIME } from '../../../base/type.ts';
import type { Value } from '../../../base/value.ts';
import { ChosenChart, type Kind } from '../../../flow/plots/chosen-chart.ts';
import type { Plot } from '../../../flow/plots/plot.ts';
import type { Result, ViewInfo } from './result.ts';

/** What a picture is chosen to be, or `auto` for what fits the data. */
export type Wanted = Kind | 'auto' | 'table';

/** Results that are kept to draw another kind of them. */
const LAST = 60;

interface Past {
  readonly records: readonly Value[];
  readonly result: Result;
}

/** The picture of a view: what a chart in the terminal would draw of the same results. */
export class Picture {
  readonly plot = signal<Plot | undefined>(undefined);
  readonly wanted = signal<Wanted>('auto');
  private readonly info: ViewInfo;
  private chart: ChosenChart | undefined;
  private past: Past[] = [];
  private hasStages = false;

  constructor(info: ViewInfo) {
    this.info = info;
  }

  /** One more result. */
  put(records: readonly Value[], result: Result): void {
    this.past.push({ records, result });
    if (this.past.length > LAST) this.past.shift();
    if (this.chart === undefined) this.chart = this.begun();
    this.give(this.chart, { records, result });
    this.draw();
  }

  /** What comes from now on is of another result. @param hasStages whether stages are put behind the view, of whose keys nothing is known. */
  forget(hasStages: boolean): void {
    this.hasStages = hasStages;
    this.past = [];
    this.chart = undefined;
    this.plot.value = undefined;
  }

  /** Draws another kind, of all results that are there. */
  choose(wanted: Wanted): void {
    this.wanted.value = wanted;
    const chart = this.begun();
    this.chart = chart;
    for (const past of this.past) this.give(chart, past);
    this.draw();
  }

  private begun(): ChosenChart {
    const wanted = this.wanted.value;
    const kind = wanted === 'auto' || wanted === 'table' ? undefined : wanted;
    const said = { value: undefined, key: undefined, x: undefined };
    const type = objectOf(this.info.times.map((name) => [name, TIME] as const));
    const hasNoKey = this.info.kind !== 'log' && this.info.by.length === 0 && !this.hasStages;
    return new ChosenChart(
      { kind, ...said, isLog: false, height: 12, batches: LAST },
      { bad() {}, note() {}, type, interval: 1000, isOneBatch: this.info.over && this.info.kept === 1, hasNoKey },
    );
  }

  private give(chart: ChosenChart, { records, result: { time, start, end, partial } }: Past): void {
    for (const record of records) chart.push(record);
    chart.close({ time, start, end, partial }, false);
  }

  private draw(): void {
    this.plot.value = this.wanted.value === 'table' ? undefined : this.chart?.plot();
  }
}
