/** The steps of one node, which are made anew before any of their calls. */
import fc from 'fast-check';
import type { Value } from '../../src/base/value.ts';
import type { Origin } from '../../src/flow/define/chunk.ts';
import type { KnownOrigins } from '../../src/flow/define/snapshot.ts';
import type { Step } from '../../src/flow/define/step.ts';
import type { Node } from '../../src/query/plan/plan.ts';
import { TestRun } from '../unit/windows/harness.ts';
import { type Cut, StepsAnew } from './steps-anew.ts';

/** Cuts before some of the calls. */
export const cuts: fc.Arbitrary<readonly (Cut | undefined)[]> = fc.array(
  fc.option(fc.record({ onlyChanges: fc.boolean(), isTakenUp: fc.boolean() }), { nil: undefined, freq: 3 }),
  { maxLength: 60, size: 'max' },
);

/** A node that is looked at by itself, behind a source. */
const NODE = { kind: 'stage', input: { kind: 'source' } } as Node;

/** Its steps, cut before some of the calls. */
class CutSteps extends StepsAnew {
  readonly inputs: readonly Step[];
  private calls = 0;
  private readonly cuts: readonly (Cut | undefined)[];

  constructor(
    down: Step,
    create: (down: Step) => readonly Step[],
    origins: KnownOrigins,
    cuts: readonly (Cut | undefined)[],
  ) {
    super({ nodes: [NODE] }, origins);
    this.cuts = cuts;
    this.inputs = this.around(NODE, down, create);
  }

  protected override enter(work: () => void): void {
    const cut = this.cuts[this.calls++];
    if (cut !== undefined) this.cut(cut);
    work();
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

  override trace(line: string): void {
    this.log.push(['told', line]);
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
  const { inputs } = new CutSteps(down, (behind) => make(run, behind), { of: ({ id }) => run.origin(id) }, cuts);
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
