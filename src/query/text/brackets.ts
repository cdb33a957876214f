import type { Place } from '../../base/problem.ts';
import { textProblem } from './codes.ts';
import type { Lexed } from './lexer.ts';
import { closerOf, closingOf, describeToken, type Token } from './token.ts';

/** Tokens in which every bracket has its partner. */
export interface Balanced {
  readonly tokens: readonly Token[];
  /** The index of the closing bracket by the index of the opening one, and the other way round. */
  readonly partners: ReadonlyMap<number, number>;
}

/** A bracket that waits for its partner. */
interface Open {
  readonly index: number;
  readonly closer: string;
}

/**
 * Pairs the brackets of a program before anything else looks at them, so that a forgotten one is one problem, at the right place,
 * and the stages behind it are read as if it stood there:
 *
 *     map(_.a | filter(.b)        the first bracket is never closed
 *     map(_.a)| filter(.b)        and is closed before the next `|`
 *
 * Problems and wounds are added to those of `lexed`.
 */
export function balance(lexed: Lexed): Balanced {
  const pairing = new Pairing(lexed);
  const edits = pairing.run();
  const tokens: Token[] = [];
  lexed.tokens.forEach((token, index) => {
    tokens.push(...(edits.before.get(index) ?? []));
    if (!edits.dropped.has(index)) tokens.push(edits.replaced.get(index) ?? token);
  });
  return { tokens, partners: pairUp(tokens) };
}

/** What to change in the tokens, by index. */
interface Edits {
  readonly before: Map<number, Token[]>;
  readonly replaced: Map<number, Token>;
  readonly dropped: Set<number>;
}

class Pairing {
  private readonly tokens: readonly Token[];
  private readonly lexed: Lexed;
  private readonly open: Open[] = [];
  private readonly closed = new Map<number, number>();
  private readonly edits: Edits = { before: new Map(), replaced: new Map(), dropped: new Set() };
  private readonly strays: { readonly token: Token; readonly around: number | undefined }[] = [];
  /** A text that is never closed has swallowed brackets: those missing then are not the user's mistake. */
  private readonly isTextLost: boolean;

  constructor(lexed: Lexed) {
    this.lexed = lexed;
    this.tokens = lexed.tokens;
    this.isTextLost = lexed.problems.some(({ code }) => code.startsWith('unclosed-'));
  }

  run(): Edits {
    this.tokens.forEach((token, index) => {
      const closing = closingOf(token);
      if (closing !== undefined) this.close(token, index, closing);
      const closer = this.edits.dropped.has(index) ? undefined : closerOf(token);
      if (closer !== undefined) this.open.push({ index, closer });
    });
    this.reportStrays();
    this.closeRest();
    return this.edits;
  }

  private close(token: Token, index: number, closing: string): void {
    const top = this.open.at(-1);
    const partner = this.open.findLastIndex((open) => this.fits(open, token, closing));
    // What stands in the `${…}` of a template cannot close what is open around the template.
    const isOutside = partner < this.open.findLastIndex((open) => this.isTemplate(open));
    if (top === undefined || (this.isTemplate(top) && (partner < 0 || isOutside))) {
      this.dropStray(token, index);
    } else if (partner === this.open.length - 1) {
      this.pop(index);
    } else if (partner < 0 || isOutside || this.isTypo(index, this.open.length - 1 - partner)) {
      this.wrong(token, top.closer, top);
      this.edits.replaced.set(index, made(top.closer, token.place));
      this.pop(index);
    } else {
      const missing = this.open.slice(partner + 1).reverse();
      this.wrong(token, missing.map(({ closer }) => closer).join(''), top);
      const before = { start: token.place.start, end: token.place.start };
      for (const { closer } of missing) {
        this.insert(index, made(closer, before));
        this.pop(index);
      }
      this.pop(index);
    }
  }

  private isTemplate(open: Open): boolean {
    return this.tokens[open.index]!.kind === 'template';
  }

  private fits(open: Open, token: Token, closing: string): boolean {
    return open.closer === closing && this.isTemplate(open) === (token.kind === 'template');
  }

