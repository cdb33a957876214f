import type { Chunk, Origin, OriginChunk } from '../../../flow/define/chunk.ts';
import type { Position, Split } from '../../../flow/define/position.ts';
import { asBuffer } from '../../../flow/framing/framer.ts';
import { lineEnd } from '../../../flow/framing/lines.ts';
import type { Lane } from '../reading/lane.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import type { Core } from './core.ts';

/** A batch that came out once, and how far each source had come at its tick; or of which something came out, and how far they had come by then. */
export interface RepeatedBatch {
  /** The tick, ms. */
  readonly end: number;
  /** It was not over, so that more may follow in it. */
  readonly isOpen: boolean;
  /** For each source what of its position was different; nothing where none was. */
  readonly moves: readonly Position[];
}

/**
 * Reads again, from where the sources stand, what was in a batch that came out once, and nothing else. How its bytes come, in what pieces and
 * with what behind them, may be another way than the first time.
 *
 *     the first time     a: 1 2 3   b: 1 2 │ tick
 *     again              a: 1 2 3 4 5 … b: 1 2 3 …
 *                        a up to line 3, b up to line 2, and the tick
 */
export async function repeatBatch(core: Core, { end, isOpen, moves }: RepeatedBatch): Promise<void> {
  core.batches.skipTo(end);
  await Promise.all(core.sources.all.map((source, i) => readUpTo(core, source, moves[i] ?? [])));
  await core.keeping;
  if (core.signal.aborted || isOpen) return;
  core.tick();
}

async function readUpTo(core: Core, source: OpenSource, moves: Position): Promise<void> {
  const goals = new Goals(moves, source.reader.taken.position ?? []);
  const stop = new AbortController();
  const abort = () => stop.abort();
  core.signal.addEventListener('abort', abort, { once: true });
  if (!goals.isReached) {
    const deliver = (chunk: Chunk) => {
      if (chunk.kind === 'position') chunk.taken?.();
      const part = goals.partOf(chunk);
      if (part !== undefined) source.reader.read(part);
      if (goals.isReached) stop.abort();
      return undefined;
    };
    // What is not there any more is not waited for: its source says so.
    const { signal } = stop;
    const again = (lane: Lane) => core.sources.received!.replay([lane], signal);
    await core.sources.start(source, deliver, (opened) => opened.run(), { signal, once: true, again });
  }
  core.signal.removeEventListener('abort', abort);
  source.reader.taken.move(goals.reached);
}

/** How far a source is to come, split by split. */
class Goals {
  /** Those that it has come to, with the numbers that origins have in this run. */
  readonly reached: Split[] = [];
  private readonly open = new Map<string, Split>();

  constructor(moves: Position, before: Position) {
    const known = new Map(before.map(({ key, origin }) => [key, origin]));
    for (const split of moves) {
      const { key, origin } = split;
      const earlier = known.get(key);
      const isSame = origin !== undefined && origin.isOver !== true && origin.id === earlier?.id;
      // Where nothing was read, only the position is another.
      if (origin === undefined || (isSame && origin.lines === earlier?.lines)) this.reached.push(split);
      else this.open.set(split.key, split);
    }
  }

  get isReached(): boolean {
    return this.open.size === 0;
  }

  /** As much of a chunk as was in the batch, if anything was. */
  partOf(chunk: Chunk): Chunk | undefined {
    if (chunk.kind === 'position') for (const split of chunk.behind) this.begin(split);
    if (chunk.kind === 'position' || chunk.behind === undefined) return undefined;
    const goal = this.open.get(chunk.behind.key);
    if (goal === undefined) return undefined;
    const { lines, isOver = false } = goal.origin!;
    const { origin } = chunk;
    if (chunk.kind === 'end') {
      if (isOver) this.reach(goal, origin);
      return isOver ? chunk : undefined;
    }
    const wanted = lines - origin.lines;
    const part = firstOf(chunk, wanted);
    if (part.count < wanted || (isOver && part.isAll)) return chunk;
    this.reach(goal, origin);
    if (wanted > 0) return { ...part.chunk, behind: goal };
    return isOver ? { kind: 'end', origin, behind: goal } : undefined;
  }

  /** A place was opened, of which nothing more was in the batch. */
  private begin({ key, origin }: Split): void {
    const goal = this.open.get(key);
    if (goal?.origin?.lines === 0 && goal.origin.isOver !== true && origin !== undefined) this.reach(goal, origin);
  }

  private reach(goal: Split, { id }: Pick<Origin, 'id'>): void {
    this.open.delete(goal.key);
    this.reached.push({ ...goal, origin: { ...goal.origin!, id } });
  }
}

/** The first records of a chunk, so many or as many as there are. */
function firstOf(
  chunk: Exclude<OriginChunk, { kind: 'end' }>,
  wanted: number,
): { readonly chunk: typeof chunk; readonly count: number; readonly isAll: boolean } {
  if (chunk.kind === 'bad') return { chunk, count: 1, isAll: wanted >= 1 };
  if (chunk.kind === 'values') {
    const values = chunk.values.slice(0, wanted);
    return { chunk: { ...chunk, values }, count: values.length, isAll: values.length === chunk.values.length };
  }
  const bytes = asBuffer(chunk.bytes);
  let end = 0;
  let count = 0;
  for (; count < wanted && end < bytes.length; count++) end = lineEnd(bytes, end);
  return { chunk: { ...chunk, bytes: bytes.subarray(0, end) }, count, isAll: end === bytes.length };
}
