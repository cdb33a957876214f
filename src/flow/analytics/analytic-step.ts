import { keyOf } from '../../base/field-key.ts';
import { type NewFields, setFieldAt, type Value } from '../../base/value.ts';
import type { Analysis } from '../define/analysis.ts';
import type { RunContext } from '../define/context.ts';
import type { Key } from '../define/named-fields.ts';
import type { Column } from '../define/parameters.ts';
import type { KnownOrigins, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import type { Reached, RunEnd, Step } from '../define/step.ts';
import { columnsOf } from '../groups/composite.ts';
import { type Working, type Workings, workingsOf } from '../groups/worked-out.ts';
import { reportBad } from '../records/report-bad.ts';

interface Remembered {
  readonly rows: readonly (readonly Value[])[];
  readonly analyses: readonly State[];
  readonly emissions: number;
}

/**
 * Works out the columns that look at other results, at the close of an emission: it takes lists of a group's key and the results of its
 * aggregates, and gives the objects.
 *
 *     ["/a", 3]  ["/b", 1]      {n: count(), part: share()}      {path: "/a", n: 3, part: 0.75}  {path: "/b", n: 1, part: 0.25}
 */
export class AnalyticStep implements Step {
  /** A row a group: its key, the results, and behind them what was worked out. */
  private rows: Value[][] = [];
  private readonly workings: Workings;
  /** Of the workings that have one. */
  private readonly analyses: ReadonlyMap<Working, Analysis>;
  private readonly key: Key | undefined;
  private readonly names: readonly ReturnType<typeof keyOf>[];
  /** How many emissions there were: none, one, or more. */
  private emissions = 0;
  private readonly run: RunContext;
  private readonly down: Step;

  constructor(key: Key | undefined, columns: readonly Column[], run: RunContext, down: Step) {
    this.key = key;
    this.run = run;
    this.down = down;
    this.names = columns.map(({ name }) => keyOf(name));
    this.workings = workingsOf(columns);
    const analytics = this.workings.steps.filter((step) => step.kind === 'analytic');
    this.analyses = new Map(analytics.map((step) => [step, step.analytic.create(run)]));
  }

  push(row: Value): void {
    // A window may give the same list again.
    this.rows.push([...(row as readonly Value[])]);
  }

  close(span: Span): void {
    let { rows } = this;
    if (this.emissions < 2) this.emissions++;
    this.rows = [];
    for (const step of this.workings.steps) rows = this.worked(step, rows, span);
    for (const row of rows) this.down.push(this.objectOf(row));
    this.down.close(span);
  }

  /** The rows with one value more; those without for which a function of the program fails. */
  private worked(step: Working, rows: Value[][], span: Span): Value[][] {
    if (step.kind === 'analytic') {
      const values = rows.map((row) => row[step.of + 1]!);
      const keys = rows.map((row) => row[0]!);
      const all = this.analyses.get(step)!.of(values, keys, span);
      for (const [i, row] of rows.entries()) row.push(all[i]!);
      return rows;
    }
    return rows.filter((row) => {
      try {
        row.push(step.call(...step.of.map((place) => row[place + 1]!)));
        return true;
      } catch (error) {
        reportBad(this.run, error, row[0]!);
        return false;
      }
    });
  }

  private objectOf(row: readonly Value[]): Value {
    const object: NewFields = this.key === undefined ? {} : columnsOf(this.key, row[0]!);
    const { columns } = this.workings;
    for (let i = 0; i < columns.length; i++) setFieldAt(object, this.names[i]!, row[columns[i]! + 1]!);
    return object;
  }

  /** What looks back where nothing was before. */
  private noteOnNoPast(): void {
    for (const step of this.analyses.keys()) {
      if (step.kind !== 'analytic' || step.analytic.among !== 'past') continue;
      const { name } = step.analytic.word;
      const way = 'a window before it, as in `window(1m, on: .time)`, makes several of the same input';
      this.run.note(`\`${name}\` looks at results before, and there was one batch or window alone: ${way}`, name);
    }
  }

  snapshot(onlyChanges = false): State {
    const analyses = Array.from(this.analyses.values(), (analysis) => analysis.snapshot(onlyChanges));
    return { rows: this.rows, analyses, emissions: this.emissions } satisfies Remembered;
  }

  restore(state: State, origins: KnownOrigins): void {
    const { rows, analyses, emissions } = state as unknown as Remembered;
    this.rows = rows.map((row) => [...row]);
    this.emissions = emissions;
    let next = 0;
    for (const analysis of this.analyses.values()) analysis.restore(analyses[next++], origins);
  }

  advance(through: number): void {
    this.down.advance(through);
  }

  passed(reached: Reached): void {
    this.down.passed?.(reached);
  }

  finish(end: RunEnd): void {
    if (this.emissions === 1) this.noteOnNoPast();
    this.down.finish(end);
  }
}
