import { BadRecord } from '../../base/problem.ts';
import { formatSize } from '../../base/size.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { type KnownOrigins, type OriginState, originState, type State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { keepingOrigin, type OriginStep, passingOn, type Step } from '../define/step.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { reportBad } from '../records/report-bad.ts';
import { atLines, type Piece } from './at-lines.ts';
import { textOf } from './field-types.ts';

/** What `multiline` is given. */
export interface MultilineArguments {
  readonly start: Pattern | undefined;
  readonly continue: Pattern | undefined;
  readonly end: Pattern | undefined;
  /** ms. */
  readonly flush: number;
  /** Bytes, as if each UTF-16 unit were one. */
  readonly maxLine: number;
}

/** All that wait together may be so long, in UTF-16 units. */
const LONGEST = 64 * 1024 * 1024;

/** The lines of a record that is not over. */
interface OpenRecord extends Piece {
  readonly lines: string[];
  /** The number of the first line, and when the last one came, ms. */
  readonly line: number;
  at: number;
  size: number;
  /** It was too long and is told of: its lines are passed over. */
  isLost: boolean;
}

/** What is remembered of an origin, as plain data. */
type Memory = Omit<OpenRecord, 'size'>;

/** Puts the lines together that are one record, for each origin. */
class LineJoiner {
  /** How many records have come out. */
  given = 0;
  /** The time of the last tick, ms. */
  ticked = Number.NEGATIVE_INFINITY;
  private readonly args: MultilineArguments;
  private readonly run: RunContext;
  private readonly down: Step;
  /** The records that are not over, the one that began first in front. */
  private readonly open = new Map<Origin | null, OpenRecord>();
  private held = 0;

  constructor(args: MultilineArguments, run: RunContext, down: Step) {
    this.args = args;
    this.run = run;
    this.down = down;
  }

  push(record: Value): void {
    const { cursor } = this.run;
    if (cursor.isPastEnd) return;
    try {
      this.take(textOf(record), cursor.origin, cursor.line);
    } catch (problem) {
      reportBad(this.run, problem, record);
    }
    // What has begun is not wanted any more.
    if (cursor.isPastEnd) this.open.clear();
  }

  /** Nothing more comes of an origin. */
  end(origin: Origin | null): void {
    const record = this.open.get(origin);
    if (record !== undefined) this.give(origin, record);
  }

  endAll(): void {
    for (const origin of [...this.open.keys()]) this.end(origin);
  }

  /** Gives out those to which nothing was added for long enough. @param time of the tick, ms. */
  flush(time: number): void {
    for (const [origin, record] of [...this.open]) if (record.at + this.args.flush <= time) this.give(origin, record);
    this.ticked = time;
  }

  /** What is remembered of an origin; null where its next line begins a record. */
  memory(origin: Origin | null): Memory | null {
    const record = this.open.get(origin);
    if (record === undefined) return null;
    const { line, lines, at, isLost } = record;
    return { line, lines, at, isLost };
  }

  /** @param linesBefore is how many lines came before those that the memory counts. */
  resume(origin: Origin | null, memory: Memory | null, linesBefore = 0): void {
    this.forget(origin);
    if (memory === null) return;
    const record = { ...memory, line: memory.line + linesBefore, lines: [...memory.lines], size: 0 };
    for (const line of record.lines) record.size += line.length + 1;
    this.held += record.size;
    this.open.set(origin, record);
  }

  snapshot(): State {
    return Array.from(this.open.keys(), (origin) => ({
      origin: origin && originState(origin),
      memory: this.memory(origin)!,
    })) satisfies OriginsState as State;
  }

  restore(state: State, origins: KnownOrigins): void {
    this.open.clear();
    this.held = 0;
    for (const { origin, memory } of state as unknown as OriginsState) {
      this.resume(origin && origins.of(origin), memory);
    }
  }

  /** Whether a line begins a record, whatever stands before it. */
  begins(line: string): boolean {
    const { start, continue: goesOn } = this.args;
    if (start?.test(line) === true) return true;
    return goesOn !== undefined && !goesOn.test(line);
  }

