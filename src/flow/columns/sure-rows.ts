import { NONE, type TakeRows } from '../define/faster.ts';

/** Reads one thing after the other of rows, each of those alone of which the ones before were sure. @param reads each returns the first row that the row form has to look at. */
export function readSureRows(reads: readonly TakeRows[]): TakeRows {
  return (block, rows, count) => {
    let unsure = NONE;
    let sure = count;
    for (const read of reads) {
      unsure = Math.min(unsure, read(block, rows, sure));
      sure = countBefore(unsure, rows, sure);
    }
    return unsure;
  };
}

/** Takes rows up to the first one that the row form has to look at, when all was read of them. @param put takes the first so many. */
export function takeSureRows(reads: readonly TakeRows[], put: (count: number) => void): TakeRows {
  const read = readSureRows(reads);
  return (block, rows, count) => {
    const unsure = read(block, rows, count);
    const sure = countBefore(unsure, rows, count);
    if (sure > 0) put(sure);
    return unsure;
  };
}

/** How many rows there are before one. */
function countBefore(unsure: number, rows: Int32Array, count: number): number {
  if (unsure === NONE) return count;
  let before = 0;
  while (before < count && rows[before]! < unsure) before++;
  return before;
}
