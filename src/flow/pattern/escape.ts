import type { Reach } from './tree.ts';

/** What stands behind a backslash, spelt as flag `u` wants it. */
export interface Escape {
  readonly source: string;
  readonly reach: Reach;
  /** It is many characters, `\d`, which cannot begin or end a range. */
  readonly isSet: boolean;
  /** Where it ends in the text of the expression. */
  readonly end: number;
}

/** A sign that stands for itself outside of a class. */
export function spelt(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

/**
 * Each form of an escape, most special first, and what it becomes; what none of them takes is a sign that stands for itself. Without
 * flag `u` JavaScript takes far more for that (ECMAScript, Annex B.1.2).
 */
const FORMS: readonly {
  readonly form: RegExp;
  readonly inClass?: boolean;
  readonly becomes: (text: string) => Omit<Escape, 'end'>;
}[] = [
  { form: /\\[dw]/y, becomes: (text) => ({ source: text, reach: 'ascii', isSet: true }) },
  // White space is outside of ASCII as well, all of it below U+FFFF.
  { form: /\\s/y, becomes: (text) => ({ source: text, reach: 'bmp', isSet: true }) },
  { form: /\\[DSW]|\\[pP]\{[A-Za-z_][^}]*\}/y, becomes: (text) => ({ source: text, reach: 'all', isSet: true }) },
  { form: /\\[fnrtv]|\\c[a-zA-Z]|\\0(?!\d)/y, becomes: ascii },
  { form: /\\b/y, inClass: true, becomes: ascii },
  // Without `u` a class may have such as `\c5`.
  { form: /\\c[0-9_]/y, inClass: true, becomes: (text) => code(text.charCodeAt(2) % 32) },
  { form: /\\c/y, becomes: () => ascii('\\\\') },
  { form: /\\x[\da-fA-F]{2}/y, becomes: (text) => ({ source: text, reach: 'bmp', isSet: false }) },
  // Two halves are one character.
  { form: /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u\{[\da-fA-F]+\}/y, becomes: any },
  { form: /\\u[dD][89a-fA-F][\da-fA-F]{2}/y, becomes: any },
  { form: /\\u[\da-fA-F]{4}/y, becomes: (text) => ({ source: text, reach: 'bmp', isSet: false }) },
  { form: /\\(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/y, becomes: (text) => code(Number.parseInt(text.slice(1), 8)) },
];

/** Reads the escape at `at`. @throws SyntaxError for a backslash at the end. */
export function readEscape(source: string, at: number, inClass: boolean): Escape {
  for (const { form, inClass: onlyInClass = false, becomes } of FORMS) {
    form.lastIndex = at;
    const text = !onlyInClass || inClass ? form.exec(source)?.[0] : undefined;
    if (text === undefined) continue;
    // Of `\c` without a letter the backslash is meant, and the letter follows.
    return { ...becomes(text), end: text === '\\c' ? at + 1 : at + text.length };
  }
  const sign = source.codePointAt(at + 1);
  if (sign === undefined) throw new SyntaxError('\\ at end of pattern');
  const char = String.fromCodePoint(sign);
  // As a number, so that it is no part of one that stands before it.
  if (/\d/.test(char)) return { ...code(sign), end: at + 2 };
  const isSign = inClass ? /[\\\]^-]/.test(char) : spelt(char) !== char;
  const reach = char < '\x80' ? 'ascii' : 'all';
  return { source: isSign ? `\\${char}` : char, reach, isSet: false, end: at + 1 + char.length };
}

function ascii(source: string): Omit<Escape, 'end'> {
  return { source, reach: 'ascii', isSet: false };
}

function any(source: string): Omit<Escape, 'end'> {
  return { source, reach: 'all', isSet: false };
}

function code(value: number): Omit<Escape, 'end'> {
  return { source: `\\x${value.toString(16).padStart(2, '0')}`, reach: value < 0x80 ? 'ascii' : 'bmp', isSet: false };
}
