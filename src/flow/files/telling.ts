import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Position, Split } from '../define/position.ts';

/** Stands in the position once all that was there at the start has been looked at. What came before says too little to go on from. */
export const BEGUN: Split = { key: 'begun', at: true };

/** Whether a position is that of a source which had seen all that was there at the start; else it begins as if there were none. */
export function hasBegun(position: Position | undefined): position is Position {
  return position?.some(({ key }) => key === BEGUN.key) === true;
}

/** The position changes in all of these splits at once, and nothing has come. That takes so little room that nobody need wait for it. */
export function tell(context: SourceContext, ...behind: readonly Split[]): void {
  if (behind.length > 0) void context.deliver({ kind: 'position', behind });
}

/** The same in one split, behind what came of its file. @param origin undefined where nothing came. */
export function tellBehind(context: SourceContext, origin: Origin | undefined, split: Split): void {
  void context.deliver({ kind: 'position', ...(origin === undefined ? {} : { origin }), behind: [split] });
}

/**
 * What is said of a file that was truncated, or written anew.
 *
 * @param position up to which byte it was read.
 * @param copies what is read of it first; the first of them may go on where it was read up to.
 * @param truncations how often it was so far, this time included.
 */
export function truncationNote(
  path: string,
  position: number,
  copies: readonly { readonly path: string; readonly goesOn: boolean }[],
  truncations: number,
): string {
  const names = copies.map((copy) => copy.path).join(', ');
  if (copies[0]?.goesOn) return `${path} was truncated; reading on in ${names}, copied from it, then from its start`;
  const times = truncations === 1 ? '' : ` (${truncations} times so far)`;
  const then = names === '' ? '' : `${names} and `;
  const lost = `it was read up to byte ${position}, and what was behind that is lost`;
  return `${path} was truncated or written anew${times}; reading ${then}it from its start (${lost})`;
}
