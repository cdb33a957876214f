/** Drawing with block characters, or with ASCII where the terminal has no others. */

const EIGHTHS = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_LEVELS = ['_', '.', ':', '-', '=', '+', '*', '#'];

/** A bar from the left. @param share how much of `width` columns it fills, 0 to 1. What is more than nothing is seen. */
export function bar(share: number, width: number, ascii: boolean): string {
  const part = Math.min(1, Math.max(0, share)) * width;
  if (part === 0) return '';
  if (ascii) return '#'.repeat(Math.max(1, Math.round(part)));
  const eighths = Math.max(1, Math.round(part * 8));
  return (EIGHTHS[8]! as string).repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? '' : EIGHTHS[eighths % 8]);
}

/** A line of levels, one a value, from 0 (or the least below it) to the highest; a space for null. */
export function sparkline(values: readonly (number | null)[], ascii: boolean): string {
  const levels = ascii ? ASCII_LEVELS : LEVELS;
  const known = values.filter((value) => value !== null);
  const least = Math.min(0, ...known);
  const span = Math.max(0, ...known) - least;
  return values
    .map((value) => {
      if (value === null) return ' ';
      const share = span === 0 ? 0 : (value - least) / span;
      return levels[Math.min(levels.length - 1, Math.round(share * (levels.length - 1)))];
    })
    .join('');
}
