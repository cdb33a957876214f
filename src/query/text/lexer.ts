import type { Place } from '../../base/problem.ts';
import { type TextProblem, textProblem } from './codes.ts';
import { readEscape } from './escapes.ts';
import { isBeyondAscii } from './names.ts';
import { readNumber } from './numbers.ts';
import { checkRegex } from './regex.ts';
import { signAt } from './signs.ts';
import { readShellVariable, readStray } from './strays.ts';
import { endsValue, type Token } from './token.ts';

/** The pieces of a program, the last one of kind `end`, and what is wrong with them. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly problems: TextProblem[];
  /**
   * Offsets at which text was lost or made up because of a problem. What the parser finds wrong beside them is most likely a
   * consequence, and is not reported.
   */
  readonly wounds: number[];
}

/** Cuts a program into tokens. Never throws; reads every text in one pass, without recursion. */
export function lex(text: string): Lexed {
  return new Lexer(text).run();
}

// U+200B comes along when code is copied from web pages.
const BLANK = /(?:[\s\u200b\ufeff]+|#[^\n]*|\/\/[^\n]*)+/y;
const ASCII = {
  name: /[A-Za-z_$][\w$]*/y,
  radixWord: /0[xXoObB][\w$]*/y,
  numberWord: /(?:\d|\.\d)(?:[\w$]|\.\d|(?<=[\d_][eE])[+-]\d)*/y,
  flags: /[\w$]*/y,
};
/** See names.ts for why these are not made at once. */
const unicode = (): typeof ASCII => ({
  name: /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy,
  radixWord: /0[xXoObB][\p{ID_Continue}$]*/uy,
  numberWord: /(?:\d|\.\d)(?:[\p{ID_Continue}$]|\.\d|(?<=[\d_][eE])[+-]\d)*/uy,
  flags: /[\p{ID_Continue}$]*/uy,
});
/** What has a beginning and an end that can be forgotten. */
const QUOTED = {
  'unclosed-string': 'text',
  'unclosed-template': 'template',
  'unclosed-regex': 'regular expression',
} as const;

class Lexer {
  private readonly text: string;
  private readonly patterns: typeof ASCII;
  private at = 0;
  private readonly tokens: Token[] = [];
  private readonly problems: TextProblem[] = [];
  private readonly wounds: number[] = [];
  /** The open braces: of objects, and of templates, behind whose `}` the template goes on. Holds the start of the template. */
  private readonly braces: (number | 'object')[] = [];

  constructor(text: string) {
    this.text = text;
    this.patterns = isBeyondAscii(text) ? unicode() : ASCII;
  }

  run(): Lexed {
    for (;;) {
      this.take(BLANK);
      if (this.at >= this.text.length) break;
      this.token(this.text[this.at]!);
    }
    this.tokens.push({ kind: 'end', text: '', place: this.end() });
    return { tokens: this.tokens, problems: this.problems, wounds: this.wounds };
  }

  private token(first: string): void {
    if (first === '"' || first === "'") this.string(first);
    else if (first === '`') this.template(this.at, false);
    else if (first === '}' && typeof this.braces.at(-1) === 'number') this.template(this.braces.pop() as number, true);
    else if (first === '/' && !endsValue(this.tokens.at(-1))) this.regex();
    else if (!this.number() && !this.name() && !this.sign()) this.stray();
  }

  /** What matches here, or undefined; goes behind it. */
  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  /** From `start` to here. */
  private since(start: number): { readonly place: Place; readonly text: string } {
    return { place: { start, end: this.at }, text: this.text.slice(start, this.at) };
  }

  /** Behind the last token: where something is missing at the end of a program. */
  private end(): Place {
    const last = this.tokens.at(-1)?.place.end ?? 0;
    return { start: last, end: last };
  }

  private number(): boolean {
    const start = this.at;
    const word = this.take(this.patterns.radixWord) ?? this.take(this.patterns.numberWord);
    if (word === undefined) return false;
    const written = this.since(start);
    this.tokens.push({ kind: 'number', ...written, ...readNumber(word, written.place, this.problems) });
    return true;
  }

  private name(): boolean {
    const start = this.at;
    const variable = this.text[start] === '$' ? readShellVariable(this.text, start) : undefined;
    if (variable !== undefined) {
      this.at = variable.place.end;
      this.lost(this.braces.length > 0 && this.text[start + 1] === '{' ? this.templateInTemplate(variable) : variable);
      // Something like a value stands here, so a `/` behind it divides.
      this.tokens.push({ kind: 'name', ...this.since(start) });
    } else {
      if (this.take(this.patterns.name) === undefined) return false;
      this.tokens.push({ kind: 'name', ...this.since(start) });
    }
    return true;
  }

  /** `${a ${b}`: the first one was never closed. */
  private templateInTemplate(variable: TextProblem): TextProblem {
    const opening = this.tokens.findLast((token) => token.kind === 'template' && token.opens);
    if (opening === undefined) return variable;
    const { start, end } = { start: variable.place.start, end: variable.place.start + 2 };
    return textProblem('unclosed-bracket', { start, end }, 'expected `}`, found `${`', {
      label: '`}` is missing before it',
      also: { place: { start: opening.place.end - 2, end: opening.place.end }, label: 'opened here' },
    });
  }

  private sign(): boolean {
    const start = this.at;
    const sign = signAt(this.text, start);
    if (sign === undefined) return false;
    this.at += sign.length;
    if (sign === '{') this.braces.push('object');
    else if (sign === '}') this.braces.pop();
    this.tokens.push({ kind: 'sign', ...this.since(start) });
    return true;
  }

  private string(quote: string): void {
    const start = this.at++;
    let value = '';
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || character === '\n' || character === '\r') {
        this.unclosed('unclosed-string', quote, start);
        break;
      }
      if (character === quote) {
        this.at++;
        break;
      }
      value += this.character(character);
    }
    this.tokens.push({ kind: 'string', value, ...this.since(start) });
  }

  /** One character of a text, or what an escape stands for. */
  private character(character: string): string {
    if (character !== '\\' || this.at + 1 >= this.text.length) {
      this.at++;
      return character;
    }
    const read = readEscape(this.text, this.at, this.problems);
    this.at = read.end;
    return read.value;
  }

  /** @param opening where the whole template starts; the piece itself starts here. */
  private template(opening: number, goesOn: boolean): void {
    const start = this.at++;
    let value = '';
    let opens = false;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined) {
        this.unclosed('unclosed-template', '`', opening);
        break;
      }
      if (character === '`') {
        this.at++;
        break;
      }
      if (character === '$' && this.text[this.at + 1] === '{') {
        this.at += 2;
        opens = true;
        this.braces.push(opening);
        break;
      }
      // As in JavaScript, a line end in a template is `\n` whatever the file has.
      const isReturn = character === '\r';
      value += isReturn ? '\n' : this.character(character);
      if (isReturn) this.at += this.text[this.at + 1] === '\n' ? 2 : 1;
    }
    this.tokens.push({ kind: 'template', value, goesOn, opens, ...this.since(start) });
  }

  private regex(): void {
    const start = this.at++;
    let isInClass = false;
    for (; ; this.at++) {
      const character = this.text[this.at];
      if (character === undefined || character === '\n' || character === '\r') {
        this.unclosed('unclosed-regex', '/', start);
        this.tokens.push({ kind: 'regex', pattern: '', flags: '', ...this.since(start) });
        return;
      }
      if (character === '\\' && !/[\n\r]/.test(this.text[this.at + 1] ?? '\n')) this.at++;
      else if (character === '[') isInClass = true;
      else if (character === ']') isInClass = false;
      else if (character === '/' && !isInClass) break;
    }
    const pattern = this.text.slice(start + 1, this.at++);
    const flags = this.take(this.patterns.flags) ?? '';
    const written = this.since(start);
    this.problems.push(...checkRegex(pattern, flags, written.place));
    this.tokens.push({ kind: 'regex', pattern, flags, ...written });
  }

  /** What `quote` opened at `start` has no end. */
  private unclosed(code: keyof typeof QUOTED, quote: string, start: number): void {
    this.at = Math.min(this.at, this.text.length);
    const isAtEnd = this.at === this.text.length;
    const what = QUOTED[code];
    const closer = quote === '`' ? 'back-tick' : `\`${quote}\``;
    const message = `expected the closing ${closer} of a ${what}, found the end of the ${isAtEnd ? 'program' : 'line'}`;
    this.problems.push(
      textProblem(code, { start: this.at, end: this.at }, message, {
        label: `the closing ${closer} is missing`,
        also: { place: { start, end: start + 1 }, label: `the ${what} starts here` },
        ...(code === 'unclosed-string' && !isAtEnd && { help: 'a text on several lines is a template, in back-ticks' }),
      }),
    );
    this.wounds.push(start, this.at);
  }

  /** What no token starts with. */
  private stray(): void {
    const start = this.at;
    const { problem, value } = readStray(this.text, start);
    this.at = problem.place.end;
    if (value === undefined) {
      this.lost(problem);
      return;
    }
    this.problems.push(problem);
    this.tokens.push({ kind: 'string', value, ...this.since(start) });
  }

  /** A problem whose text is left out of the tokens. */
  private lost(problem: TextProblem): void {
    this.problems.push(problem);
    this.wounds.push(problem.place.start);
  }
}
