import { JsonError, parseJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { formatSize } from '../../base/size.ts';
import type { Value } from '../../base/value.ts';
import type { Piece } from './at-lines.ts';
import { type Beginning, beginningOf, isNext } from './json-beginning.ts';
import { closingPlace, JsonScanner, skipBlanks } from './json-scanner.ts';
import { lessPatient, type Patience, patienceAt } from './patience.ts';

/** The most that a value over several lines may hold, in UTF-16 units. */
export const LONGEST_VALUE = 64 * 1024 * 1024;

/** Takes what lines have in them, in their order. */
interface JsonTaker {
  value(value: Value, from: Piece): void;
  bad(problem: BadRecord, from: Piece): void;
}

/** A value under way. */
interface OpenValue extends Piece {
  /** Those that have come, the one under way too, and their numbers: there may be others between them. */
  readonly lines: string[];
  readonly numbers: number[];
  /** Where it begins in the first of them. */
  readonly from: number;
  readonly scanner: JsonScanner;
  /** How long the lines are, in UTF-16 units. */
  size: number;
}

/** A list whose items are given one by one, the line it begins in, and what may come next in it. */
interface OpenList {
  readonly line: number;
  readonly expects: 'first' | 'item' | 'comma';
}

/** What is left of a value that was told of as bad. */
interface Skipped extends Beginning {
  /** How many of its brackets are open. */
  readonly depth: number;
}

/** What is remembered between lines, as plain data. */
export interface JsonMemory {
  readonly open: {
    readonly lines: readonly string[];
    readonly numbers: readonly number[];
    readonly from: number;
  } | null;
  readonly list: OpenList | null;
  readonly skipped: Skipped | null;
  readonly patience: Patience | null;
}

/** What is wrong, where in the last line that was read, and whether the value ends there. */
interface Mistake {
  readonly problem: BadRecord;
  readonly at: number;
  readonly isWhole: boolean;
}

/**
 * Finds the values in the lines of one origin: each may reach over lines, and several may stand on one. Of a line that is wrong nothing that
 * begins on it is given, so that what is left of a torn line is not taken for a whole one.
 *
 * Where a value is wrong or does not end, its lines tell what of them it is: one that begins as it did is the next value; where none does, it
 * ends where its brackets do.
 *
 *     {"a":1,"b":       cut off: the first line is bad
 *     {"a":2}           could be of it, until the next line comes
 *     {"a":3}           cannot be: the line before is a value by itself, as is this one
 *
 *     {                 bad, all four lines
 *       "a": nope,
 *       "b": {"c": 1}   no value by itself: it stands further in
 *     }
 */
export class JsonLines {
  private open: OpenValue | undefined;
  private list: OpenList | undefined;
  private skipped: Skipped | undefined;
  private patience: Patience | undefined;
  private readonly givesItems: boolean;
  private readonly taker: JsonTaker;

  /** @param givesItems whether of lists their items are given. */
  constructor(givesItems: boolean, taker: JsonTaker) {
    this.givesItems = givesItems;
    this.taker = taker;
  }

  /** Whether nothing is remembered: the line of that number, which comes next, means what it says by itself. */
  isIdle(line: number): boolean {
    const { patience } = this;
    if (patience !== undefined && patienceAt(patience, line) === patienceAt(undefined, line)) this.patience = undefined;
    return !this.isInside && this.patience === undefined;
  }

  /** Whether the next line may be of what has begun: a value, a list, or what is left of a bad one. */
  get isInside(): boolean {
    return this.open !== undefined || this.list !== undefined || this.skipped !== undefined;
  }

  /** How much of a value it holds, in UTF-16 units. */
  get held(): number {
    return this.open?.size ?? 0;
  }

  /** The value that goes on in the next line. */
  get unfinished(): Piece | undefined {
    return this.open;
  }

  /** The next line, and its number. */
  take(line: string, number: number): void {
    const from = this.skipped === undefined ? 0 : this.skip(line, this.skipped);
    if (from !== undefined && !(from === 0 && this.takeItem(line, number))) this.takeFrom(line, number, from);
  }

  /** No more comes that could be of the value under way: it is bad, and what of its lines is a value by itself is given. */
  giveUp(problem: BadRecord): void {
    if (this.open !== undefined) this.settle(this.open, problem);
  }

  /** No more lines come. */
  end(): void {
    while (this.open !== undefined) this.giveUp(new BadRecord(UNENDED, `${inLines(this.open)}, up to the end`));
    this.skipped = undefined;
    if (this.list === undefined) return;
    const { line } = this.list;
    this.list = undefined;
    this.taker.bad(new BadRecord(UNENDED, 'a list, of which the items were given'), { line, lines: ['['] });
  }

  /** What it remembers, where it is not idle. */
  memory(): JsonMemory {
    const { open, list = null, skipped = null, patience = null } = this;
    return {
      open: open === undefined ? null : { lines: open.lines, numbers: open.numbers, from: open.from },
      list,
      skipped,
      patience,
    };
  }

  /** Goes on as one that had that memory. @param linesBefore is how many lines came before those that it counts. */
  resume({ open, list, skipped, patience }: JsonMemory, linesBefore = 0): void {
    this.list = list === null ? undefined : { ...list, line: list.line + linesBefore };
    this.skipped = skipped ?? undefined;
    this.patience = patience === null ? undefined : { ...patience, since: patience.since + linesBefore };
    this.open = undefined;
    if (open === null) return;
    const { lines, numbers, from } = open;
    this.open = this.begin(lines[0]!, numbers[0]! + linesBefore, from);
    this.open.scanner.read(lines[0]!, from);
    for (let i = 1; i < lines.length; i++) {
      goOn(this.open, lines[i]!, numbers[i]! + linesBefore);
      this.open.scanner.read(lines[i]!, 0);
    }
  }

  private begin(line: string, number: number, from: number): OpenValue {
    const scanner = new JsonScanner(this.list !== undefined);
    return { line: number, lines: [line], numbers: [number], from, scanner, size: line.length };
  }

  private takeFrom(line: string, number: number, from: number): void {
    if (this.open !== undefined) goOn(this.open, line, number);
    const done: { readonly value: Value; readonly piece: Piece }[] = [];
    const mistake = this.read(line, number, from, (value, piece) => done.push({ value, piece }));
    const isLost = mistake !== undefined && this.list === undefined;
    for (const { value, piece } of done) if (!isLost || piece.line !== number) this.taker.value(value, piece);
    if (mistake !== undefined) this.fail(mistake, line, number);
    else if (this.held > LONGEST_VALUE) this.giveUp(tooLong(this.open!));
  }

  /** An item that has a line of its own, as most have that are not indented. Whether it was one. */
  private takeItem(line: string, number: number): boolean {
    const { list, open } = this;
    if (list === undefined || list.expects === 'comma' || open !== undefined) return false;
    const text = line.trim();
    const hasComma = text.endsWith(',');
    if (!text.startsWith('{') || text[text.length - (hasComma ? 2 : 1)] !== '}') return false;
    const value = parsedOrNone(hasComma ? text.slice(0, -1) : text);
    if (value === undefined) return false;
    this.list = { ...list, expects: hasComma ? 'item' : 'comma' };
    this.taker.value(value, { line: number, lines: [line] });
    return true;
  }

  /** Reads a line from some place on, up to its end or to what is wrong. */
  private read(
    line: string,
    number: number,
    from: number,
    give: (value: Value, piece: Piece) => void,
  ): Mistake | undefined {
    let at = from;
    let hasValue = false;
    try {
      for (;;) {
        if (this.open === undefined) {
          at = this.between(line, number, at);
          if (at === line.length) return undefined;
          this.open = this.begin(line, number, at);
        }
        const { open } = this;
        const end = open.scanner.read(line, at);
        if (end === undefined) return undefined;
        at = end;
        const value = parsedOf(open, end);
        if (value instanceof BadRecord) return { problem: value, at, isWhole: true };
        this.open = undefined;
        this.leaveItem('comma');
        hasValue = true;
        give(value, open);
      }
    } catch (caught) {
      if (!(caught instanceof JsonError)) throw caught;
      const error = hasValue && caught.at === this.open?.from ? moreText(caught.at) : caught;
      const isFirst = this.open === undefined || this.open.lines.length === 1;
      const place = isFirst ? '' : ` of its line ${this.open!.lines.length}`;
      return { problem: error.asBadRecord(place), at: error.at, isWhole: false };
    }
  }

  /** Where the next value begins; the end of the line where none does. @throws JsonError */
  private between(line: string, number: number, from: number): number {
    let at = skipBlanks(line, from);
    for (; this.givesItems && at < line.length; at = skipBlanks(line, at + 1)) {
      const sign = line[at];
      if (this.list === undefined) {
        if (sign !== '[') return at;
        this.list = { line: number, expects: 'first' };
        continue;
      }
      const { expects } = this.list;
      if (sign === ']' && expects !== 'item') this.list = undefined;
      else if (expects !== 'comma') return at;
      else if (sign === ',') this.leaveItem('item');
      else throw new JsonError('"," or "]" is missing', at, false);
    }
    return at;
  }

  /** An item is over, where there is a list. */
  private leaveItem(expects: OpenList['expects']): void {
    if (this.list !== undefined) this.list = { ...this.list, expects };
  }

  private fail({ problem, at, isWhole }: Mistake, line: string, number: number): void {
    const { open, list } = this;
    if (open === undefined || (open.line === number && list === undefined)) {
      this.open = undefined;
      // What follows is read as if it stood by itself.
      this.list = undefined;
      this.taker.bad(problem, { line: number, lines: [line] });
    } else {
      this.settle(open, problem, { at, depth: isWhole ? 0 : open.scanner.depth, isWhole });
    }
  }

  /** Finds what of the lines of a bad value is left. @param rest says where it was found to be wrong in the last line, if that is known. */
  private settle(open: OpenValue, problem: BadRecord, rest?: Omit<Mistake, 'problem'> & { depth: number }): void {
    const { line, lines, numbers } = open;
    const beginning = beginningOf(lines[0]!, open.from);
    const isSoon = lines.length <= patienceAt(this.patience, line);
    const candidates = rest?.isWhole ? [] : lines.slice(isSoon ? 1 : Math.max(1, lines.length - 1));
    const found = candidates.findIndex((candidate) => isNext(candidate, beginning));
    const next = found < 0 ? lines.length : lines.length - candidates.length + found;
    this.open = undefined;
    if (next < lines.length) this.patience = lessPatient(this.patience, line, lines.length);
    this.taker.bad(problem, { line, lines: lines.slice(0, next) });
    this.leaveItem(next < lines.length ? 'item' : 'comma');
    for (let i = next; i < lines.length; i++) this.take(lines[i]!, numbers[i]!);
    if (next < lines.length || rest === undefined) return;
    const last = lines.at(-1)!;
    const end = rest.isWhole ? rest.at : this.skipFrom(last, rest.at, { ...beginning, depth: rest.depth });
    if (end !== undefined) this.takeFrom(last, numbers.at(-1)!, end);
  }

  /** @returns where something else begins in the line; undefined where all of it is of what is skipped. */
  private skip(line: string, skipped: Skipped): number | undefined {
    if (!isNext(line, skipped)) return this.skipFrom(line, 0, skipped);
    this.skipped = undefined;
    this.leaveItem('item');
    return 0;
  }

  private skipFrom(line: string, from: number, skipped: Skipped): number | undefined {
    const { depth, end } = closingPlace(line, from, skipped.depth);
    this.skipped = depth === 0 ? undefined : { ...skipped, depth };
    return end;
  }
}

function goOn(open: OpenValue, line: string, number: number): void {
  open.lines.push(line);
  open.numbers.push(number);
  open.size += line.length + 1;
}

const UNENDED = 'a JSON value does not end';

function inLines({ lines }: Piece): string {
  return lines.length === 1 ? 'in its line' : `in ${lines.length.toLocaleString('en-US')} lines`;
}

function tooLong(open: OpenValue): BadRecord {
  const isList = open.lines[0]![open.from] === '[';
  const way = isList ? '; json(items: true) gives the items of a list one by one' : '';
  return new BadRecord('a JSON value that is too long', `more than ${formatSize(LONGEST_VALUE)}${way}`);
}

/** What stands behind a value begins no other. */
function moreText(at: number): JsonError {
  return new JsonError('more text after the value', at, false);
}

/** The value of a text that is one and nothing else. */
export function parsedOrNone(text: string): Value | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** The value that ends at a place in the last line that has come, or what is wrong with it. */
function parsedOf({ lines, from }: OpenValue, end: number): Value | BadRecord {
  const [first] = lines;
  const isOne = lines.length === 1;
  const text = isOne
    ? first!.slice(from, end)
    : [first!.slice(from), ...lines.slice(1, -1), lines.at(-1)!.slice(0, end)].join('\n');
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const before = text.slice(0, error.at).split('\n');
    const at = before.at(-1)!.length + (before.length === 1 ? from : 0);
    const place = isOne ? '' : ` of its line ${before.length}`;
    return new JsonError(error.message, at, error.isLimit).asBadRecord(place);
  }
}
