import type { Value } from '../../../base/value.ts';
import type { FilePart } from '../../../flow/define/file-part.ts';
import type { OriginStep } from '../../../flow/define/step.ts';
import { isFirst, sampleOf } from '../../../flow/files/parts.ts';

/** What one thread reads. */
interface GuessedRun {
  readonly parts: readonly FilePart[];
  /** What a step is taken to remember where the first part begins; undefined where a file begins there. */
  readonly memory: Value | undefined;
}

/**
 * Moves the borders between runs of parts to where records begin, as far as a step can guess that, and says what it remembers there.
 *
 * Undefined where it does not know: then no more than one thread can read the input.
 */
export function guessRuns(runs: readonly (readonly FilePart[])[], step: OriginStep): readonly GuessedRun[] | undefined {
  const guessed: GuessedRun[] = [];
  for (const parts of runs) {
    const [first, ...others] = parts;
    if (first === undefined || isFirst(first)) {
      guessed.push({ parts, memory: undefined });
      continue;
    }
    const guess = guessAt(first, step);
    if (guess === undefined) return undefined;
    const before = guessed.at(-1);
    // A border can be moved where the same file is on both sides.
    const canMove = before?.parts.at(-1)?.end === first.start && guess.start < first.end;
    if (!canMove) {
      guessed.push({ parts, memory: guess.memory });
      continue;
    }
    guessed.pop();
    guessed.push({ ...before, parts: endingAt(before.parts, guess.start) });
    guessed.push({ parts: [{ ...first, start: guess.start }, ...others], memory: guess.memory });
  }
  return guessed;
}

function endingAt(parts: readonly FilePart[], end: number): readonly FilePart[] {
  return [...parts.slice(0, -1), { ...parts.at(-1)!, end }];
}

function guessAt(part: FilePart, step: OriginStep): { readonly memory: Value; readonly start: number } | undefined {
  try {
    const [firstLine] = sampleOf(part, part.fileStart).lines;
    const { lines, starts } = sampleOf(part, part.start);
    // A header that is not UTF-8 is not what it seems.
    const isKnown = firstLine !== undefined && !firstLine.includes('\ufffd');
    const guess = isKnown ? step.guess(firstLine, lines) : undefined;
    return guess && { memory: guess.memory, start: starts[guess.before] ?? part.start };
  } catch {
    // What cannot be read is told by whoever reads all of it.
    return undefined;
  }
}
