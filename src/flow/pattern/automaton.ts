import type { Alternatives, PatternNode, Sequence, Term } from './tree.ts';

/** Characters below U+0080 by their bits, and one bit for all others together. */
export type CharSet = bigint;

const OTHERS = 1n << 128n;
export const ALL: CharSet = (OTHERS << 1n) - 1n;

/**
 * The places of an expression that take a character, and which may follow which. A place follows another once for each way that leads
 * from one to the other: two ways in `(a+)+`, through the inner repetition and the outer.
 */
export interface Automaton {
  readonly sets: readonly CharSet[];
  readonly follow: readonly (readonly number[])[];
  readonly first: readonly number[];
}

/** Up to so many repetitions of one character are no loop, but a factor that does not grow with the text. */
const FEW = 16;

interface Part {
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const EMPTY: Part = { nullable: true, first: [], last: [] };

/**
 * The automaton of an expression (Glushkov's). What counts many repetitions is taken for an endless one, and what looks around is left
 * out: so it has all ways that a match can go, or more.
 *
 * @param ends whether a match is over as soon as it can be: nothing that comes later can refuse it.
 */
export function automatonOf(alternatives: Alternatives, ignoreCase: boolean, ends: boolean): Automaton {
  const builder = new Builder(ignoreCase);
  const { first, last } = builder.alternatives(alternatives);
  const over = new Set(ends ? last : []);
  return { sets: builder.sets, follow: builder.follow.map((next, i) => (over.has(i) ? [] : next)), first };
}

class Builder {
  readonly sets: CharSet[] = [];
  readonly follow: number[][] = [];
  private readonly flags: string;
  /** How many repetitions the term under way stands in. */
  private depth = 0;

  constructor(ignoreCase: boolean) {
    this.flags = ignoreCase ? 'iu' : 'u';
  }

  alternatives(alternatives: Alternatives): Part {
    const parts = alternatives.map((sequence) => this.sequence(sequence));
    return {
      nullable: parts.some(({ nullable }) => nullable),
      first: parts.flatMap(({ first }) => first),
      last: parts.flatMap(({ last }) => last),
    };
  }

  private sequence(sequence: Sequence): Part {
    let whole = EMPTY;
    for (const term of sequence) {
      const part = this.term(term);
      this.join(whole.last, part.first);
      whole = {
        nullable: whole.nullable && part.nullable,
        first: whole.nullable ? [...whole.first, ...part.first] : whole.first,
        last: part.nullable ? [...whole.last, ...part.last] : part.last,
      };
    }
    return whole;
  }

  private term({ node, least, most }: Term): Part {
    const repeats = most > (this.depth === 0 && node.kind === 'set' ? FEW : 1);
    if (repeats) this.depth++;
    const part = this.node(node);
    if (repeats) {
      this.depth--;
      this.join(part.last, part.first);
    }
    return least === 0 ? { ...part, nullable: true } : part;
  }

  private node(node: PatternNode): Part {
    switch (node.kind) {
      case 'set':
        return this.place(charsOf(node.source, this.flags));
      case 'back': {
        // Any text, of any length.
        const part = this.place(ALL);
        this.join(part.last, part.first);
        return { ...part, nullable: true };
      }
      case 'group':
        return this.alternatives(node.body);
      default:
        return EMPTY;
    }
  }

  private place(set: CharSet): Part {
    const at = this.sets.push(set) - 1;
    this.follow.push([]);
    return { nullable: false, first: [at], last: [at] };
  }

  private join(from: readonly number[], to: readonly number[]): void {
    for (const place of from) this.follow[place]!.push(...to);
  }
}

/** A set that names characters below U+0080 one by one. */
const PLAIN = /^(?:[^[\\]|\\[^DSWpPsux]|\[(?!\^)(?:[^\\]|\\[^DSWpPsux])*\])$/;

function charsOf(source: string, flags: string): CharSet {
  const set = new RegExp(`^${source}$`, flags);
  let chars: CharSet = PLAIN.test(source) && /^[\0-\x7f]*$/.test(source) && flags === 'u' ? 0n : OTHERS;
  for (let code = 0; code < 128; code++) if (set.test(String.fromCharCode(code))) chars |= 1n << BigInt(code);
  return chars;
}
