import { equal } from '../../../base/compare.ts';
import { toJson } from '../../../base/json.ts';
import type { Value } from '../../../base/value.ts';
import type { DealtRange } from '../../../flow/define/dealt.ts';
import type { FilePart, PlainFile } from '../../../flow/define/file-part.ts';
import type { OriginStep } from '../../../flow/define/step.ts';
import { cutFiles, isFirst } from '../../../flow/files/parts.ts';
import { guessRuns } from '../parts/guessed-runs.ts';
import type { PieceResult, PieceTask } from '../parts/pieces.ts';

/** What of its input a task works on. */
export type PieceInput = Pick<PieceTask, 'parts' | 'ends' | 'list' | 'memory' | 'linesBefore' | 'isWhole'>;

/** Smaller files are not cut: it takes longer to have several at work, and what a file is shows in its first lines. Bytes. */
const LEAST = 64 * 1024;

/** Whole files are listed anew for each piece of them, so that there are not more of these. */
const MOST_WHOLES = 1000;

/**
 * Cuts files into pieces.
 *
 * @param few how many there are of small files.
 * @param largest of larger ones, bytes.
 * @param step remembers something of each file.
 */
export function piecesOfFiles(
  files: readonly PlainFile[],
  few: number,
  largest: number,
  step: OriginStep | undefined,
): readonly PieceInput[] {
  const total = files.reduce((sum, { start, end }) => sum + end - start, 0);
  if (total === 0) return [];
  const count = Math.max(Math.min(few, Math.ceil(total / LEAST)), Math.ceil(total / largest));
  const shares = Array.from({ length: count }, () => 1 / count);
  const cut = cutFiles(files, shares).filter((parts) => parts.length > 0);
  const runs =
    step === undefined ? cut.map((parts) => ({ parts, memory: undefined })) : (guessRuns(cut, step) ?? uncut(files));
  return runs.map(({ parts, memory }, i) => ({ parts, memory, ends: endsOf(parts, runs[i + 1]?.parts[0]) }));
}

/** Where a step remembers something of each file, and what that is inside of one cannot be guessed, no file is cut. */
function uncut(files: readonly PlainFile[]) {
  const whole = files.filter(({ start, end }) => end > start).map((file) => [{ ...file, fileStart: file.start }]);
  return whole.map((parts) => ({ parts, memory: undefined }));
}

/** For each part whether its file ends with it. @param next the part behind the last one. */
function endsOf(parts: readonly FilePart[], next: FilePart | undefined): readonly boolean[] {
  return parts.map((_, i) => {
    const following = parts[i + 1] ?? next;
    return following === undefined || isFirst(following);
  });
}

/** Files that are read as a whole, by their names. */
export function piecesOfWholes(names: readonly string[]): readonly PieceInput[] {
  const each = Math.ceil(names.length / MOST_WHOLES);
  const pieces: PieceInput[] = [];
  for (let from = 0; from < names.length; from += each) {
    const parts = names.slice(from, from + each).map((name) => ({ name, file: name, start: 0, end: 0, fileStart: 0 }));
    pieces.push({ parts, ends: parts.map(() => true), memory: undefined, isWhole: true });
  }
  return pieces;
}

/**
 * The records of a range, in pieces.
 *
 * @param most records of a piece.
 * @param memory what a step remembers of those before; then they are one piece, as they go on from there.
 * @param linesBefore how many records came before.
 */
export function piecesOfRange(
  range: DealtRange,
  most: number,
  memory: Value | undefined,
  linesBefore: number,
): readonly PieceInput[] {
  const { name, at, end } = range;
  const size = memory === undefined ? most : Number.POSITIVE_INFINITY;
  const pieces: PieceInput[] = [];
  for (let from = at.offset; from < end; from += size) {
    const some: DealtRange = { ...range, at: { ...at, offset: from }, end: Math.min(end, from + size) };
    const part = { name, file: toJson(some as unknown as Value), start: 0, end: 0, fileStart: 0 };
    pieces.push({ parts: [part], ends: [false], memory, linesBefore: -linesBefore, isWhole: true });
  }
  return pieces;
}

/**
 * The records of a list, in about `count` pieces.
 *
 * @param name what they come from.
 * @param memory what a step remembers of the lists so far; then their records are one piece, as they go on from there.
 * @param linesBefore how many records the lists had before.
 */
export function piecesOfList(
  name: string,
  values: readonly Value[],
  count: number,
  memory: Value | undefined,
  linesBefore: number,
): readonly PieceInput[] {
  const size = memory === undefined ? Math.max(1, Math.ceil(values.length / count)) : Math.max(1, values.length);
  const pieces: PieceInput[] = [];
  for (let from = 0; from < values.length; from += size) {
    pieces.push({
      parts: [],
      list: { name, values: values.slice(from, from + size) },
      memory,
      linesBefore: -linesBefore,
    });
  }
  return pieces;
}

/** Whether what is remembered where a piece begins is what it was taken to be. */
export function isAsGuessed({ parts: [first], memory }: PieceInput, before: PieceResult | undefined): boolean {
  if (memory === undefined || first === undefined || isFirst(first)) return true;
  const found = before?.memories.at(-1);
  return found !== undefined && equal(found, memory);
}
