/** A regular expression that was read. What it is made of is already spelt as flag `u` wants it. */
export type PatternNode =
  /** One character out of a set: `a`, `[^"]`, `\d`, and `.`, which is `[^\n]`. */
  | { readonly kind: 'set'; readonly source: string; readonly reach: Reach }
  /** A place without a width: `^`, `$`, `\b`, `\B`. */
  | { readonly kind: 'edge'; readonly source: string }
  /** `\1`, or `\k<name>` with its name. */
  | { readonly kind: 'back'; readonly source: string; readonly name?: string }
  /** `open` is `(`, `(?:`, and what else begins a group but a name. */
  | { readonly kind: 'group'; readonly open: string; readonly name?: string; readonly body: Alternatives }
  /** `open` is `(?=`, `(?!`, `(?<=` or `(?<!`. */
  | { readonly kind: 'look'; readonly open: string; readonly body: Alternatives };

/**
 * Which characters a set may have: those below U+0080 that are named one by one (`ascii`), others too that take one UTF-16 unit (`bmp`),
 * or any, so that it can take one half of a character that takes two (`all`).
 */
export type Reach = 'ascii' | 'bmp' | 'all';

/** A part of a sequence; once where there is no quantifier. */
export interface Term {
  readonly node: PatternNode;
  /** As written: `*`, `{2,}?`; empty where there is none. */
  readonly quantifier: string;
  readonly least: number;
  /** May be Infinity. */
  readonly most: number;
}

export type Sequence = readonly Term[];
export type Alternatives = readonly Sequence[];

/** All terms, outer before inner. */
export function* termsOf(alternatives: Alternatives): Generator<Term> {
  for (const sequence of alternatives) {
    for (const term of sequence) {
      yield term;
      if (term.node.kind === 'group' || term.node.kind === 'look') yield* termsOf(term.node.body);
    }
  }
}

/** The text of the expression, for flag `u`. @param names whether groups keep their names. */
export function printPattern(alternatives: Alternatives, names = true): string {
  return alternatives.map((sequence) => sequence.map((term) => printTerm(term, names)).join('')).join('|');
}

function printTerm({ node, quantifier }: Term, names: boolean): string {
  const text = printNode(node, names);
  // Only without `u` may what looks ahead be repeated.
  return node.kind === 'look' && quantifier !== '' ? `(?:${text})${quantifier}` : text + quantifier;
}

function printNode(node: PatternNode, names: boolean): string {
  if (node.kind !== 'group' && node.kind !== 'look') return node.source;
  const name = node.kind === 'group' && names && node.name !== undefined ? `?<${node.name}>` : '';
  return `${node.open}${name}${printPattern(node.body, names)})`;
}