  private take(line: string, origin: Origin | null, number: number): void {
    const ends = this.args.end?.test(line) === true;
    let record = this.open.get(origin);
    if (record !== undefined && this.begins(line)) {
      this.give(origin, record);
      record = undefined;
    }
    if (record === undefined) {
      record = { line: number, lines: [], at: 0, size: 0, isLost: false };
      this.open.set(origin, record);
    }
    record.at = this.now;
    if (!record.isLost) this.add(origin, record, line);
    if (ends) this.give(origin, record);
  }

  /** When what comes has come, ms: no later than its batch ends. */
  private get now(): number {
    const { run } = this;
    return run.live ? Math.max(this.ticked, Math.min(run.clock.now(), run.now())) : run.now();
  }

  private add(origin: Origin | null, record: OpenRecord, line: string): void {
    record.lines.push(line);
    record.size += line.length + 1;
    this.held += line.length + 1;
    const { maxLine } = this.args;
    if (record.size - 1 > maxLine) this.lose(origin, record, `more than ${formatSize(maxLine)}`);
    while (this.held > LONGEST) {
      const [oldest, first] = [...this.open].find(([, { isLost }]) => !isLost)!;
      this.lose(oldest, first, `it is not over, and others hold ${formatSize(LONGEST)}`);
    }
  }

  private lose(origin: Origin | null, record: OpenRecord, why: string): void {
    const lines = record.lines.splice(0);
    this.held -= record.size;
    record.size = 0;
    record.isLost = true;
    atLines(this.run, origin, { line: record.line, lines }, () => {
      throw new BadRecord('a record of several lines that is too long', why);
    });
  }

  private give(origin: Origin | null, record: OpenRecord): void {
    this.forget(origin);
    if (record.isLost) return;
    this.given++;
    atLines(this.run, origin, record, () => this.down.push(record.lines.join('\n')));
  }

  private forget(origin: Origin | null): void {
    this.held -= this.open.get(origin)?.size ?? 0;
    this.open.delete(origin);
  }
}

type OriginsState = readonly {
  /** Null for lines of no known origin. */
  readonly origin: OriginState | null;
  readonly memory: Memory;
}[];

type JoinerState = {
  readonly open: State;
  readonly ticked: number;
  /** The last batch. */
  readonly last: Span | undefined;
};

export function multilineStep(args: MultilineArguments, run: RunContext, down: Step): OriginStep {
  const joiner = new LineJoiner(args, run, down);
  let last: Span | undefined;
  const step = passingOn(down, {
    ...keepingOrigin(down),
    push: (record) => joiner.push(record),
    ended(origin) {
      joiner.end(origin);
      down.ended?.(origin);
    },
    close(span) {
      if (run.isOneBatch) joiner.endAll();
      else joiner.flush(span.time);
      last = span;
      down.close(span);
    },
    finish(end) {
      const { given } = joiner;
      joiner.endAll();
      // Those that nothing has ended belong to a batch as well.
      if (joiner.given > given && last !== undefined) down.close({ ...last, time: end.time, partial: true });
      down.finish(end);
    },
    snapshot: (): JoinerState => ({ open: joiner.snapshot(), ticked: joiner.ticked, last }),
    restore(state, origins) {
      const kept = state as JoinerState;
      joiner.restore(kept.open, origins);
      joiner.ticked = kept.ticked;
      last = kept.last;
    },
  });
  return {
    ...step,
    recall: (origin) => joiner.memory(origin) as unknown as Value,
    resume: (origin, memory, linesBefore) => joiner.resume(origin, memory as unknown as Memory | null, linesBefore),
    guess(_firstLine, lines) {
      const begins = lines.findIndex((line) => joiner.begins(line));
      const ends = args.end === undefined ? -1 : lines.findIndex((line) => args.end!.test(line)) + 1;
      const before = begins >= 0 ? begins : ends;
      return before < 0 ? undefined : { before, memory: null };
    },
  };
}
