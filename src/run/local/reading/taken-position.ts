import type { Chunk, Origin } from '../../../flow/define/chunk.ts';
import type { Position, Split } from '../../../flow/define/position.ts';

/**
 * How far the steps have taken what a source delivered: what is to be read again by a run that goes on from here, and nothing else. What waits
 * in the inbox is not taken yet.
 */
export class TakenPosition {
  /** How many pieces of input were taken. */
  count = 0;
  /** What is different since {@link takeMoved}. */
  private moved = new Map<string, Split>();
  private readonly splits = new Map<string, Split>();
  /** Origins of which something was taken that no split stands behind. */
  private readonly between = new Set<Origin>();
  /** Something was taken of an origin that no split stands behind, and none will: it has ended. */
  private isLost = false;

  /** @param from where the source began. */
  constructor(from: Position = []) {
    for (const split of from) this.splits.set(split.key, split);
  }

  /** A chunk was read, and its origin has counted its lines. */
  take(chunk: Chunk): void {
    this.count++;
    if (chunk.kind === 'position') {
      const { origin } = chunk;
      // Of what nothing came there is nothing to be read again.
      const isOnlyPlace = origin === undefined || origin.lines === 0;
      for (const split of chunk.behind) this.set(isOnlyPlace ? split : splitOf(origin, split, false));
      return;
    }
    const { behind, origin } = chunk;
    if (behind !== undefined) this.between.delete(origin);
    else if (chunk.kind !== 'end') this.between.add(origin);
    // Clients come and go, and are not kept for it.
    else if (this.between.delete(origin)) this.isLost = true;
    if (behind === undefined) return;
    this.set(splitOf(origin, behind, chunk.kind === 'end'));
  }

  /** The source is there, whatever was taken: where it was when what it gives was taken for the first time. */
  move(moves: Position): void {
    for (const split of moves) this.set(split);
  }

  /** The splits that are different since the last call; those that are gone have `at` null. */
  takeMoved(): Position {
    const moves = this.moves;
    this.moved = new Map();
    return moves;
  }

  /** What {@link takeMoved} would give now. */
  get moves(): Position {
    return [...this.moved.values()];
  }

  private set(split: Split): void {
    const { key, at } = split;
    this.moved.set(key, split);
    if (at === null) this.splits.delete(key);
    else this.splits.set(key, split);
  }

  /** The position; undefined while nothing can be gone on from, since a part of what is known only as a whole was taken. */
  get position(): Position | undefined {
    return this.isLost || this.between.size > 0 ? undefined : [...this.splits.values()];
  }
}

/** A split with what came from its origin so far. */
function splitOf({ id, lines, lost }: Origin, { key, at }: Split, isOver: boolean): Split {
  const origin = { id, lines, ...(lost === undefined ? {} : { lost: { ...lost } }) };
  return { key, at, origin: isOver ? { ...origin, isOver } : origin };
}
