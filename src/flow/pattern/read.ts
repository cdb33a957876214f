import { type Escape, readEscape, spelt } from './escape.ts';
import type { Alternatives, PatternNode, Reach, Sequence, Term } from './tree.ts';

/** What a group may begin with, but for names. */
const GROUP = /\(\?(?:[:=!]|<[=!])/y;
const NAME = /\(\?<(?![=!])([^>]+)>/y;
const QUANTIFIER = /(?:[*+?]|\{(\d+)(,(\d*))?\})\??/y;

/**
 * Reads a regular expression as JavaScript does without flag `u`, where signs that mean nothing stand for themselves, but by whole
 * characters, and with what that flag adds: `\u{1f600}`, `\p{L}`.
 *
 * @throws SyntaxError for what it cannot read; the engine says it better.
 */
export function readPattern(source: string, flags: string): Alternatives {
  return new PatternReader(source, flags.includes('s')).read();
}

class PatternReader {
  private readonly source: string;
  private readonly dot: string;
  private readonly groups: number;
  private readonly hasNames: boolean;
  private at = 0;

  constructor(source: string, dotIsAll: boolean) {
    this.source = source;
    this.dot = dotIsAll ? '.' : '[^\\n]';
    const opened = source
      .match(/\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?<(?![=!])|(?!\?))/gs)
      ?.filter((part) => part[0] === '(');
    this.groups = opened?.length ?? 0;
    this.hasNames = opened?.some((part) => part.length > 1) ?? false;
  }

  read(): Alternatives {
    const alternatives = this.alternatives();
    if (this.at < this.source.length) throw new SyntaxError('unmatched )');
    return alternatives;
  }

  private alternatives(): Alternatives {
    const found: Sequence[] = [this.sequence()];
    while (this.source[this.at] === '|') {
      this.at++;
      found.push(this.sequence());
    }
    return found;
  }

  private sequence(): Sequence {
    const terms: Term[] = [];
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      const node = this.node();
      const [quantifier, least, most] = this.quantifier();
      // What looks back, or is an edge, cannot be repeated.
      const isFixed = node.kind === 'edge' || (node.kind === 'look' && node.open.startsWith('(?<'));
      if (quantifier !== '' && isFixed) throw new SyntaxError('nothing to repeat');
      terms.push({ node, quantifier, least, most });
    }
    return terms;
  }

  private quantifier(): readonly [text: string, least: number, most: number] {
    const found = this.take(QUANTIFIER);
    if (found === undefined) return ['', 1, 1];
    const [text, from, range, to] = found;
    if (from === undefined) return [text, text[0] === '+' ? 1 : 0, text[0] === '?' ? 1 : Number.POSITIVE_INFINITY];
    const least = Number(from);
    return [text, least, range === undefined ? least : to === '' ? Number.POSITIVE_INFINITY : Number(to)];
  }

  private node(): PatternNode {
    const char = this.char();
    switch (char) {
      case '.':
        this.at++;
        return { kind: 'set', source: this.dot, reach: 'all' };
      case '^':
      case '$':
        this.at++;
        return { kind: 'edge', source: char };
      case '(':
        return this.group();
      case '[':
        return this.set();
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw new SyntaxError('nothing to repeat');
      case '{':
        // A brace that does not count stands for itself.
        if (this.take(QUANTIFIER) !== undefined) throw new SyntaxError('nothing to repeat');
        break;
      default:
    }
    this.at += char.length;
    return { kind: 'set', source: spelt(char), reach: reachOf(char) };
  }

  private group(): PatternNode {
    const name = this.take(NAME)?.[1];
    const open = name === undefined ? (this.take(GROUP)?.[0] ?? '(') : '(';
    if (open === '(' && name === undefined) this.at++;
    const body = this.alternatives();
    if (this.source[this.at] !== ')') throw new SyntaxError('unterminated group');
    this.at++;
    if (/[=!]$/.test(open)) return { kind: 'look', open, body };
    return { kind: 'group', open, body, ...(name === undefined ? {} : { name }) };
  }

  private escape(): PatternNode {
    const edge = this.take(/\\[bB]/y)?.[0];
    if (edge !== undefined) return { kind: 'edge', source: edge };
    const named = this.hasNames ? this.take(/\\k<([^>]+)>/y) : undefined;
    if (named !== undefined) return { kind: 'back', source: named[0], name: named[1]! };
    const number = /\\([1-9]\d*)/y;
    number.lastIndex = this.at;
    const back = number.exec(this.source);
    if (back !== null && Number(back[1]) <= this.groups) {
      this.at += back[0].length;
      return { kind: 'back', source: back[0] };
    }
    const { source, reach } = this.escaped(false);
    return { kind: 'set', source, reach };
  }

  private escaped(inClass: boolean): Escape {
    const found = readEscape(this.source, this.at, inClass);
    this.at = found.end;
    return found;
  }

  private set(): PatternNode {
    const negated = this.take(/\[\^?/y)![0];
    let source = negated;
    let reach: Reach = negated === '[' ? 'ascii' : 'all';
    const add = (part: { readonly source: string; readonly reach: Reach }) => {
      source += part.source;
      reach = widest(reach, part.reach);
    };
    while (this.source[this.at] !== ']') {
      const from = this.member();
      add(from);
      if (this.source[this.at] !== '-' || this.source[this.at + 1] === ']') continue;
      this.at++;
      const to = this.member();
      // A range has a character at both ends; elsewhere the sign stands for itself.
      add({ source: from.isSet || to.isSet ? '\\-' : '-', reach: 'ascii' });
      add(to);
    }
    this.at++;
    return { kind: 'set', source: `${source}]`, reach };
  }

  private member(): Escape {
    const char = this.char();
    if (char === '') throw new SyntaxError('unterminated character class');
    if (char === '\\') return this.escaped(true);
    this.at += char.length;
    return { source: /[\]\\^-]/.test(char) ? `\\${char}` : char, reach: reachOf(char), isSet: false, end: this.at };
  }

  /** The character that is next; empty at the end. */
  private char(): string {
    const code = this.source.codePointAt(this.at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }
}

function reachOf(char: string): Reach {
  const code = char.codePointAt(0)!;
  if (code < 0x80) return 'ascii';
  return code > 0xffff || (code >= 0xd800 && code <= 0xdfff) ? 'all' : 'bmp';
}

function widest(a: Reach, b: Reach): Reach {
  if (a === 'all' || b === 'all') return 'all';
  return a === 'bmp' || b === 'bmp' ? 'bmp' : 'ascii';
}