  /**
   * `map([_, 1))`: a bracket of another kind, rather than one that is missing, since with it added the closing ones here would be
   * too many.
   */
  private isTypo(index: number, missing: number): boolean {
    if (this.tokens[index]!.kind !== 'sign') return false;
    let end = index;
    while (this.tokens[end]!.kind === 'sign' && closingOf(this.tokens[end]!) !== undefined) end++;
    return missing + end - index > this.open.length;
  }

  private pop(index: number): void {
    this.closed.set(this.open.pop()!.index, index);
  }

  private insert(index: number, token: Token): void {
    const list = this.edits.before.get(index);
    if (list === undefined) this.edits.before.set(index, [token]);
    else list.push(token);
  }

  private dropStray(token: Token, index: number): void {
    this.edits.dropped.add(index);
    this.strays.push({ token, around: this.open.at(-1)?.index });
  }

  /** What closes nothing, unless it stands in the `${…}` of a template that is not closed: then that is the mistake. */
  private reportStrays(): void {
    if (this.isTextLost) return;
    for (const { token, around } of this.strays) {
      if (around !== undefined && this.open.some(({ index }) => index === around)) continue;
      this.lexed.problems.push(
        textProblem('stray-bracket', token.place, `${describeToken(token)} closes nothing`, {
          label: 'no bracket is open here',
        }),
      );
    }
  }

  private wrong(token: Token, expected: string, opening: Open): void {
    const cause = this.tokens[opening.index]!;
    this.lexed.wounds.push(cause.place.start, token.place.start);
    if (this.isTextLost) return;
    this.lexed.problems.push(
      textProblem('wrong-bracket', token.place, `expected \`${expected}\`, found ${describeToken(token)}`, {
        label: `expected \`${expected}\``,
        also: { place: bracketPlace(cause), label: 'opened here' },
      }),
    );
  }

  /** What is open at the end is closed before the next `|`, or where its part of the program ends. */
  private closeRest(): void {
    const byPlace = new Map<number, Open[]>();
    for (const open of this.open) {
      const at = this.findSign(open.index + 1, '|', ';');
      byPlace.set(at, [...(byPlace.get(at) ?? []), open]);
    }
    for (const [at, missing] of byPlace) {
      this.unclosed(this.findSign(at, ';'), missing);
      const place = { start: this.tokens[at]!.place.start, end: this.tokens[at]!.place.start };
      this.lexed.wounds.push(place.start);
      // The innermost is closed first.
      for (const open of missing.toReversed()) {
        const closer = made(open.closer, place);
        this.insert(
          at,
          this.isTemplate(open) ? { ...closer, kind: 'template', value: '', goesOn: true, opens: false } : closer,
        );
      }
    }
  }

  /** The index of the next of these signs outside of brackets that are closed, or of the end. */
  private findSign(from: number, ...signs: string[]): number {
    let index = from;
    for (;;) {
      const token = this.tokens[index]!;
      if (token.kind === 'end' || (token.kind === 'sign' && signs.includes(token.text))) return index;
      index = (this.closed.get(index) ?? index) + 1;
    }
  }

  private unclosed(end: number, missing: readonly Open[]): void {
    const innermost = this.tokens[missing.at(-1)!.index]!;
    this.lexed.wounds.push(...missing.map(({ index }) => this.tokens[index]!.place.start));
    if (this.isTextLost) return;
    const closers = missing
      .map(({ closer }) => closer)
      .reverse()
      .join('');
    const found = this.tokens[end]!;
    this.lexed.problems.push(
      textProblem('unclosed-bracket', found.place, `expected \`${closers}\`, found ${describeToken(found)}`, {
        label: `\`${closers}\` is missing`,
        also: { place: bracketPlace(innermost), label: 'opened here' },
      }),
    );
  }
}

/** The bracket itself, of a template its `${`. */
function bracketPlace({ kind, place }: Token): Place {
  return kind === 'template' ? { start: place.end - 2, end: place.end } : place;
}

function made(text: string, place: Place): Token {
  return { kind: 'sign', text, place };
}

function pairUp(tokens: readonly Token[]): Map<number, number> {
  const partners = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach((token, index) => {
    if (closingOf(token) !== undefined) {
      const start = open.pop();
      if (start !== undefined) partners.set(start, index).set(index, start);
    }
    if (closerOf(token) !== undefined) open.push(index);
  });
  return partners;
}
