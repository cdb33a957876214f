import type { FileSystem } from '../../flow/define/file-system.ts';
import type { Position, Split } from '../../flow/define/position.ts';
import { StateError } from '../../flow/state/encoding/state-error.ts';
import { type InputEntry, readEntry } from './input-entries.ts';
import { damaged, pathOf } from './names.ts';
import { isOwn, NEXT, numberOf, OVER, type ReceivedAt } from './received-splits.ts';
import type { Batch, InputState } from './records.ts';
import { readSyncedFile, type SyncedKind } from './synced-file.ts';

/** What came from outside: segments of entries. */
export const INPUT: SyncedKind = { kind: 'input', synced: 'input-synced' };

/** What of a place stands in a segment. */
interface Part {
  /** Of which source it is; undefined where its opening was worked on. */
  readonly source: string | undefined;
  /** How many bytes had come from it, up to here. */
  end: number;
  isEnded: boolean;
}

/** A file of the log, by what stands in it. */
export class Segment {
  readonly number: number;
  private readonly parts = new Map<number, Part>();
  private readonly over = new Set<string>();

  constructor(number: number) {
    this.number = number;
  }

  /** @param open of the places that are open, of which source they are; of those that were opened in other segments, too. */
  note(entry: InputEntry, open: Map<number, string>): void {
    if (entry.kind === 'over') this.over.add(entry.source);
    if (entry.kind === 'over' || entry.kind === 'begin') return;
    if (entry.kind === 'open') open.set(entry.origin, entry.source);
    const source = open.get(entry.origin);
    const part = this.parts.get(entry.origin) ?? { source, end: 0, isEnded: false };
    if (entry.kind === 'data') part.end = entry.offset + entry.bytes.length;
    if (entry.kind === 'end') {
      part.isEnded = true;
      open.delete(entry.origin);
    }
    this.parts.set(entry.origin, part);
  }

  /** Whether something stands in it that was not worked on. */
  isNeeded(seen: Seen): boolean {
    for (const source of this.over) if (seen.isOpen(source)) return true;
    for (const [origin, part] of this.parts) {
      const at = seen.at(origin);
      if (at === undefined ? part.source !== undefined && seen.isNew(origin, part.source) : isBehind(part, at))
        return true;
    }
    return false;
  }
}

function isBehind({ end, isEnded }: Part, { offset, isPacked }: ReceivedAt): boolean {
  return isEnded || isPacked === true || end > offset;
}

/** What was worked on of what came, by the positions of the sources that received it. */
class Seen {
  private readonly places = new Map<number, ReceivedAt>();
  private readonly next = new Map<string, number>();
  private readonly over = new Set<string>();

  /** @param sources what they are called, each with its position. */
  constructor(sources: readonly (readonly [name: string, position: Position])[]) {
    for (const [name, position] of sources) {
      this.next.set(name, 0);
      for (const split of position) this.take(name, split);
    }
  }

  private take(name: string, split: Split): void {
    if (isOwn(split)) return;
    const { key, at } = split;
    if (key === NEXT) this.next.set(name, at as number);
    else if (key === OVER) this.over.add(name);
    else if (at !== null) this.places.set(numberOf(key), at as ReceivedAt);
  }

  /** How far it is in a place that is under way. */
  at(origin: number): ReceivedAt | undefined {
    return this.places.get(origin);
  }

  /** Whether nothing is known of a place of a source. Of a source that is not there nothing is wanted. */
  isNew(origin: number, source: string): boolean {
    return origin >= (this.next.get(source) ?? Number.POSITIVE_INFINITY);
  }

  /** Whether a source is there, and was not seen to end. */
  isOpen(source: string): boolean {
    return this.next.has(source) && !this.over.has(source);
  }

  get origins(): readonly number[] {
    return [...this.places.keys()];
  }

  /** Larger than the numbers of all places that were seen. */
  get above(): number {
    return Math.max(0, ...this.next.values(), ...this.origins.map((origin) => origin + 1));
  }
}

/** What is in the log of a directory. */
export interface FoundInput {
  readonly segments: readonly Segment[];
  /** The segment under way, and where it ends, bytes; 0 where it is to be begun. */
  readonly current: number;
  readonly end: number;
  /** How many entries stand in that. */
  readonly count: number;
  /** Bytes that came and were not worked on. */
  readonly bytes: number;
  /** When the last entry was written, ms; undefined where there is none. */
  readonly time: number | undefined;
  /** Places that stand in it as opened and not over, with their sources. */
  readonly open: ReadonlyMap<number, string>;
  /** The number of the next place. */
  readonly next: number;
  /** Places that were open when the process ended, which nothing more comes from. */
  readonly dead: readonly number[];
}

export const NO_INPUT: FoundInput = {
  segments: [],
  current: 1,
  end: 0,
  count: 0,
  bytes: 0,
  time: undefined,
  open: new Map(),
  next: 0,
  dead: [],
};

