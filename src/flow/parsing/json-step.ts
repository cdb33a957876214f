import { BadRecord } from '../../base/problem.ts';
import { formatSize } from '../../base/size.ts';
import type { Value } from '../../base/value.ts';
import { jsonFields } from '../bytes/json-fields.ts';
import type { Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import type { ReadFields } from '../define/faster.ts';
import { type OriginState, originState, type State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { keepingOrigin, type OriginStep, passingOn, type Step } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';
import { atLines, type Piece, type Place } from './at-lines.ts';
import { textOf } from './field-types.ts';
import { JsonLines, type JsonMemory, LONGEST_VALUE, parsedOrNone } from './json-lines.ts';

/** What `json` is given. */
interface JsonArguments {
  readonly items: boolean;
}

/** A value of so many lines at a tick is told. */
const TOLD_LINES = 50;

const BLANK = /^[ \t\r\n]*$/;

/** The lines of an origin that has more to remember than its number of lines. */
interface Unfinished {
  readonly lines: JsonLines;
  /** How many lines had been lost when the value under way began. */
  lostBefore: number;
}

/** Reads values from lines; it remembers a value that goes on, of each origin. */
class JsonReader {
  /** How many values have come out. */
  given = 0;
  private readonly givesItems: boolean;
  private readonly run: Place;
  private readonly down: Step;
  /** Those of whose origins something is remembered, the oldest first. */
  private readonly unfinished = new Map<Origin | null, Unfinished>();

  constructor({ items }: JsonArguments, run: Place, down: Step) {
    this.givesItems = items;
    this.run = run;
    this.down = down;
  }

  push(record: Value): void {
    // Nothing of it is wanted, nor that it goes on.
    if (this.run.cursor.isPastEnd) return;
    try {
      const line = textOf(record);
      if (this.unfinished.size > 0 && this.unfinished.has(this.run.cursor.origin)) this.goOn(line);
      else if (!BLANK.test(line)) this.line(line);
    } catch (problem) {
      reportBad(this.run, problem, record);
    }
  }

  /** Whether the next line of the origin that the cursor is on may be of a value that has begun. */
  get isInValue(): boolean {
    return this.unfinished.size > 0 && this.unfinished.get(this.run.cursor.origin)?.lines.isInside === true;
  }

  /** No more lines come of an origin. */
  end(origin: Origin | null): void {
    this.unfinished.get(origin)?.lines.end();
    this.unfinished.delete(origin);
  }

  endAll(): void {
    for (const origin of [...this.unfinished.keys()]) this.end(origin);
  }

  /** A tick: says why nothing comes out, where that may last. */
  tellOpen(run: Pick<RunContext, 'note'>): void {
    for (const [origin, { lines }] of this.unfinished) {
      const { unfinished } = lines;
      if (unfinished === undefined || unfinished.lines.length < TOLD_LINES) continue;
      const place = `${origin?.name ?? 'line'}:${unfinished.line}`;
      const note = `${place} begins a JSON value that does not end in ${unfinished.lines.length} lines: until it does, none comes out`;
      run.note(note, 'open value');
    }
  }

  /** What is remembered of an origin; null where its next line means what it says by itself. */
  memory(origin: Origin | null): JsonMemory | null {
    const known = this.unfinished.get(origin);
    return known === undefined || known.lines.isIdle((origin?.lines ?? 0) + 1) ? null : known.lines.memory();
  }

  resume(origin: Origin | null, memory: JsonMemory | null, linesBefore = 0): void {
    this.unfinished.delete(origin);
    if (memory !== null) this.begin(origin).lines.resume(memory, linesBefore);
  }

  snapshot(): State {
    return Array.from(this.unfinished, ([origin, { lines, lostBefore }]) => ({
      origin: origin && originState(origin),
      memory: lines.memory(),
      lostBefore,
    })) satisfies OriginsState as State;
  }

  restore(state: State, originOf: (state: OriginState) => Origin): void {
    this.unfinished.clear();
    for (const { origin, memory, lostBefore } of state as unknown as OriginsState) {
      const known = this.begin(origin && originOf(origin));
      known.lines.resume(memory);
      known.lostBefore = lostBefore;
    }
  }

  private line(line: string): void {
    const value = this.givesItems && line.trimStart().startsWith('[') ? undefined : parsedOrNone(line);
    if (value === undefined) {
      this.goOn(line);
    } else {
      this.given++;
      this.down.push(value);
    }
  }

  /** A line that does not say all that there is of its values, or follows such a line. */
  private goOn(text: string): void {
    const { origin, line } = this.run.cursor;
    const known = this.unfinished.get(origin) ?? this.begin(origin);
    const lost = origin?.lost?.count ?? 0;
    if (lost !== known.lostBefore) known.lines.giveUp(new BadRecord('a line of a JSON value could not be read'));
    known.lostBefore = lost;
    known.lines.take(withoutMark(text, line), line);
    // What has begun is not wanted any more.
    if (this.run.cursor.isPastEnd) this.unfinished.clear();
    else if (known.lines.isIdle(line + 1)) this.unfinished.delete(origin);
    else this.bound();
  }

  private begin(origin: Origin | null): Unfinished {
    const value = (given: Value, from: Piece) => {
      this.given++;
      if (from.lines.length === 1 && from.line === this.run.cursor.line && origin === this.run.cursor.origin) {
        this.down.push(given);
      } else {
        atLines(this.run, origin, from, () => this.down.push(given));
      }
    };
    const bad = (problem: BadRecord, from: Piece) =>
      atLines(this.run, origin, from, () => {
        throw problem;
      });
    const begun = { lines: new JsonLines(this.givesItems, { value, bad }), lostBefore: origin?.lost?.count ?? 0 };
    this.unfinished.set(origin, begun);
    return begun;
  }

  /** Gives the oldest values up where all together are too long: clients that broke off never end theirs. */
  private bound(): void {
    let held = 0;
    for (const { lines } of this.unfinished.values()) held += lines.held;
    for (const { lines } of this.unfinished.values()) {
      if (held <= LONGEST_VALUE) return;
      held -= lines.held;
      lines.giveUp(new BadRecord('a JSON value does not end', `and others hold ${formatSize(LONGEST_VALUE)}`));
    }
  }
}

type OriginsState = readonly {
  /** Null for lines of no known origin. */
  readonly origin: OriginState | null;
  readonly memory: JsonMemory;
  readonly lostBefore: number;
}[];

type JsonState = {
  readonly origins: State;
  /** The last batch. */
  readonly last: Span | undefined;
};

/** The step of `json`. */
interface JsonStep extends OriginStep {
  /** Whether the next line may be of a value that has begun, so that it has to be pushed. */
  isInValue(): boolean;
}

export function jsonStep(args: JsonArguments, run: RunContext, down: Step): JsonStep {
  const reader = new JsonReader(args, run, down);
  let last: Span | undefined;
  const step = passingOn(down, {
    ...keepingOrigin(down),
    push: (record) => reader.push(record),
    ended(origin) {
      reader.end(origin);
      down.ended?.(origin);
    },
    close(span) {
      if (run.isOneBatch) reader.endAll();
      else reader.tellOpen(run);
      last = span;
      down.close(span);
    },
    finish(end) {
      const { given } = reader;
      reader.endAll();
      // Values behind one that does not end belong to a batch as well.
      if (reader.given > given && last !== undefined) down.close({ ...last, time: end.time, partial: true });
      down.finish(end);
    },
    snapshot: (): JsonState => ({ origins: reader.snapshot(), last }),
    restore(state, origins) {
      const kept = state as JsonState;
      reader.restore(kept.origins, (origin) => origins.of(origin));
      last = kept.last;
    },
  });
  return {
    ...step,
    isInValue: () => reader.isInValue,
    recall: (origin) => reader.memory(origin) as unknown as Value,
    resume: (origin, memory, linesBefore) => reader.resume(origin, memory as unknown as JsonMemory | null, linesBefore),
    guess: (firstLine, lines) => guess(firstLine, lines),
  };
}

/** How a kernel reads only some fields; undefined where items of lists are wanted. */
export function fieldsOfJson({ items }: JsonArguments, step: JsonStep): ReadFields | undefined {
  return items ? undefined : (reading) => jsonFields({ ...reading, isInside: () => step.isInValue() });
}

/** Where a value begins, of lines in the middle: any does where the first is one, else one that begins as the first does. */
function guess(firstLine: string, lines: readonly string[]): { before: number; memory: Value } | undefined {
  if (parsedOrNone(firstLine) !== undefined) return { before: 0, memory: null };
  const before = lines.findIndex((line, i) => i > 0 && line !== '' && line[0] === firstLine[0]);
  return before < 0 || !/^[[{]/.test(firstLine) ? undefined : { before, memory: null };
}

/** A byte order mark is no part of the first line. */
function withoutMark(text: string, line: number): string {
  return line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
}
