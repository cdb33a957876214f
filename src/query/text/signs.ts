/** Operators, brackets and marks of ours, and those of other languages, for which the parser has problems of their own. */
const SIGNS = [
  ...['>>>=', '===', '!==', '...', '**=', '<<=', '>>=', '>>>', '&&=', '||=', '??='],
  ...['=>', '==', '!=', '<=', '>=', '&&', '||', '??', '?.', '**', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '|='],
  ...['^=', '<<', '>>', '->', '|>', '=~', '!~', '<>', '..', '::', ':=', '?:'],
  ...'()[]{},;:?.|=<>+-*/%!&^~',
];

/** By their first character, the longest first. */
const BY_START = new Map<string, string[]>();
for (const sign of SIGNS) {
  const others = BY_START.get(sign[0]!);
  if (others === undefined) BY_START.set(sign[0]!, [sign]);
  else others.push(sign);
}

/** The longest sign at this offset of a text, undefined if there is none. */
export function signAt(text: string, at: number): string | undefined {
  return BY_START.get(text[at]!)?.find(
    // `?.` is one sign but before a digit: `a ?.5 : 1` is a choice, as in JavaScript.
    (sign) => text.startsWith(sign, at) && !(sign === '?.' && /\d/.test(text[at + 2] ?? '')),
  );
}