/** What a directory says of its log of input. */
interface Known {
  readonly input: InputState;
  readonly sources: readonly string[];
  readonly positions: readonly Position[];
  /** Batches behind the positions. */
  readonly batches: readonly Pick<Batch, 'moves'>[];
}

/**
 * Reads what came and was not worked on.
 *
 * @param numbers of the segments that there are.
 * @throws RunFailure where something is missing, or is not what was written.
 */
export function readInput(files: FileSystem, directory: string, known: Known, numbers: readonly number[]): FoundInput {
  const { input, sources, positions } = known;
  const received = input.sources.map((name) => [name, positions[sources.indexOf(name)] ?? []] as const);
  const coverage = new Coverage(new Seen(received));
  const last = Math.max(input.current, ...numbers);
  const behind = Array.from({ length: last - input.current + 1 }, (_, i) => input.current + i);
  const segments: Segment[] = [];
  const open = new Map<number, string>();
  let end = 0;
  let count = 0;
  let time: number | undefined;
  for (const number of [...input.needed.filter((needed) => needed < input.current), ...behind]) {
    const segment = new Segment(number);
    const read = readSegment(files, directory, number, number === last);
    for (const entry of read.entries) {
      segment.note(entry, open);
      if (!coverage.take(entry)) throw damaged(pathOf(directory, 'input', number), 'what came before it is missing');
      time = entry.time;
    }
    end = read.end;
    count = read.entries.length;
    segments.push(segment);
  }
  const isLost = known.batches.some(({ moves }) =>
    moves.some(([source, splits]) => input.sources.includes(sources[source]!) && !splits.every(coverage.reaches)),
  );
  if (isLost) throw damaged(pathOf(directory, 'input', last), 'it has lost its end');
  return {
    segments,
    current: last,
    end,
    count,
    bytes: coverage.bytes,
    time,
    open,
    next: coverage.next,
    dead: coverage.open,
  };
}

/** The entries of a segment. @throws RunFailure where it is damaged. */
export function readSegment(
  files: FileSystem,
  directory: string,
  number: number,
  isLast: boolean,
): { readonly entries: readonly InputEntry[]; readonly end: number } {
  const { records, end } = readSyncedFile(files, directory, INPUT, number, isLast);
  try {
    return { entries: records.map(readEntry), end };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw damaged(pathOf(directory, 'input', number), error.message);
  }
}

/** Whether all is there that was not worked on. */
class Coverage {
  next: number;
  private readonly seen: Seen;
  /** How much there is of each place. */
  private readonly ends = new Map<number, number>();
  private readonly ended = new Set<number>();

  constructor(seen: Seen) {
    this.seen = seen;
    this.next = seen.above;
    for (const origin of seen.origins) {
      const { offset, isPacked } = seen.at(origin)!;
      this.ends.set(origin, isPacked === true ? 0 : offset);
    }
  }

  /** @returns whether it stands behind what came before it. */
  take(entry: InputEntry): boolean {
    if (entry.kind === 'over' || entry.kind === 'begin') return true;
    const { origin } = entry;
    this.next = Math.max(this.next, origin + 1);
    if (entry.kind === 'open' && this.seen.isNew(origin, entry.source)) this.ends.set(origin, 0);
    const end = this.ends.get(origin);
    if (end === undefined || entry.kind === 'open') return true;
    if (entry.kind === 'end') this.ended.add(origin);
    else if (entry.offset > end) return false;
    else this.ends.set(origin, Math.max(end, entry.offset + entry.bytes.length));
    return true;
  }

  /** How much came and was not worked on. */
  get bytes(): number {
    let sum = 0;
    for (const [origin, end] of this.ends) sum += Math.max(0, end - (this.seen.at(origin)?.offset ?? 0));
    return sum;
  }

  /** Places that are not over. */
  get open(): readonly number[] {
    return [...this.ends.keys()].filter((origin) => !this.ended.has(origin));
  }

  /** Whether there is as much as was worked on when a batch came out. */
  readonly reaches = (split: Split): boolean => {
    const { key, at } = split;
    if (key === NEXT) return (at as number) <= this.next;
    if (key === OVER || isOwn(split)) return true;
    const origin = numberOf(key);
    if (at === null) return this.ended.has(origin);
    const { offset, isPacked } = at as ReceivedAt;
    return isPacked === true || offset <= (this.ends.get(origin) ?? -1);
  };
}

/** Which segments are to be kept for a run that goes on from these positions. */
export function inputState(
  segments: readonly Segment[],
  current: number,
  received: readonly (readonly [name: string, position: Position])[],
): InputState {
  const seen = new Seen(received);
  const needed = segments.filter((segment) => segment.isNeeded(seen)).map(({ number }) => number);
  return { sources: received.map(([name]) => name), needed, current };
}
