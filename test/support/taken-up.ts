/** Steps that are written down and taken up by new ones in the middle of what they do, which nobody may notice. */

import fc from 'fast-check';
import type { Value } from '../../src/base/value.ts';
import type { Origin } from '../../src/flow/define/chunk.ts';
import type { KnownOrigins, State } from '../../src/flow/define/snapshot.ts';
import type { Step } from '../../src/flow/define/step.ts';
import { TestRun } from '../unit/windows/harness.ts';
import { copied } from './copied-state.ts';

/** What is done before a call: a snapshot is taken, of all or of what has changed; or new steps go on from all that were taken. */
export interface Cut {
  readonly onlyChanges: boolean;
  readonly isTakenUp: boolean;
}

/** Cuts before some of the calls. */
export const cuts: fc.Arbitrary<readonly (Cut | undefined)[]> = fc.array(
  fc.option(fc.record({ onlyChanges: fc.boolean(), isTakenUp: fc.boolean() }), { nil: undefined, freq: 3 }),
  { maxLength: 60, size: 'max' },
);

/** The steps of a node, cut. */
class CutSteps {
  readonly inputs: readonly Step[];
  private steps: readonly Step[];
  /** What was taken since it was all, the first of these. */
  private taken: (readonly State[])[] = [];
  private calls = 0;
  private readonly make: () => readonly Step[];
  private readonly origins: KnownOrigins;
  private readonly cuts: readonly (Cut | undefined)[];

  constructor(make: () => readonly Step[], origins: KnownOrigins, cuts: readonly (Cut | undefined)[]) {
    this.make = make;
    this.origins = origins;
    this.cuts = cuts;
    this.steps = make();
    this.inputs = this.steps.map((_, i) => this.input(i));
  }

  private input(i: number): Step {
    const step = () => {
      const cut = this.cuts[this.calls++];
      if (cut !== undefined) this.cut(cut);
      return this.steps[i]!;
    };
    return {
      push: (record) => step().push(record),
      close: (span) => step().close(span),
      partition: () => step().partition?.(),
      release: () => step().release?.(),
      advance: (through) => step().advance(through),
      opened: (origin) => step().opened?.(origin),
      ended: (origin) => step().ended?.(origin),
      finish: (end) => step().finish(end),
    };
  }

  private cut({ onlyChanges, isTakenUp }: Cut): void {
    const isAll = !onlyChanges || this.taken.length === 0;
    const states = this.steps.map((step) => copied(step.snapshot?.(!isAll)));
    if (isAll) this.taken = [];
    this.taken.push(states);
    if (!isTakenUp) return;
    this.steps = this.make();
    for (const taken of this.taken) {
      for (const [i, step] of this.steps.entries()) step.restore?.(copied(taken[i]), this.origins);
    }
  }
}

/** What happens to steps. Numbers are those of origins and of inputs. */
export type Happening =
  | { readonly kind: 'record'; readonly origin: number; readonly input: number; readonly record: Value }
  | { readonly kind: 'tick' | 'partition' | 'release' }
  | { readonly kind: 'ended'; readonly origin: number };

/** Some of it, with these records. */
export function happenings(record: fc.Arbitrary<Value>, inputs = 1): fc.Arbitrary<readonly Happening[]> {
  const origin = fc.nat({ max: 2 });
  const input = fc.nat({ max: inputs - 1 });
  return fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('record' as const), origin, input, record }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('partition' as const, 'release' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('ended' as const), origin }) },
    ),
    { maxLength: 50, size: 'max' },
  );
}

/** A run of which everything that steps do stands in one list. */
class LoggedRun extends TestRun {
  readonly log: unknown[] = [];
  private hasFailed = false;

  override bad(problem: Parameters<TestRun['bad']>[0]): void {
    const { origin, line } = this.cursor;
    this.log.push(['bad', problem.reason, problem.detail, origin?.id, line]);
  }

  override late(): void {
    this.log.push('late');
  }

  override fail(failure: Parameters<TestRun['fail']>[0]): void {
    // The first failure is the run's.
    if (!this.hasFailed) this.log.push(['failed', failure.message]);
    this.hasFailed = true;
  }

  readonly down: Step = {
    push: (record) => this.log.push([record, this.cursor.origin?.id]),
    close: (span) => this.log.push(['close', span]),
    partition: () => this.log.push('partition'),
    advance: (through) => this.log.push(['advance', through]),
    opened: (origin) => this.log.push(['opened', origin.id]),
    ended: (origin) => this.log.push(['ended', origin.id]),
    finish: (end) => this.log.push(['finish', end.time]),
  };
}

export interface Settings {
  readonly isOneBatch?: boolean;
  readonly isBounded?: boolean;
  readonly stateMax?: number;
}

/** What steps do with what happens, all of it in order. Once an origin has ended nothing more comes from it. */
export function doneBy(
  make: (run: TestRun, down: Step) => readonly Step[],
  events: readonly Happening[],
  cuts: readonly (Cut | undefined)[],
  { isOneBatch = false, isBounded = false, stateMax = Number.POSITIVE_INFINITY }: Settings = {},
): readonly unknown[] {
  const run = new LoggedRun(10);
  Object.assign(run, { isOneBatch, isBounded, stateMax, tick: 10 });
  const { log, down } = run;
  const { inputs } = new CutSteps(() => make(run, down), { of: ({ id }) => run.origin(id) }, cuts);
  const over = new Set<Origin>();
  const begun = new Set<Origin>();
  const begin = (origin: Origin) => {
    if (begun.has(origin)) return;
    begun.add(origin);
    for (const input of inputs) input.opened?.(origin);
  };
  const tick = () => {
    const span = { time: run.tick, start: run.tick - 10, end: run.tick, partial: false };
    run.cursor.origin = null;
    for (const input of inputs) input.close(span);
    for (const input of inputs) input.advance(span.end);
    run.tick += 10;
  };
  for (const [i, event] of events.entries()) {
    log.push(i);
    if (event.kind === 'record') {
      const origin = run.origin(event.origin);
      if (over.has(origin)) continue;
      begin(origin);
      Object.assign(run.cursor, { origin, line: ++origin.lines, text: () => JSON.stringify(event.record) });
      inputs[event.input]!.push(event.record);
    } else if (event.kind === 'ended') {
      const origin = run.origin(event.origin);
      if (over.has(origin)) continue;
      begin(origin);
      over.add(origin);
      for (const input of inputs) input.ended?.(origin);
    } else if (event.kind === 'tick') {
      if (!isOneBatch) tick();
    } else for (const input of inputs) input[event.kind]?.();
  }
  tick();
  for (const input of inputs) input.finish({ time: run.tick - 10 });
  return log;
}
