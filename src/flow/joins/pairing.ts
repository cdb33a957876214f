import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { type KnownOrigins, type OriginState, originState, type Remembering, type State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import type { Meeting } from '../define/stage.ts';
import { type Emit, NOTHING_REACHED, type Reached, type RunEnd, type Step } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';
import { estimatedBytes, MemoryBound } from '../state/memory-bound.ts';

/** What a stage of two streams does. `G` is what the records of one emission of one side are gathered into. */
export interface Pairs<G> {
  /** The word, for messages. */
  readonly stage: string;
  /** A new empty gathering. */
  gather(): G;
  /** Throws BadRecord, with `into` unchanged. */
  add(into: G, record: Value): void;
  /** Both sides of one emission; a side that gave nothing is empty. */
  emit(left: G, right: G, out: Emit): void;
  /** What was gathered, as plain data. */
  write(gathered: G): State;
  /** The same again. */
  read(state: State, origins: KnownOrigins): G;
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

interface Gathered<G> {
  readonly records: G;
  bytes: number;
}

type SideName = 'left' | 'right';

type GatheredState = { readonly records: State; readonly bytes: number };

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
  readonly left: SideState;
  readonly right: SideState;
  readonly meets: readonly MeetState[];
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
    this.sides = { left: new Side(pairs), right: new Side(pairs) };
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

  private memory(): Remembering {
    const { sides, pairs } = this;
    return {
      snapshot: (): PairingState => ({
        left: sides.left.snapshot(pairs),
        right: sides.right.snapshot(pairs),
        meets: Array.from(this.meets.values(), ({ span, gathered: { left, right } }) => ({
          span: { ...span },
          left: left && writeGathered(pairs, left),
          right: right && writeGathered(pairs, right),
        })),
        advanced: this.advanced,
        ended: this.ended.map(originState),
      }),
      restore: (state, origins) => {
        const { left, right, meets, advanced, ended } = state as PairingState;
        const read = (written: GatheredState | undefined) => written && readGathered(pairs, written, origins);
        sides.left.restore(left, pairs, origins);
        sides.right.restore(right, pairs, origins);
        let bytes = left.open.bytes + right.open.bytes;
        this.meets.clear();
        for (const meet of meets) {
          bytes += (meet.left?.bytes ?? 0) + (meet.right?.bytes ?? 0);
          this.meets.set(this.meetingAt(meet.span), {
            span: meet.span,
            gathered: { left: read(meet.left), right: read(meet.right) },
          });
        }
        this.bound.hold(bytes);
        this.advanced = advanced;
        this.ended = ended.map((origin) => origins.of(origin));
      },
    };
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
    side.open = { records: this.pairs.gather(), bytes: 0 };
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
    for (const [key, { span, gathered }] of over) {
      this.meets.delete(key);
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

  constructor(pairs: Pairs<G>) {
    this.open = { records: pairs.gather(), bytes: 0 };
  }

  snapshot(pairs: Pairs<G>): SideState {
    const { reached, open, through, advanced } = this;
    // What it has reached is asked for now: by the time it would have been, what stands in front has told it anew.
    return {
      reached: reached && { ends: reached.ends, times: reached.times() },
      open: writeGathered(pairs, open),
      through,
      advanced,
    };
  }

  restore({ reached, open, through, advanced }: SideState, pairs: Pairs<G>, origins: KnownOrigins): void {
    this.reached = reached && { ends: reached.ends, times: () => reached.times };
    this.open = readGathered(pairs, open, origins);
    this.through = through;
    this.advanced = advanced;
  }
}

function writeGathered<G>(pairs: Pairs<G>, { records, bytes }: Gathered<G>): GatheredState {
  return { records: pairs.write(records), bytes };
}

function readGathered<G>(pairs: Pairs<G>, { records, bytes }: GatheredState, origins: KnownOrigins): Gathered<G> {
  return { records: pairs.read(records, origins), bytes };
}

/** Windows of one slide may differ in length; what comes out spans both. */
function together(a: Span, b: Span): Span {
  return {
    time: Math.max(a.time, b.time),
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    partial: a.partial || b.partial,
  };
}
