/**
 * Names as JavaScript has them, with letters of all scripts. The engine takes half a millisecond to build the tables for those, at each start
 * and in each thread, so that they are built only where a text has such letters.
 */

const BEYOND_ASCII = /[^\0-\x7f]/;
const PLAIN_NAME = /^(?:[A-Za-z_]|\$(?=[A-Za-z_$]))[\w$]*$/;

/** Whether there is anything but ASCII in a text. */
export function isBeyondAscii(text: string): boolean {
  return BEYOND_ASCII.test(text);
}

/** Whether a text is read as one name: `$` alone and `$1` are none. */
export function isName(text: string): boolean {
  if (!isBeyondAscii(text)) return PLAIN_NAME.test(text);
  return /^(?:[\p{ID_Start}_]|\$(?=[\p{ID_Start}_$]))[\p{ID_Continue}$]*$/u.test(text);
}
