/** Runs the behaviour of one stage: batches in, batches out. */

import { VirtualClock } from '../../src/base/clock.ts';
import { toText } from '../../src/base/json.ts';
import type { BadRecord } from '../../src/base/problem.ts';
import type { Value } from '../../src/base/value.ts';
import type { Cursor, Origin } from '../../src/flow/define/chunk.ts';
import type { RunContext } from '../../src/flow/define/context.ts';
import type { StageDefinition } from '../../src/flow/define/stage.ts';
import { passingOn, type Step } from '../../src/flow/define/step.ts';
import { reportBad } from '../../src/flow/records/report-bad.ts';

/** What was reported of a bad record, and where the cursor stood. */
export interface ReportedBad {
  readonly reason: string;
  readonly detail: string | undefined;
  readonly source: string | undefined;
  readonly line: number;
  readonly text: string;
}

/** A record with the place that it came from. */
export class From {
  readonly origin: Origin;
  readonly record: Value;

  constructor(origin: Origin, record: Value) {
    this.origin = origin;
    this.record = record;
  }
}

let origins = 0;

export function origin(name: string): Origin {
  return { id: origins++, name, source: 0, lines: 0 };
}

/** A run whose batches are 1 s long, from 0. */
export class StageRun {
  readonly bads: ReportedBad[] = [];
  readonly traced: string[] = [];
  readonly notes: string[] = [];
  /** The records of each emission, cut at the borders of partitions. */
  readonly emissions: Value[][][] = [];
  private open: Value[][] = [[]];
  private time = 0;
  private readonly step: Step;
  private readonly cursor: Cursor = { origin: null, line: 0, text: () => '' };

  constructor(definition: StageDefinition, args: { readonly [name: string]: unknown } = {}) {
    const fallbacks = Object.entries(definition.parameters).map(([name, { fallback }]) => [name, fallback]);
    this.step = stepOf(definition, { ...Object.fromEntries(fallbacks), ...args }, this.context(), this.sink());
  }

  /** Pushes a batch and closes it. */
  batch(...records: readonly (Value | From)[]): this {
    for (const record of records) this.push(record);
    Object.assign(this.cursor, { origin: null, text: () => '' });
    this.time += 1000;
    this.step.close({ time: this.time, start: this.time - 1000, end: this.time, partial: false });
    return this;
  }

  /** A border between partitions, as `repartition` before this stage would set it. */
  border(): this {
    this.step.partition?.();
    return this;
  }

  push(item: Value | From): this {
    const from = item instanceof From ? item : new From(this.unplaced, item);
    const place = item instanceof From ? item.origin : null;
    Object.assign(this.cursor, { origin: place, line: ++from.origin.lines, text: () => toText(from.record) });
    this.step.push(from.record);
    return this;
  }

  finish(): this {
    this.step.finish({ time: this.time });
    return this;
  }

  /** The records of each emission. */
  get out(): Value[][] {
    return this.emissions.map((partitions) => partitions.flat(1));
  }

  get reasons(): string[] {
    return this.bads.map(({ reason }) => reason);
  }

  private readonly unplaced = origin('nowhere');

  private sink(): Step {
    return {
      push: (record) => this.open.at(-1)!.push(record),
      partition: () => this.open.push([]),
      close: () => {
        this.emissions.push(this.open);
        this.open = [[]];
      },
      advance() {},
      finish() {},
    };
  }

  private context(): RunContext {
    const { cursor } = this;
    return {
      interval: 1000,
      cursor,
      clock: new VirtualClock(),
      live: false,
      stateMax: 1e9,
      now: () => this.time + 1000,
      bad: ({ reason, detail }: BadRecord, record?: Value) =>
        this.bads.push({
          reason,
          detail,
          source: cursor.origin?.name,
          line: cursor.line,
          text: cursor.origin === null ? toText(record ?? null) : cursor.text(),
        }),
      late() {},
      note: (message) => this.notes.push(message),
      trace: (line) => this.traced.push(line),
      fail: (failure) => {
        throw failure;
      },
    };
  }
}

function stepOf({ behaviour, name }: StageDefinition, args: object, run: RunContext, down: Step): Step {
  if (behaviour.kind === 'step') return behaviour.create(args as never, run, down);
  if (behaviour.kind !== 'record') throw new Error(`${name} is a stage of kind ${behaviour.kind}`);
  const work = behaviour.create(args as never, run);
  return passingOn(down, {
    push(record) {
      try {
        work(record, (out) => down.push(out));
      } catch (problem) {
        reportBad(run, problem, record);
      }
    },
  });
}

/** What a stage makes of one batch of records; fails the test where one of them was bad. */
export function outOf(
  definition: StageDefinition,
  records: readonly (Value | From)[],
  args: { readonly [name: string]: unknown } = {},
): Value[] {
  const run = new StageRun(definition, args).batch(...records).finish();
  if (run.bads.length > 0) throw new Error(`bad: ${JSON.stringify(run.bads)}`);
  return run.out[0]!;
}
