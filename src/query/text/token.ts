import type { Place } from '../../base/problem.ts';

interface At {
  readonly place: Place;
  /** As it was written. */
  readonly text: string;
}

/** A piece of a template: what stands between its back-ticks and `${…}`. */
interface TemplateToken extends At {
  readonly kind: 'template';
  /** The text, escapes resolved. */
  readonly value: string;
  /** It starts with the `}` of a `${…}` rather than with a back-tick. */
  readonly goesOn: boolean;
  /** It ends with `${` rather than with a back-tick. */
  readonly opens: boolean;
}

/** The smallest pieces of a program that mean something; white space and comments lie between them. */
export type Token =
  /** Also `_`, and words of JavaScript such as `new`: what a name means is not the lexer's matter. */
  | (At & { readonly kind: 'name' })
  | (At & { readonly kind: 'number'; readonly value: number | bigint; readonly unit?: 'duration' | 'size' })
  | (At & { readonly kind: 'string'; readonly value: string })
  | (At & { readonly kind: 'regex'; readonly pattern: string; readonly flags: string })
  | TemplateToken
  /** Operators, brackets and marks, and those of other languages that have a problem of their own. */
  | (At & { readonly kind: 'sign' })
  | (At & { readonly kind: 'end' });

const PARTNERS: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}' };

/** The closing bracket that a token needs, undefined if it opens nothing. A `${` of a template needs `}`. */
export function closerOf(token: Token): string | undefined {
  if (token.kind === 'sign') return PARTNERS[token.text];
  return token.kind === 'template' && token.opens ? '}' : undefined;
}

/** The bracket that a token closes with: `)`, `]`, `}`, undefined if it closes nothing. */
export function closingOf(token: Token): string | undefined {
  if (token.kind === 'sign')
    return token.text === ')' || token.text === ']' || token.text === '}' ? token.text : undefined;
  return token.kind === 'template' && token.goesOn ? '}' : undefined;
}

/** Whether a value ends with this token, so that a `/` behind it divides. */
export function endsValue(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'sign') return closingOf(token) !== undefined;
  return token.kind !== 'template' || !token.opens;
}

/** The longest piece of the user's text that a message repeats. */
const LONGEST_QUOTE = 30;

/** A token as messages name it. */
export function describeToken(token: Token): string {
  if (token.kind === 'end') return 'the end of the program';
  if (token.kind === 'template') return token.goesOn ? '`}`' : 'a template';
  const characters = Array.from(token.text.slice(0, LONGEST_QUOTE * 2 + 2));
  return `\`${characters.length > LONGEST_QUOTE ? `${characters.slice(0, LONGEST_QUOTE).join('')}…` : token.text}\``;
}
