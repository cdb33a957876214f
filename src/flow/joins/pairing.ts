import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { type KnownOrigins, type OriginState, originState, type Remembering } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import type { Meeting } from '../define/stage.ts';
import { type Emit, NOTHING_REACHED, type Reached, type RunEnd, type Step } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';
import { Changes } from '../state/changes.ts';
import { estimatedBytes, MemoryBound } from '../state/memory-bound.ts';
import { Gathered, type GatheredState, type Gathering } from './gathered.ts';

/** What a stage of two streams does. `G` is what the records of one emission of one side are gathered into. */
export interface Pairs<G> extends Gathering<G> {
  /** The word, for messages. */
  readonly stage: string;
  /** Both sides of one emission; a side that gave nothing is empty. */
  emit(left: G, right: G, out: Emit): void;
  /** Whether what comes out starts with the left records as they are, so that they need not be gathered. */
  readonly passesLeft?: boolean;
  /** Whether each record comes out while it is the one under way, still known by its origin. */
  readonly keepsOrigin?: boolean;
}

/** An emission that at least one side has closed. */
interface Meet<G> {
  span: Span;
  readonly gathered: { left: Gathered<G> | undefined; right: Gathered<G> | undefined };
}

type SideName = 'left' | 'right';

type MeetState = {
  readonly span: Span;
  readonly left: GatheredState | undefined;
  readonly right: GatheredState | undefined;
};

type SideState = {
  readonly reached: { readonly ends: number; readonly times: number } | undefined;
  readonly open: GatheredState;
  readonly through: number;
  readonly advanced: number;
};

type PairingState = {
  /** Whether it is all there is; else what has changed since the one before. */
  readonly isWhole: boolean;
  readonly left: SideState;
  readonly right: SideState;
  /** Which emissions came out. */
  readonly forgotten: readonly (string | number)[];
  /** The others that wait. */
  readonly meets: readonly MeetState[];
  /** How many emissions were begun to be gathered. */
  readonly gatherings: number;
  readonly advanced: number;
  readonly ended: readonly OriginState[];
};

/**
 * Brings the emissions of two streams together.
 *
 *     left    ──── close 1s ──────────── close 2s, advance 2s ──
 *     right   ──────────── close 1s, advance 1s ──────────────── advance 2s ──
 *     out                         └ both of 1s                     └ left of 2s alone
 *
 * An emission goes out when neither side can add to it any more. By tick, a side is through with a time when it has closed it, or
 * has been told so: a window that does not fire closes nothing. Event-time windows wait for `advance` alone, so that of a window that
 * was updated several times only the last content counts, and a side whose watermark stands still holds back the other. What waits is
 * bounded by `run.stateMax`.
 */
export class Pairing<G> {
  readonly left: Step;
  readonly right: Step;
  private readonly meets = new Map<string | number, Meet<G>>();
  private readonly changes = new Changes<Meet<G>>();
  private gatherings = 0;
  /** What it goes on from is known. */
  private isBegun = false;
  private readonly sides: { readonly left: Side<G>; readonly right: Side<G> };
  private readonly bound: MemoryBound;
  private readonly pairs: Pairs<G>;
  private readonly run: RunContext;
  private readonly down: Step;
  private readonly meeting: Meeting;
  private advanced = Number.NEGATIVE_INFINITY;
  /** Origins that have ended, of which records may still wait. */
  private ended: Origin[] = [];

  constructor(pairs: Pairs<G>, run: RunContext, down: Step, meeting: Meeting) {
    this.pairs = pairs;
    this.run = run;
    this.down = down;
    this.meeting = meeting;
    this.bound = new MemoryBound(
      run,
      pairs.stage,
      'let less wait: shorter batches or windows, or two streams that keep pace',
    );
    this.sides = { left: new Side(this.gathering()), right: new Side(this.gathering()) };
    // The left step writes down what both remember.
    this.left = { ...this.step('left'), ...this.memory() };
    this.right = this.step('right');
  }

  private step(name: SideName): Step {
    const keepsOrigin = this.pairs.keepsOrigin === true && this.meeting === 'tick';
    return {
      push: (record) => this.push(name, record),
      close: (span) => this.close(name, span),
      advance: (through) => this.advance(name, through),
      passed: (reached) => this.passed(name, reached),
      finish: (end) => this.finish(name, end),
      ...(keepsOrigin && {
        opened: (origin) => this.down.opened?.(origin),
        ended: (origin) => void this.ended.push(origin),
      }),
    };
  }

