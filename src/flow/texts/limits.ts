import { BadRecord } from '../../base/problem.ts';

/** The most characters that a text may have, so that one record cannot fill the memory. */
const MAX_TEXT = 16 * 1024 * 1024;

/** The most items that a list may have. */
const MAX_ITEMS = 16 * 1024 * 1024;

/** Throws BadRecord for a length (UTF-16 units) that a text may not have; asked before it is made. */
export function checkTextLength(length: number): void {
  if (length > MAX_TEXT) throw new BadRecord('a text grew over 16 MB');
}

/** The text, if it is not too long. */
export function limited(text: string): string {
  checkTextLength(text.length);
  return text;
}

/** Throws BadRecord for a length that a list may not have. */
export function checkListLength(length: number): void {
  if (length > MAX_ITEMS) throw new BadRecord('a list grew too long');
}

/** A whole number of the range, both ends included. Throws BadRecord for any other. */
export function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new BadRecord(`${name} needs a whole number from ${least} to ${most}`, `it is ${value}`);
}
