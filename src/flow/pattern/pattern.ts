import { safeLength } from './cost.ts';
import { readPattern } from './read.ts';
import { type Alternatives, printPattern, type Sequence, termsOf } from './tree.ts';
import { foundEndless, watchedMatch } from './watched.ts';

/** A text of so many UTF-16 units is matched without a look at what the expression may cost. */
const SHORT = 24;

/** Characters that take two UTF-16 units. */
const SURROGATE = /[\ud800-\udfff]/;
/** The same, and those that are a letter of ASCII where case does not count: the long s and the sign for kelvin. */
const FOLDED = /[\ud800-\udfff\u017f\u212a]/;

/** Characters that only flag `u` knows how to write, or takes for one. */
const TWO_UNITS = /[\ud800-\udfff]|\\u\{|\\[pP]\{|\\u[dD][89a-fA-F]/;

/**
 * How the engine compiles an expression: by characters (flag `u`), or by UTF-16 units, which can be several times faster. Where both would
 * do for all texts, by units; where they would for all but some, by what a text is found to have.
 */
type Way = 'units' | 'characters' | 'either';

interface Engine {
  readonly characters: RegExp;
  readonly units: RegExp;
}

type Groups =
  /** The groups of the names by their numbers; they are not told to the engine, which would make a slow object of them for each match. */
  | { readonly names: readonly string[]; readonly numbers: readonly number[] }
  /** A name stands twice, or is referred to. */
  | { readonly names: readonly string[]; readonly numbers: undefined };

/**
 * A regular expression of the program. It works on characters, as with JavaScript's flag `u`; `.` is any but `\n`; what that flag
 * would refuse means what it means without it. Positions in what it gives are UTF-16 units, as everywhere in JavaScript.
 *
 * A match that does not end within a second makes the record bad, so that each method may throw BadRecord.
 */
export class Pattern {
  /** As it was written. */
  readonly source: string;
  readonly flags: string;
  /** The groups that have names, in order; undefined where none has. */
  readonly groups: Groups | undefined;
  private readonly tree: Alternatives;
  private readonly way: Way;
  private readonly special: RegExp;
  private readonly engines = new Map<string, Engine>();
  private readonly bare: Engine;
  /** What it is for all texts, where that does not go by what they have. */
  private readonly sure: RegExp | undefined;
  /** Matches of longer texts are watched. Not worked out before there is one longer than {@link SHORT}. */
  private safe = SHORT;
  private isWeighed = false;

  /** @throws SyntaxError with the engine's reason, for what is not well formed. */
  constructor(source: string, flags = '') {
    this.source = source;
    this.flags = flags;
    this.tree = readTree(source, flags);
    this.groups = groupsOf(this.tree);
    this.special = flags.includes('i') ? FOLDED : SURROGATE;
    this.way = wayOf(this.tree, flags.includes('i'));
    if (repeatsInside(this.tree) && !this.isSafe(SHORT + 1)) foundEndless();
    this.bare = this.engine(this.groups !== undefined && this.groups.numbers === undefined, '');
    if (this.way !== 'either') this.sure = this.way === 'units' ? this.bare.units : this.bare.characters;
  }

  toString(): string {
    return `/${this.source}/${this.flags}`;
  }

  /** The first match. Its groups have no names where {@link groups} gives their numbers. */
  exec(text: string): RegExpExecArray | null {
    // Most need no closure in between, which a fifth of the time of a short match went into.
    if (this.sure !== undefined && text.length <= this.safe) return this.sure.exec(text);
    return this.run(this.bare, text, exec);
  }

  test(text: string): boolean {
    if (this.sure !== undefined && text.length <= this.safe) return this.sure.test(text);
    return this.run(this.bare, text, test);
  }

  /** Where the first match begins; -1 where there is none. */
  search(text: string): number {
    return this.run(this.bare, text, search);
  }

  /** As JavaScript's: groups come between the parts, undefined for those that took no part. */
  split(text: string, limit: number): (string | undefined)[] {
    return this.run(this.bare, text, split, limit);
  }

  /** The text with its first match replaced; `$1`, `$<name>` and `$&` stand for what matched. */
  replace(text: string, replacement: string): string {
    return this.run(this.engine(true, ''), text, replace, replacement);
  }

  replaceAll(text: string, replacement: string): string {
    return this.run(this.engine(true, 'g'), text, replace, replacement);
  }

  matchAll(text: string): RegExpExecArray[] {
    return this.run(this.engine(this.groups?.names !== undefined && this.groups.numbers === undefined, 'g'), text, all);
  }

  /** The first match that begins at `from`, a UTF-16 unit, or behind it. */
  next(text: string, from: number): RegExpExecArray | null {
    const { units, characters } = this.engine(false, 'g');
    // To look at all of a long text each time would take longer than to match.
    const regex = this.way === 'units' ? units : characters;
    const match = () => {
      regex.lastIndex = from;
      return regex.exec(text);
    };
    return this.isSafe(text.length) ? match() : watchedMatch(match, String(this));
  }

  private run<A, R>(engine: Engine, text: string, match: (regex: RegExp, text: string, more: A) => R, more?: A): R {
    const isByUnits = this.way === 'units' || (this.way === 'either' && !this.special.test(text));
    const regex = isByUnits ? engine.units : engine.characters;
    if (text.length <= this.safe || this.isSafe(text.length)) return match(regex, text, more as A);
    return watchedMatch(() => match(regex, text, more as A), String(this));
  }

  private isSafe(length: number): boolean {
    if (length > this.safe && !this.isWeighed) {
      this.isWeighed = true;
      this.safe = safeLength(this.tree, this.flags.includes('i'));
    }
    return length <= this.safe;
  }

  private engine(names: boolean, global: '' | 'g'): Engine {
    const which = `${names}${global}`;
    let engine = this.engines.get(which);
    if (engine === undefined) {
      const flags = `${global}${this.flags.replaceAll(/[gu]/g, '')}`;
      const text = printPattern(this.tree, names);
      const characters = new RegExp(text, `${flags}u`);
      engine = { characters, units: this.way === 'characters' ? characters : new RegExp(text, flags) };
      this.engines.set(which, engine);
    }
    return engine;
  }
}

const exec = (regex: RegExp, text: string) => regex.exec(text);
const test = (regex: RegExp, text: string) => regex.test(text);
const search = (regex: RegExp, text: string) => text.search(regex);
const split = (regex: RegExp, text: string, limit: number) => text.split(regex, limit);
const replace = (regex: RegExp, text: string, replacement: string) => text.replace(regex, replacement);
const all = (regex: RegExp, text: string) => Array.from(text.matchAll(regex));

function readTree(source: string, flags: string): Alternatives {
  try {
    const tree = readPattern(source, flags);
    new RegExp(printPattern(tree), 'u');
    return tree;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // What is wrong with what was written, and not with what was made of it.
    new RegExp(source, 'u');
    throw error;
  }
}

function groupsOf(tree: Alternatives): Groups | undefined {
  const terms = [...termsOf(tree)];
  const groups = terms.flatMap(({ node }) =>
    node.kind === 'group' && node.open === '(' ? [node.name && unescaped(node.name)] : [],
  );
  const names = groups.filter((name) => name !== undefined);
  if (names.length === 0) return undefined;
  const isReferred = terms.some(({ node }) => node.kind === 'back' && node.name !== undefined);
  if (isReferred || new Set(names).size < names.length) return { names: [...new Set(names)], numbers: undefined };
  return { names, numbers: names.map((name) => groups.indexOf(name) + 1) };
}

/** The name of a group, of whose characters some may be written as `\u0061` or `\u{61}`. */
function unescaped(name: string): string {
  return name.replace(/\\u(?:\{([\da-fA-F]+)\}|([\da-fA-F]{4}))/g, (_all, long: string | undefined, short: string) =>
    long === undefined
      ? String.fromCharCode(Number.parseInt(short, 16))
      : String.fromCodePoint(Number.parseInt(long, 16)),
  );
}

/** Which way gives the right answer, and soonest. */
function wayOf(tree: Alternatives, ignoreCase: boolean): Way {
  const text = printPattern(tree, false);
  if (TWO_UNITS.test(text)) return 'characters';
  const nodes = [...termsOf(tree)].map(({ node }) => node);
  if (ignoreCase) {
    // Outside of ASCII, upper and lower case meet differently.
    if (/[^\0-\x7f]|\\[xu]/.test(text) || nodes.some(({ kind }) => kind === 'back')) return 'characters';
    // Bounds of words are slow by characters.
    if (/\\[bBwW]/.test(text)) return 'either';
    if (/[[skSK]/.test(text)) return 'characters';
  }
  const takesHalves = nodes.some((node) => node.kind === 'set' && node.reach === 'all');
  if (!takesHalves && !tree.some(isNullable)) return 'units';
  return tree.some(startsWide) ? 'either' : 'characters';
}

/** Whether there is a repetition inside of another: without one, no text of ordinary length takes for ever. */
function repeatsInside(tree: Alternatives): boolean {
  return [...termsOf(tree)].some(
    ({ node, most }) => most > 1 && node.kind === 'group' && [...termsOf(node.body)].some((inner) => inner.most > 1),
  );
}

function isNullable(sequence: Sequence): boolean {
  return sequence.every(({ node, least }) => {
    if (least === 0 || node.kind === 'edge' || node.kind === 'look' || node.kind === 'back') return true;
    return node.kind === 'group' && node.body.some(isNullable);
  });
}

/** Whether it may begin with about any character, at about any place: it is tried at all of them, which is slow by characters. */
function startsWide([term]: Sequence): boolean {
  if (term === undefined) return true;
  const { node } = term;
  if (node.kind === 'group') return node.body.some(startsWide);
  return node.kind === 'set' && node.reach === 'all';
}