  private gathering(): Gathered<G> {
    return new Gathered(this.pairs, this.gatherings++);
  }

  private memory(): Remembering {
    return {
      snapshot: (onlyChanges = false) => this.snapshot(onlyChanges),
      restore: (state, origins) => this.restore(state as PairingState, origins),
    };
  }

  private snapshot(onlyChanges: boolean): PairingState {
    const { sides } = this;
    const changed = this.changes.take();
    const isWhole = !onlyChanges || changed === undefined;
    return {
      isWhole,
      left: sides.left.snapshot(isWhole),
      right: sides.right.snapshot(isWhole),
      forgotten: isWhole ? [] : (changed.forgotten as PairingState['forgotten']),
      meets: Array.from(isWhole ? this.meets.values() : changed.items, ({ span, gathered: { left, right } }) => ({
        span: { ...span },
        left: left?.snapshot(isWhole),
        right: right?.snapshot(isWhole),
      })),
      gatherings: this.gatherings,
      advanced: this.advanced,
      ended: this.ended.map(originState),
    };
  }

  private restore(state: PairingState, origins: KnownOrigins): void {
    const { meets, sides } = this;
    if (state.isWhole) meets.clear();
    // All there is follows.
    else if (!this.isBegun) return;
    this.isBegun = true;
    const known = new Map([sides.left.open, sides.right.open].map((open) => [open.number, open]));
    const before = state.meets.map(({ span }) => meets.get(this.meetingAt(span))?.gathered);
    for (const side of before)
      for (const one of [side?.left, side?.right]) if (one !== undefined) known.set(one.number, one);
    const read = (written: GatheredState) => {
      const gathered = (written.from > 0 && known.get(written.number)) || new Gathered(this.pairs, written.number);
      gathered.restore(written, origins);
      return gathered;
    };
    sides.left.restore(state.left, read);
    sides.right.restore(state.right, read);
    for (const key of state.forgotten) meets.delete(key);
    for (const { span, left, right } of state.meets) {
      meets.set(this.meetingAt(span), { span, gathered: { left: left && read(left), right: right && read(right) } });
    }
    let bytes = sides.left.open.bytes + sides.right.open.bytes;
    for (const { gathered } of meets.values()) bytes += (gathered.left?.bytes ?? 0) + (gathered.right?.bytes ?? 0);
    this.bound.hold(bytes);
    this.gatherings = state.gatherings;
    this.advanced = state.advanced;
    this.ended = state.ended.map((origin) => origins.of(origin));
    this.changes.take();
  }

  /** What both sides have reached is told once what they have given has come out. */
  private passed(name: SideName, reached: Reached): void {
    const side = this.sides[name];
    if (side.reached === undefined) this.down.passed?.(NOTHING_REACHED);
    side.reached = reached;
  }

  /** What has been reached where both sides are in event time is the least; else it is what the one says. */
  private get reached(): Reached | undefined {
    const { left, right } = this.sides;
    const a = left.reached;
    const b = right.reached;
    if (a === undefined || b === undefined) return a ?? b;
    return { ends: Math.min(a.ends, b.ends), times: () => Math.min(a.times(), b.times()) };
  }

  private push(name: SideName, record: Value): void {
    if (name === 'left' && this.passes()) {
      this.down.push(record);
      return;
    }
    const { open } = this.sides[name];
    try {
      this.pairs.add(open.records, record);
      const bytes = estimatedBytes(record);
      open.count++;
      open.bytes += bytes;
      this.bound.add(bytes);
    } catch (error) {
      reportBad(this.run, error, record);
    }
  }

  /** Left records may go straight through unless an earlier emission of theirs still waits. */
  private passes(): boolean {
    if (!this.pairs.passesLeft || this.meeting === 'window') return false;
    for (const { gathered } of this.meets.values()) if (gathered.left !== undefined) return false;
    return true;
  }

