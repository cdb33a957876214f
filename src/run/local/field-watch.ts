import { nearest } from '../../base/nearest.ts';
import { isFields } from '../../base/value.ts';
import type { RunContext } from '../../flow/batch/context.ts';
import { pushLines } from '../../flow/batch/lines.ts';
import type { Step } from '../../flow/batch/step.ts';
import { namedFields } from '../../query/plan/named-fields.ts';
import type { Node, Plan, StageNode } from '../../query/plan/plan.ts';
import { quietRun } from './quiet-run.ts';

/** How many objects of a parser are looked at. */
const SAMPLE = 1000;
/** How many names of fields are told. */
const SHOWN = 12;

/**
 * Tells of fields that the program asks for and the data does not have: a slip of the pen in `.stauts` is no mistake that can be seen
 * before the run, since a missing field is null. The first records of each parser are looked at, by a copy of it that is given the same
 * lines; once it has seen enough, nothing is left of it.
 */
export class FieldWatch {
  private readonly run: RunContext;
  private readonly named: ReadonlyMap<StageNode, readonly string[]>;
  private readonly samples: Sample[] = [];

  constructor(plan: Plan, run: RunContext) {
    this.run = run;
    this.named = namedFields(plan);
  }

  /**
   * The step of a node, watched where it is a parser and fields of its records have names.
   *
   * @param createCopy makes a step of the same kind, which gives all fields of its records.
   */
  around(node: Node, step: Step, createCopy: (run: RunContext, down: Step) => Step): Step {
    const names = node.kind === 'stage' ? this.named.get(node) : undefined;
    if (names === undefined || names.length === 0) return step;
    const sample = new Sample(names, (message) => this.run.note(message));
    this.samples.push(sample);
    return watched(step, sample, this.run, createCopy);
  }

  /** The run is over: what was seen by now is all there is. */
  finish(): void {
    for (const sample of this.samples) sample.finish();
  }
}

function watched(step: Step, sample: Sample, run: RunContext, createCopy: (run: RunContext, down: Step) => Step): Step {
  const down: Step = { push: (record) => sample.see(record), close() {}, advance() {}, finish() {} };
  const copy = createCopy(quietRun(run, run.cursor), down);
  const push = step.push.bind(step);
  const tapped: Step = {
    push(record) {
      if (sample.isOver) tapped.push = push;
      else copy.push(record);
      push(record);
    },
    close: (span) => step.close(span),
    advance: (through) => step.advance(through),
    finish: (end) => step.finish(end),
    ...(step.partition === undefined ? {} : { partition: () => step.partition?.() }),
    texts(cut) {
      const take = step.texts?.(cut);
      if (take === undefined || cut.kind !== 'lines') return take;
      return (lines) => {
        if (!sample.isOver) {
          const cursor = { origin: run.cursor.origin, line: run.cursor.line, text: () => '' };
          pushLines(sample.headOf(lines), cursor, (line) => copy.push(line));
        }
        take(lines);
      };
    },
  };
  return tapped;
}

const NEWLINE = 10;

/** The fields of the first objects. */
class Sample {
  isOver = false;
  private readonly names: readonly string[];
  private readonly note: (message: string) => void;
  private readonly seen = new Set<string>();
  private objects = 0;

  constructor(names: readonly string[], note: (message: string) => void) {
    this.names = names;
    this.note = note;
  }

  see(record: Parameters<Step['push']>[0]): void {
    if (this.isOver || !isFields(record)) return;
    for (const name of Object.keys(record)) this.seen.add(name);
    if (++this.objects === SAMPLE) this.finish();
  }

  /** As many lines as may still be looked at. */
  headOf(lines: Buffer): Buffer {
    let end = 0;
    for (let count = this.objects; count < SAMPLE && end < lines.length; count++) {
      end = lines.indexOf(NEWLINE, end) + 1 || lines.length;
    }
    return lines.subarray(0, end);
  }

  finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    // Records without any field are what they are; nothing was misspelt.
    if (this.seen.size === 0) return;
    for (const name of this.names) if (!this.seen.has(name)) this.note(this.messageOn(name));
  }

  private messageOn(name: string): string {
    const near = nearest(name, this.seen);
    const shown = [...this.seen].slice(0, SHOWN);
    const more = this.seen.size > SHOWN ? ` and ${this.seen.size - SHOWN} more` : '';
    const where = this.objects === 1 ? 'the one record' : `the first ${this.objects.toLocaleString('en-US')} records`;
    const meant = near === undefined ? '' : `did you mean "${near}"? `;
    return `no field "${name}" in ${where}; ${meant}seen: ${shown.join(', ')}${more}`;
  }
}
