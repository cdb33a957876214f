import type { Place } from '../../base/problem.ts';
import { balance } from './brackets.ts';
import type { TextProblem, TextProblemCode } from './codes.ts';
import { textProblem } from './codes.ts';
import { misplaced } from './foreign.ts';
import { lex } from './lexer.ts';
import type { Token } from './token.ts';

/** The longest piece of a program that help repeats. */
const LONGEST_HELP = 80;

/** Thrown where a stage cannot be read on; caught by the stage, and never seen outside of the parser. */
export class Mistake {
  readonly problem: TextProblem;

  constructor(problem: TextProblem) {
    this.problem = problem;
  }
}

/**
 * Goes through the tokens of a program and collects its problems. The parser stands on it in layers, each of which reads one kind
 * of thing and knows of the layers above only that there are expressions and streams:
 *
 *     reader < calls < lambdas < objects < atoms < expression < stream < parser
 */
export abstract class TokenReader {
  protected readonly text: string;
  protected readonly problems: TextProblem[];
  protected index = 0;
  private readonly wounds: readonly number[];
  private readonly tokens: readonly Token[];
  private readonly partners: ReadonlyMap<number, number>;

  constructor(text: string) {
    const lexed = lex(text);
    const { tokens, partners } = balance(lexed);
    this.text = text;
    this.tokens = tokens;
    this.partners = partners;
    this.problems = lexed.problems;
    this.wounds = lexed.wounds;
  }

  /** The token here, or so many further on. */
  protected peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!;
  }

  /** The token here; goes behind it. At the end it stays. */
  protected next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.index++;
    return token;
  }

  protected isSign(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'sign' && token.text === text;
  }

  /** Goes behind this sign if it stands here. */
  protected accept(text: string): boolean {
    const isHere = this.isSign(text);
    if (isHere) this.index++;
    return isHere;
  }

  /** @param expected what could stand here, in the user's words, `text` among it. */
  protected expect(text: string, expected = `\`${text}\``): void {
    if (!this.accept(text)) throw new Mistake(misplaced(this.peek(), expected));
  }

  /** The token behind the partner of the bracket here. */
  protected behindBrackets(): Token {
    return this.tokens[Math.min((this.partners.get(this.index) ?? this.index) + 1, this.tokens.length - 1)]!;
  }

  /** Goes to the next of these signs that stands outside of brackets opened from here on, to a closing bracket, or to the end. */
  protected skipTo(...signs: string[]): void {
    for (;;) {
      const token = this.peek();
      const partner = this.partners.get(this.index);
      if (token.kind === 'end' || (partner !== undefined && partner < this.index && token.kind === 'sign')) return;
      if (token.kind === 'sign' && signs.includes(token.text)) return;
      this.index = Math.max(partner ?? this.index, this.index) + 1;
    }
  }

  /** From the start of a place to the end of the last token that was read. */
  protected since(start: Place): Place {
    return {
      start: start.start,
      end: this.index === 0 ? start.end : Math.max(start.start, this.tokens[this.index - 1]!.place.end),
    };
  }

  /** The text of a place on one line, for help that repeats it; what is long is cut. */
  protected written(place: Place): string {
    const text = this.text.slice(place.start, place.end).replace(/\s+/g, ' ');
    return text.length > LONGEST_HELP ? `${text.slice(0, LONGEST_HELP)}…` : text;
  }

  /** A problem after which reading goes on as if nothing were. */
  protected report(
    code: TextProblemCode,
    place: Place,
    message: string,
    rest: Omit<TextProblem, 'code' | 'place' | 'message'> = {},
  ): void {
    this.problems.push(textProblem(code, place, message, rest));
  }

  /** A problem after which nothing can be made of the stage. */
  protected fail(
    code: TextProblemCode,
    place: Place,
    message: string,
    rest: Omit<TextProblem, 'code' | 'place' | 'message'> = {},
  ): never {
    throw new Mistake(textProblem(code, place, message, rest));
  }

  /** Reports what stopped a stage, unless text was lost in it before: then it is a consequence. */
  protected reportMistake(mistake: Mistake, stage: Place): void {
    const { place } = mistake.problem;
    if (!this.wounds.some((at) => at >= stage.start && at <= place.end)) this.problems.push(mistake.problem);
  }
}
