import { type Identity, identity } from '../../base/compare.ts';
import { formatDuration } from '../../base/duration.ts';
import { toJson, toText } from '../../base/json.ts';
import { isTruthy, type Value } from '../../base/value.ts';
import type { AlarmsOn } from '../define/alarm.ts';
import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import type { State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { openState } from '../state/keyed-state.ts';
import { estimatedBytes, MemoryBound } from '../state/memory-bound.ts';
import { reportBad } from './report-bad.ts';

/** What `alert` is given; durations in ms. */
export interface AlarmArguments {
  readonly condition: Compiled;
  readonly for: number | undefined;
  readonly keep: number;
  readonly every: number | undefined;
  readonly by: Compiled | undefined;
  readonly message: string | undefined;
  readonly exec: string | undefined;
  readonly http: string | undefined;
}

/**
 * What is known of a key for which the condition is true, or was: the ends of the first and the last batch in which it was, and of the one with
 * which it was told of last, which is null before. All in ms.
 */
type Alarm = readonly [since: number, until: number, told: number | null];

/** What a batch says of a key for which the condition is true. */
interface Raised {
  readonly key: Value;
  /** The first of the records for which it is, and how many there are. */
  readonly record: Value;
  count: number;
}

type Told = 'begins' | 'goes on' | 'is over';

/** Of so many at most it is said which they are. */
const MOST_SHOWN = 50;

const HELP = 'have fewer keys, or a condition that is true of fewer';

/** Decides batch by batch which alarms begin, go on and are over. */
export class Alarms {
  private readonly args: AlarmArguments;
  private readonly run: RunContext;
  private readonly informs: readonly ((line: string) => void)[];
  private readonly alarms;
  /** What the batch under way holds. */
  private readonly batch: MemoryBound;
  /** Of the batch under way: the keys for which the condition is true, and all that had records and are known. */
  private raised = new Map<Identity, Raised>();
  private heard = new Set<Identity>();
  /** The end of the last batch, and how far it was from the one before: undefined before there were two. */
  private last: number | undefined;
  private distance: number | undefined;

  constructor(args: AlarmArguments, run: RunContext) {
    this.args = args;
    this.run = run;
    const { exec, http } = args;
    const whom = [...(exec === undefined ? [] : [{ command: exec }]), ...(http === undefined ? [] : [{ url: http }])];
    this.informs = whom.flatMap((one) => run.inform?.(one) ?? []);
    run.showAlarms?.(() => this.on());
    this.alarms = openState<Alarm>(run, 'alert', HELP);
    this.batch = new MemoryBound(run, 'alert', HELP);
  }

  see(record: Value): void {
    const { condition, by } = this.args;
    try {
      const isTrue = isTruthy(condition.call(record));
      // Most records are of no interest while all is well.
      if (!isTrue && this.alarms.size === 0) return;
      const key = by === undefined ? null : by.call(record);
      if (isTrue) this.add(key, record);
      else if (this.alarms.get(key) !== undefined) this.heard.add(identity(key));
    } catch (problem) {
      reportBad(this.run, problem, record);
    }
  }

  private add(key: Value, record: Value): void {
    const id = identity(key);
    const raised = this.raised.get(id);
    if (raised !== undefined) {
      raised.count++;
      return;
    }
    this.raised.set(id, { key, record, count: 1 });
    this.batch.add(estimatedBytes(key) + estimatedBytes(record));
  }

  /** The batch or window is whole. */
  close({ end }: Span): void {
    if (this.last !== undefined && end > this.last) this.distance = end - this.last;
    this.last = end;
    for (const raised of this.raised.values()) this.raise(raised, end);
    this.settle(end, end);
    this.raised = new Map();
    this.heard = new Set();
    this.batch.hold(0);
  }

  /** Time goes on. Windows without records do not come out: where the next one is due and stays away, nothing is true any more. */
  advance(through: number): void {
    if (this.last === undefined || this.distance === undefined) return;
    const due = this.last + this.distance;
    if (through > due && this.alarms.size > 0) this.settle(due, through);
  }

  /** Those that were told of and are not over. */
  private on(): AlarmsOn {
    const first: { key: Value; since: number }[] = [];
    let count = 0;
    for (const { key, value } of this.alarms.entries()) {
      const [since, , told] = value;
      if (told === null) continue;
      if (count++ < MOST_SHOWN) first.push({ key, since });
    }
    return { count, first };
  }

  snapshot(): State {
    const { alarms, raised, heard, last = null, distance = null } = this;
    return { alarms: alarms.snapshot(), raised: [...raised.values()], heard: [...heard], last, distance } as State;
  }

  restore(state: State): void {
    const kept = state as unknown as {
      readonly alarms: State;
      readonly raised: readonly Raised[];
      readonly heard: readonly Identity[];
      readonly last: number | null;
      readonly distance: number | null;
    };
    this.alarms.restore(kept.alarms);
    this.raised = new Map(kept.raised.map((raised) => [identity(raised.key), { ...raised }]));
    this.batch.hold(
      kept.raised.reduce((sum, { key, record }) => sum + estimatedBytes(key) + estimatedBytes(record), 0),
    );
    this.heard = new Set(kept.heard);
    this.last = kept.last ?? undefined;
    this.distance = kept.distance ?? undefined;
  }

  /** The condition was true for a key in a batch. */
  private raise({ key, record, count }: Raised, end: number): void {
    const { for: least = 0, every } = this.args;
    const [since, , told] = this.alarms.get(key) ?? [end, end, null];
    const isDue = told === null ? end - since >= least : every !== undefined && end - told >= every;
    this.alarms.put(key, [since, end, isDue ? end : told]);
    if (isDue) this.tell(told === null ? 'begins' : 'goes on', { key, since, end, more: { records: count, record } });
  }

  /** Keys for which the condition was not true in the emission that ended then, or should have; `through` is how far time has come. */
  private settle(end: number, through: number): void {
    for (const { id, key, value } of this.alarms.entries()) {
      const [since, until, told] = value;
      const overAt = told === null ? end : Math.max(end, until + this.args.keep);
      if (until === end || overAt > through) continue;
      this.alarms.forget(key);
      const why = this.heard.has(id) ? 'not true any more' : 'no records';
      if (told !== null) this.tell('is over', { key, since, end: overAt, more: { why } });
    }
  }

  private tell(
    what: Told,
    { key, since, end, more }: { key: Value; since: number; end: number; more: { [name: string]: Value } },
  ): void {
    const { message, by } = this.args;
    const whose = by === undefined ? '' : ` for ${toText(key)}`;
    const lasting = what === 'begins' ? '' : ` after ${formatDuration(end - since)}`;
    const { record, why } = more;
    const parts = [`alert ${what}${whose}${lasting}`, message, toText(record ?? why ?? null)];
    const text = parts.filter((part) => part !== undefined).join(': ');
    this.run.trace(text);
    if (this.informs.length === 0) return;
    const line = toJson({ alert: what, text, key, since, time: end, ...more });
    for (const inform of this.informs) inform(line);
  }
}
