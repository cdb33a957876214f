import { VirtualClock } from '../../../src/base/clock.ts';
import type { BadRecord, RunFailure } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Origin } from '../../../src/flow/define/chunk.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { RunContext } from '../../../src/flow/define/context.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import type { Span } from '../../../src/flow/define/span.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { counting, countingBy, keyOfPair, pair } from '../../../src/flow/groups/groupings.ts';
import { hostFileSystem } from '../../../src/flow/output/host-file-system.ts';
import { RunFile } from '../../../src/flow/output/run-file.ts';

export interface Emission extends Span {
  readonly records: readonly Value[];
}

/** A step that keeps what it is given. */
export class Recorder implements Step {
  readonly emissions: Emission[] = [];
  readonly advances: number[] = [];
  finished = 0;
  private records: Value[] = [];

  push(record: Value): void {
    this.records.push(record);
  }

  close(span: Span): void {
    this.emissions.push({ ...span, records: this.records });
    this.records = [];
  }

  advance(through: number): void {
    this.advances.push(through);
  }

  finish(): void {
    this.finished++;
  }
}

/** A run whose clock and place are moved by the test. */
export class TestRun implements RunContext {
  readonly interval: number;
  readonly clock = new VirtualClock();
  readonly cursor: { origin: Origin | null; line: number; text(): string } = {
    origin: null,
    line: 0,
    text: () => '',
  };
  live = false;
  isBounded = false;
  stateMax = Number.POSITIVE_INFINITY;
  readonly bads: string[] = [];
  readonly failures: RunFailure[] = [];
  private readonly files: RunFile[] = [];
  lates = 0;
  tick = 0;
  private readonly origins = new Map<number, Origin>();

  constructor(interval = 1) {
    this.interval = interval;
  }

  now(): number {
    return this.tick;
  }
  bad(problem: BadRecord): void {
    this.bads.push(problem.reason);
  }
  late(): void {
    this.lates++;
  }
  note(): void {}
  trace(_line: string): void {}
  fail(failure: RunFailure): void {
    this.failures.push(failure);
  }

  appendTo(path: string, failure: (error: unknown) => RunFailure): RunFile {
    const failed = (error: unknown) => this.fail(failure(error));
    try {
      const file = new RunFile({ files: hostFileSystem, path, mode: 'append', failed });
      this.files.push(file);
      return file;
    } catch (error) {
      throw failure(error);
    }
  }

  /** Resolves when the files of stages are out. */
  async close(): Promise<void> {
    for (const file of this.files) await file.close();
  }

  /** The records of a batch that ends at `tick`, and the tick itself. */
  batch(step: Step, tick: number, records: readonly Value[], partial = false): void {
    this.tick = tick;
    for (const record of records) step.push(record);
    step.close({ time: tick, start: tick - this.interval, end: tick, partial });
    step.advance(tick);
  }

  /** Moves to an origin, as the reader does before a record. */
  from(number: number): void {
    this.cursor.origin = this.origin(number);
  }

  origin(number: number): Origin {
    const known = this.origins.get(number) ?? { id: number, name: `origin ${number}`, source: 0, lines: 0 };
    this.origins.set(number, known);
    return known;
  }
}

/** Texts of values of each key, put together: wrong order, loss and repetition all show. */
export const joining: Grouping<string> = {
  key: keyOfPair,
  aggregate: {
    zero: () => '',
    add: (state, record) => `${state}${pair(record)[1]}.`,
    merge: (into, from) => into + from,
    result: (state) => state,
  },
  emit: (key, state, _span, out) => out([key, state]),
};

/** Lists that are changed in place, so that partials which are shared by mistake show. */
export const listing = (grows: boolean): Grouping<Value[]> => ({
  key: keyOfPair,
  aggregate: {
    zero: () => [],
    add(state, record) {
      state.push(pair(record)[1]);
      return state;
    },
    merge(into, from) {
      into.push(...from);
      return into;
    },
    result: (state) => [...state],
    grows,
  },
  emit: (key, state, _span, out) => out([key, [...state]]),
});

export const countingAll: Grouping<number> = {
  aggregate: counting,
  emitsEmpty: true,
  emit: (_key, state, _span, out) => out(state),
};

/** What a grouping makes of records, plainly. */
export function aggregateOf<S>(grouping: Grouping<S>, records: readonly Value[], span: Span): Value[] {
  const groups = new Map<string, { key: Value; state: S }>();
  for (const record of records) {
    const key = grouping.key?.call(record) ?? null;
    const id = JSON.stringify(key);
    const group = groups.get(id) ?? { key, state: grouping.aggregate.zero() };
    group.state = grouping.aggregate.add(group.state, record);
    groups.set(id, group);
  }
  const given: Value[] = [];
  if (groups.size === 0 && grouping.emitsEmpty)
    grouping.emit(null, grouping.aggregate.zero(), span, (v) => given.push(v));
  for (const { key, state } of groups.values()) grouping.emit(key, state, span, (v) => given.push(v));
  return given;
}

/** How often each record occurs, as `countByValue` counts. */
export const countingValues: Grouping<number> = {
  ...countingBy(opaque((record) => record)),
  faster: { countOf: 'each', partial: (count) => count },
};
