/** What drivers give of columns, as values: no digit and no byte is another one without a word. */
import { isUtf8 } from 'node:buffer';
import { JsonError, parseJson } from '../../base/json.ts';
import { readNumber } from '../../base/number-text.ts';
import type { Value } from '../../base/value.ts';

/** Told what of a column is not as it stands in the database. */
export type ColumnNote = (column: string, what: string) => void;

/** Hands on what is told of columns, once each. @param note told it in words. */
export function onceEach(note: (what: string) => void): ColumnNote {
  const told = new Set<string>();
  return (column, what) => {
    const words = `"${column}" ${what}`;
    if (told.has(words)) return;
    told.add(words);
    note(words);
  };
}

/** A decimal with all of its digits, but for zeros at the end of a fraction, of which each has as many as its column; undefined of other texts. */
export function decimalIn(text: string): Value | undefined {
  return readNumber(text.includes('.') ? text.replace(/\.?0+$/, '') : text);
}

/** What JSON says; its text where that is more than a value can be, such as a number of 400 digits. */
export function jsonIn(text: string, column: string, note: ColumnNote): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    note(column, 'has JSON that is more than a value can be, which is its text here');
    return text;
  }
}

/** What JSON has no number for is no value. */
export function notFinite(column: string, note: ColumnNote): null {
  note(column, 'has NaN or infinite numbers, which are null here');
  return null;
}

/** Bytes as text where they are some, as many keep text in columns of bytes. */
export function textOrBase64(bytes: Uint8Array, column: string, note: ColumnNote): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString();
  note(column, 'has bytes that are no text, which are base64 here');
  return buffer.toString('base64');
}
