import type { Place } from '../../base/problem.ts';
import { textProblem } from './codes.ts';
import type { Lexed } from './lexer.ts';
import { closerOf, closingOf, describeToken, type Token } from './token.ts';

/** Tokens in which every bracket has its partner. */
interface Balanced {
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

/** How many open brackets are searched for a partner: more than expressions may be nested, few enough to be quick. */
const FARTHEST_PARTNER = 1000;

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
    const partner = this.partnerOf(token, closing);
    const missing = this.open.length - 1 - partner;
    if (top === undefined || (partner < 0 && this.isTemplate(top))) {
      this.dropStray(token, index);
    } else if (missing === 0) {
      this.pop(index);
    } else if (partner < 0 || this.isTypo(index, missing)) {
      this.wrong(token, [top]);
      this.edits.replaced.set(index, made(top.closer, token.place));
      this.pop(index);
    } else {
      const unclosed = this.open.slice(partner + 1).reverse();
      this.wrong(token, unclosed);
      const before = { start: token.place.start, end: token.place.start };
      for (const { closer } of unclosed) {
        this.insert(index, made(closer, before));
        this.pop(index);
      }
      this.pop(index);
    }
  }

  /** The place among the open ones of the one that a bracket closes, or −1. */
  private partnerOf(token: Token, closing: string): number {
    const lowest = Math.max(0, this.open.length - FARTHEST_PARTNER);
    for (let i = this.open.length - 1; i >= lowest; i--) {
      const open = this.open[i]!;
      if (this.fits(open, token, closing)) return i;
      // What stands in the `${…}` of a template cannot close what is open around the template.
      if (this.isTemplate(open)) return -1;
    }
    return -1;
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
    const last = index + FARTHEST_PARTNER;
    while (end < last && this.tokens[end]!.kind === 'sign' && closingOf(this.tokens[end]!) !== undefined) end++;
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

  /** @param unclosed what should have been closed before, the innermost first. */
  private wrong(token: Token, unclosed: readonly Open[]): void {
    const cause = this.tokens[unclosed[0]!.index]!;
    const expected = closersOf(unclosed);
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
    let at = this.tokens.length - 1;
    // From the innermost outwards: up to the next open bracket the way is the same as that one's.
    for (const [i, open] of [...this.open.entries()].reverse()) {
      const next = this.open[i + 1]?.index ?? this.tokens.length;
      const end = this.findSign(open.index + 1, next, '|', ';');
      if (end < next) at = end;
      const others = byPlace.get(at);
      if (others === undefined) byPlace.set(at, [open]);
      else others.push(open);
    }
    for (const [at, missing] of byPlace) {
      this.unclosed(this.findSign(at, this.tokens.length, ';'), missing);
      const place = { start: this.tokens[at]!.place.start, end: this.tokens[at]!.place.start };
      this.lexed.wounds.push(place.start);
      for (const open of missing) {
        const closer = made(open.closer, place);
        this.insert(
          at,
          this.isTemplate(open) ? { ...closer, kind: 'template', value: '', goesOn: true, opens: false } : closer,
        );
      }
    }
  }

  /** The index of the next of these signs outside of brackets that are closed, of the last token, or `limit` if that comes first. */
  private findSign(from: number, limit: number, ...signs: string[]): number {
    let index = from;
    while (index < limit) {
      const token = this.tokens[index]!;
      if (token.kind === 'end' || (token.kind === 'sign' && signs.includes(token.text))) return index;
      index = (this.closed.get(index) ?? index) + 1;
    }
    return limit;
  }

  private unclosed(end: number, missing: readonly Open[]): void {
    const innermost = this.tokens[missing[0]!.index]!;
    this.lexed.wounds.push(...missing.map(({ index }) => this.tokens[index]!.place.start));
    if (this.isTextLost) return;
    const closers = closersOf(missing);
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

/** The brackets that are missing, as messages show them. */
function closersOf(unclosed: readonly Open[]): string {
  const shown = unclosed.slice(0, 10).map(({ closer }) => closer);
  return shown.join('') + (unclosed.length > shown.length ? '…' : '');
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
