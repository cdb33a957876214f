import type { Frame } from '../../flow/define/context.ts';

/**
 * The frames of all outputs, one below the other with an empty line between, in `rows` lines. Where there is not room for all, those that
 * need no more than their part get what they need, and the others share the rest.
 */
export function layOut(frames: readonly Frame[], columns: number, rows: number): string[] {
  const shares = share(
    frames.map(({ height }) => height),
    rows - Math.max(0, frames.length - 1),
  );
  const lines: string[] = [];
  frames.forEach((frame, i) => {
    if (shares[i]! < 1) return;
    if (lines.length > 0) lines.push('');
    lines.push(...frame.paint(columns, shares[i]!).slice(0, shares[i]!));
  });
  return lines.slice(0, Math.max(0, rows));
}

/** How much of `room` each gets who wants so much: all of it, or an equal part of what those leave who want less. */
export function share(wanted: readonly number[], room: number): number[] {
  const given = wanted.map(() => 0);
  let left = Math.max(0, room);
  const inOrder = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  inOrder.forEach((i, done) => {
    given[i] = Math.min(wanted[i]!, Math.floor(left / (wanted.length - done)));
    left -= given[i];
  });
  return given;
}