  private close(name: SideName, span: Span): void {
    const side = this.sides[name];
    const key = this.meetingAt(span);
    const meet = this.meets.get(key) ?? { span, gathered: { left: undefined, right: undefined } };
    this.meets.set(key, meet);
    const replaced = meet.gathered[name];
    if (replaced !== undefined) this.bound.add(-replaced.bytes);
    meet.gathered[name] = side.open;
    meet.span = together(meet.span, span);
    side.open = this.gathering();
    this.changes.note(meet, this.meets.size);
    if (this.meeting === 'tick') {
      side.through = Math.max(side.through, span.end);
      this.settle(span.time);
    }
  }

  /** By end, not by time: what the end of the run cuts short comes out at the tick of the last whole emission. */
  private meetingAt({ start, end }: Span): string | number {
    return this.meeting === 'tick' ? end : `${start} ${end}`;
  }

  private advance(name: SideName, through: number): void {
    const side = this.sides[name];
    side.advanced = Math.max(side.advanced, through);
    side.through = Math.max(side.through, through);
    this.settle(this.run.now());
    this.passAdvance();
  }

  private finish(name: SideName, end: RunEnd): void {
    const side = this.sides[name];
    side.advanced = Number.POSITIVE_INFINITY;
    side.through = Number.POSITIVE_INFINITY;
    if (side.reached !== undefined && end.reached !== undefined) side.reached = end.reached;
    this.settle(end.time);
    const { reached } = this;
    if (this.sides.left.advanced !== this.sides.right.advanced) this.passAdvance();
    else this.down.finish(reached === undefined ? end : { ...end, reached });
  }

  private passAdvance(): void {
    const advanced = Math.min(this.sides.left.advanced, this.sides.right.advanced);
    if (advanced <= this.advanced) return;
    this.advanced = advanced;
    this.down.advance(advanced);
    const { reached } = this;
    if (reached !== undefined) this.down.passed?.(reached);
  }

  private passEnded(): void {
    for (const origin of this.ended) this.down.ended?.(origin);
    this.ended = [];
  }

  /** Gives out what both sides are through with. */
  private settle(now: number): void {
    const through = Math.min(this.sides.left.through, this.sides.right.through);
    const over = Array.from(this.meets).filter(([, { span }]) => span.end <= through);
    over.sort(([, { span: a }], [, { span: b }]) => a.end - b.end || a.start - b.start || a.time - b.time);
    for (const [key, meet] of over) {
      const { span, gathered } = meet;
      this.meets.delete(key);
      this.changes.forget(meet, key, this.meets.size);
      const { left, right } = gathered;
      this.pairs.emit(left?.records ?? this.pairs.gather(), right?.records ?? this.pairs.gather(), (record) =>
        this.down.push(record),
      );
      this.bound.add(-((left?.bytes ?? 0) + (right?.bytes ?? 0)));
      if (this.meets.size === 0) this.passEnded();
      this.down.close(this.meeting === 'tick' ? span : { ...span, time: Math.max(span.time, now) });
    }
  }
}

class Side<G> {
  /** How far its event time has come, where it is told. */
  reached: Reached | undefined;
  /** What is pushed and not yet closed. */
  open: Gathered<G>;
  /** No emission of this time (of this end, for windows) or before will come from this side. */
  through = Number.NEGATIVE_INFINITY;
  /** The same, as far as it was told from above. */
  advanced = Number.NEGATIVE_INFINITY;

  constructor(open: Gathered<G>) {
    this.open = open;
  }

  snapshot(isWhole: boolean): SideState {
    const { reached, open, through, advanced } = this;
    // What it has reached is asked for now: by the time it would have been, what stands in front has told it anew.
    return {
      reached: reached && { ends: reached.ends, times: reached.times() },
      open: open.snapshot(isWhole),
      through,
      advanced,
    };
  }

  restore({ reached, open, through, advanced }: SideState, read: (written: GatheredState) => Gathered<G>): void {
    this.reached = reached && { ends: reached.ends, times: () => reached.times };
    this.open = read(open);
    this.through = through;
    this.advanced = advanced;
  }
}

/** The span of what two sides gave at one time: windows of one slide may differ in length, and what comes out spans both. */
export function together(a: Span, b: Span): Span {
  return {
    time: Math.max(a.time, b.time),
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    partial: a.partial || b.partial,
  };
}
