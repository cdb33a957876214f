import { isUtf8 } from 'node:buffer';

/**
 * Stand for bytes that are not UTF-8: halves of surrogate pairs, which no valid text contains. Each is what a decoder makes one U+FFFD of; which
 * of them it is says how many bytes that were.
 */
const WRONG = ['', '\udc81', '\udc82', '\udc83'];
const ANY_WRONG = /[\udc81-\udc83]/u;
const ALL_WRONG = /[\udc81-\udc83]/gu;
const REPLACEMENT = '\ufffd';
/** How many bytes of UTF-8 a lone half is counted as. */
const COUNTED = 3;

/** Text of UTF-8 in which what is none can be told from a U+FFFD of the text itself. */
export function decode(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeWrong(bytes);
}

/** Whether some of a decoded text was no UTF-8. */
export function isWrong(text: string): boolean {
  return ANY_WRONG.test(text);
}

/** A decoded text as it is shown. */
export function withoutWrong(text: string): string {
  return text.replaceAll(ALL_WRONG, REPLACEMENT);
}

/** From how many bytes a text was decoded. */
export function bytesOf(text: string): number {
  let bytes = Buffer.byteLength(text);
  if (isWrong(text)) for (const [wrong] of text.matchAll(ALL_WRONG)) bytes += WRONG.indexOf(wrong) - COUNTED;
  return bytes;
}

function decodeWrong(bytes: Buffer): string {
  let text = '';
  let valid = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceAt(bytes, at);
    if (length < 0) {
      text += bytes.toString('utf8', valid, at) + WRONG[-length]!;
      valid = at - length;
    }
    at += Math.abs(length);
  }
  return text + bytes.toString('utf8', valid);
}

/** How many bytes the character at a place has; the negative number of those that begin one and do not go on as one (at least one). */
function sequenceAt(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const more = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  // The second byte must not make a character that would be shorter, half a pair, or beyond the last one.
  let least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  let most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let next = 1; next <= more; next++) {
    const byte = bytes[at + next];
    if (byte === undefined || byte < least || byte > most) return -next;
    least = 0x80;
    most = 0xbf;
  }
  return more === 0 ? -1 : more + 1;
}
