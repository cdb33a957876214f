import { formatDuration } from '../../base/duration.ts';
import { toText } from '../../base/json.ts';
import { RunFailure } from '../../base/problem.ts';
import { isTruthy, type Value } from '../../base/value.ts';
import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import { duration, lambda, text } from '../define/parameters.ts';
import type { State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { defineStage } from '../define/stage.ts';
import { keepingOrigin, passingOn, type Step } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';

/** How many of the records that break the condition are shown. */
const SHOWN = 10;

interface Arguments {
  readonly condition: Compiled;
  readonly for: number | undefined;
  readonly message: string | undefined;
}

type Seen = {
  readonly records: number;
  readonly broken: number;
  readonly shown: Value[];
  readonly since: number | undefined;
};

/** What was seen of the batch under way. */
class Check {
  private readonly args: Arguments;
  private readonly run: RunContext;
  private records = 0;
  private broken = 0;
  private shown: Value[] = [];
  /** The end of the first of the broken batches that led up to this one without a whole one between; undefined while all is well. */
  private since: number | undefined;

  constructor(args: Arguments, run: RunContext) {
    this.args = args;
    this.run = run;
  }

  see(record: Value): void {
    this.records++;
    try {
      if (isTruthy(this.args.condition.call(record))) return;
    } catch (problem) {
      reportBad(this.run, problem, record);
      return;
    }
    this.broken++;
    if (this.shown.length < SHOWN) this.shown.push(record);
  }

  /** The batch is whole. Ends the run where it was broken, and for long enough. */
  close({ end }: Span): void {
    if (this.broken === 0) {
      this.since = undefined;
    } else {
      this.since ??= end;
      if (end - this.since >= (this.args.for ?? 0)) this.fail();
    }
    this.records = 0;
    this.broken = 0;
    this.shown = [];
  }

  snapshot(): State {
    const { records, broken, shown, since } = this;
    return { records, broken, shown, since } satisfies Seen;
  }

  restore(state: State): void {
    Object.assign(this, state as Seen);
  }

  private fail(): void {
    for (const record of this.shown) this.run.trace(toText(record));
    if (this.broken > this.shown.length) this.run.trace(`… and ${this.broken - this.shown.length} more`);
    const records = `${this.broken} of ${this.records} ${this.records === 1 ? 'record' : 'records'} of a batch`;
    const lasting =
      this.args.for === undefined ? '' : `, as in all batches for ${formatDuration(this.args.for)} before it`;
    const what =
      this.args.message === undefined ? 'the condition of `assert` does not hold for' : `${this.args.message}:`;
    this.run.fail(new RunFailure('assert-broken', 1, `${what} ${records}${lasting}`));
  }
}

function checking(args: Arguments, run: RunContext, down: Step): Step {
  const check = new Check(args, run);
  return passingOn(down, {
    ...keepingOrigin(down),
    push(record) {
      check.see(record);
      down.push(record);
    },
    close(span) {
      check.close(span);
      down.close(span);
    },
    snapshot: () => check.snapshot(),
    restore: (state) => check.restore(state),
  });
}

export const assert = defineStage({
  name: 'assert',
  group: 'batch',
  summary: 'Ends the run with exit 1 where a record breaks a condition',
  synonyms: ['check', 'expect'],
  docs:
    'For checks in scripts and in CI. Records are passed on as they are. At the end of the first batch (or window) in which the condition ' +
    'does not hold for every record, up to 10 of those that break it are shown on stderr and the run ends; that batch is still printed. With ' +
    '`for: 30s` it ends only where each batch was broken from one to another that comes 30 s later; a batch in which all is well, an empty one ' +
    'too, begins the time anew. A record on which the condition cannot be worked out is bad, not broken, and so is a line that cannot be read: `--bad-max 0` makes ' +
    'the run fail for these too.',
  examples: [
    { program: 'json | assert(.ms < 1000) | map(.ms)', in: '{"ms":12}\n{"ms":7}', out: '12\n7' },
    {
      program: 'json | aggregate({p99: p99(.ms)}) | assert(.p99 < 1000, message: "too slow")',
      in: '{"ms":12}',
      out: '{"p99":12}',
    },
  ],
  parameters: {
    condition: lambda('what has to be true of every record'),
    for: duration('for how long it has to be broken, batch after batch', { named: true }).optional(),
    message: text('what is said where it is broken', { named: true }).optional(),
  },
  needs: 'anything',
  gives: (input) => input,
  keeps: true,
  keepsOrigin: true,
  byClock: (args) => args.for !== undefined,
  behaviour: { kind: 'step', create: checking, exchange: () => 'whole' },
});
