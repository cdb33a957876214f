/**
 * Texts measured in code points, as the language counts them; JavaScript counts UTF-16 units. Texts without characters beyond U+FFFF,
 * nearly all, are told apart first, since both counts are one there.
 */
const SURROGATE = /[\ud800-\udfff]/;

/** Whether the two counts may differ. */
export function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

export function codePointLength(text: string): number {
  if (!hasSurrogates(text)) return text.length;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.codePointAt(i)! > 0xffff) i++;
    length++;
  }
  return length;
}

/** The code points of a text, each as a text. */
export function codePoints(text: string): string[] {
  return hasSurrogates(text) ? Array.from(text) : text.split('');
}

/** The code point at an index from 0; undefined beyond either end. */
export function codePointAt(text: string, index: number): string | undefined {
  return hasSurrogates(text) ? Array.from(text)[index] : text[index];
}

/** From `start` up to but not including `end`, both counted from the end where negative: as `slice` of a list. */
export function sliceCodePoints(text: string, start: number, end?: number): string {
  return hasSurrogates(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end);
}
