import { type FieldKey, isPlainName, nameOf } from './field-key.ts';
import { fieldsOf, keysOf } from './fields.ts';
import { LONG, MOST_MEMORY, tooMuchAt } from './json-parts.ts';
import { BadRecord } from './problem.ts';
import { formatSize } from './size.ts';
import { SpeltNumber } from './spelt-number.ts';
import { type AnyNumber, isList, type Value } from './value.ts';

/**
 * A text that is not one JSON value, or one that is more than a value can be; `at` is the offset of the first character that does not fit.
 *
 * It is no `Error`, for the reason that `BadRecord` is none: lines that are not JSON must not cost a stack trace each.
 */
export class JsonError {
  readonly message: string;
  readonly at: number;
  /** JSON may say it, and it is too much for us. */
  readonly isLimit: boolean;

  constructor(message: string, at: number, isLimit: boolean) {
    this.message = message;
    this.at = at;
    this.isLimit = isLimit;
  }

  /** What makes a record bad that has such a text. @param where says more of the place, as ` of its line 3`. */
  asBadRecord(where = ''): BadRecord {
    const place = `at character ${this.at + 1}${where}`;
    return this.isLimit ? new BadRecord(this.message, place) : new BadRecord('not JSON', `${this.message}, ${place}`);
  }
}

/**
 * Parses one JSON value (RFC 8259). Integers beyond 2^53 become `bigint`; other numbers doubles, and a number too large for
 * one (`1e999`) is refused, since Infinity is no value; so is more nesting than what works on values could follow, and what would take too much memory.
 *
 * @throws JsonError if the text is not exactly one JSON value.
 */
export function parseJson(text: string): Value {
  checkParts(text);
  try {
    const value: unknown = JSON.parse(text);
    if (isAsWritten(value, MAX_DEPTH, isPlainName)) return value as Value;
    if (!ESCAPE.test(text)) {
      const marked: unknown = JSON.parse(text.replace(NAME_LIKE_INDEX, `$1${WRITTEN_MARK}$2`));
      if (isAsWritten(marked, MAX_DEPTH, () => true)) return marked as Value;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Parsed again only to say where it went wrong.
  }
  return new JsonReader(text).read();
}

/** What a number becomes; undefined where it is too large for that. */
type NumberOf = (text: string, isInteger: boolean) => AnyNumber | undefined;

/** As {@link parseJson}, where numbers become something else. */
export function parseJsonNumbers(text: string, numberOf: NumberOf): Value {
  checkParts(text);
  return new JsonReader(text, numberOf).read();
}

/** @throws JsonError where it would take too much memory. */
function checkParts(text: string): void {
  if (text.length <= LONG) return;
  const at = tooMuchAt(text);
  if (at !== undefined) throw new JsonError(`JSON that would take more than ${formatSize(MOST_MEMORY)}`, at, true);
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

/** The most that lists and objects may stand in each other, so that no text can exhaust the call stack. */
export const MAX_DEPTH = 1000;

/** What is said of a text that nests deeper than that. @param at where. */
export function tooDeep(at: number): JsonError {
  return new JsonError(`JSON nested more than ${MAX_DEPTH} levels deep`, at, true);
}

/** What stands in JSON before a name that objects hold under another key, and elsewhere only for a character that hardly ever occurs. */
const WRITTEN_MARK = '\\u0000';
/** Without it no name begins with the mark, and no digit is written as an escape. */
const ESCAPE = /\\u00(?:00|3\d)/;
/** A name that needs the mark, from what stands before it to its colon. In what is JSON nothing else looks so: a quote within a string has a backslash before it. */
const NAME_LIKE_INDEX = /([{,\s]")((?:0|[1-9]\d{0,9})"\s*:)/g;
/** The same with the mark, as it is written. */
const MARKED_NAME = /([{,]")\\u0000((?:0|[1-9]\d{0,9})":)/g;

/**
 * Whether what the engine made of a text is what was written: no number that may have been rounded, no name that is not its key, and no more
 * than `levels` levels of lists and objects. To look at values takes less than to search the text for what could be such.
 */
function isAsWritten(value: unknown, levels: number, isKey: (name: string) => boolean): boolean {
  if (typeof value === 'number') return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isAsWritten(item, levels - 1, isKey)) return false;
    return true;
  }
  for (const name in value) {
    if (!isKey(name) || !isAsWritten((value as Record<string, unknown>)[name], levels - 1, isKey)) return false;
  }
  return true;
}

/** The slow way, for texts with long numbers or with names that are numbers, and for the place of a mistake. */
class JsonReader {
  private at = 0;
  private readonly text: string;
  private readonly numberOf: NumberOf;

  constructor(text: string, numberOf: NumberOf = exactNumber) {
    this.text = text;
    this.numberOf = numberOf;
  }

  read(): Value {
    const value = this.value(0);
    this.blank();
    if (this.at < this.text.length) throw this.error('more text after the value');
    return value;
  }

  private value(depth: number): Value {
    this.blank();
    const first = this.text[this.at];
    if (first === undefined) throw this.error('a value is missing');
    if (first === '"') return this.string();
    if (first === '{') return this.object(depth);
    if (first === '[') return this.list(depth);
    if (first === '-' || (first >= '0' && first <= '9')) return this.number();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    throw this.error('no value starts like this');
  }

  private object(depth: number): Value {
    if (depth >= MAX_DEPTH) throw tooDeep(this.at);
    const entries: [string, Value][] = [];
    this.at++;
    this.blank();
    if (this.take('}')) return {};
    do {
      this.blank();
      if (this.text[this.at] !== '"') throw this.error('a field name in double quotes is missing');
      const name = this.string();
      this.blank();
      if (!this.take(':')) throw this.error('":" is missing');
      entries.push([name, this.value(depth + 1)]);
      this.blank();
    } while (this.take(','));
    if (!this.take('}')) throw this.error('"," or "}" is missing');
    return fieldsOf(entries);
  }

  private list(depth: number): Value {
    if (depth >= MAX_DEPTH) throw tooDeep(this.at);
    const items: Value[] = [];
    this.at++;
    this.blank();
    if (this.take(']')) return items;
    do {
      items.push(this.value(depth + 1));
      this.blank();
    } while (this.take(','));
    if (!this.take(']')) throw this.error('"," or "]" is missing');
    return items;
  }

  private string(): string {
    // No regular expression, which would exhaust its stack on a string of some megabytes.
    let end = this.at;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) throw this.error('the string is not closed');
    } while (this.isEscaped(end));
    try {
      const value = JSON.parse(this.text.slice(this.at, end + 1)) as string;
      this.at = end + 1;
      return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw this.error('the string has a bad escape or a control character');
    }
  }

  /** Whether an odd number of backslashes stands before `at`. */
  private isEscaped(at: number): boolean {
    let start = at;
    while (this.text[start - 1] === '\\') start--;
    return (at - start) % 2 === 1;
  }

  private number(): Value {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw this.error('not a number');
    const value = this.numberOf(match[0], match[1] === undefined && match[2] === undefined);
    if (value === undefined) throw this.limit('a number too large for a double');
    this.at = NUMBER.lastIndex;
    return value;
  }

  private blank(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private error(message: string): JsonError {
    return new JsonError(message, this.at, false);
  }

  private limit(message: string): JsonError {
    return new JsonError(message, this.at, true);
  }
}

function exactNumber(text: string, isInteger: boolean): number | bigint | undefined {
  const value = Number(text);
  if (isInteger && !Number.isSafeInteger(value)) return BigInt(text);
  return Number.isFinite(value) ? value : undefined;
}

const WHOLE_NUMBER = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

const ZERO = 0x30;

/** The number that a text of 1 to 15 digits and nothing else spells, which any double holds; undefined for other texts. Most numbers are such. */
export function fewDigits(text: string): number | undefined {
  if (text.length === 0 || text.length > 15) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** The number that a text spells in JSON's way, or undefined: `007`, `+1`, ` 1`, `0x10` and `` are texts, not numbers. */
export function parseNumber(text: string): number | bigint | undefined {
  const whole = fewDigits(text);
  if (whole !== undefined && (text.length === 1 || text.charCodeAt(0) !== ZERO)) return whole;
  // Most texts are told apart by their first character: a number begins with a digit or "-", and "." and "/" lie between these.
  const first = text.charCodeAt(0);
  if (!(first >= 0x2d && first <= 0x39)) return undefined;
  // And it ends with a digit, which a time with a zone does not.
  if (!(text.charCodeAt(text.length - 1) <= 0x39)) return undefined;
  const match = WHOLE_NUMBER.exec(text);
  if (match === null) return undefined;
  return exactNumber(text, match[1] === undefined && match[2] === undefined);
}

/** A value as JSON on one line, integers with all their digits, numbers of texts as they were spelt. */
export function toJson(value: Value): string {
  if (someWereSpelt && holdsSpelling(value)) return toJsonSlowly(value);
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    // JSON.stringify refuses bigint, and SpeltNumber itself; anything else is no fault of the value.
    if (!(error instanceof TypeError)) throw error;
    someWereSpelt ||= holdsSpelling(value);
    return toJsonSlowly(value);
  }
  if (typeof value !== 'object' || !text.includes(WRITTEN_MARK)) return text;
  const named = text.replace(MARKED_NAME, '$1$2');
  return named.includes(WRITTEN_MARK) ? toJsonSlowly(value) : named;
}

/**
 * Whether a value was refused for a number with a spelling. Where there is one there are many, so values are looked at before, as refusing
 * costs more than writing them.
 */
let someWereSpelt = false;

/** Whether a number with a spelling is the value, or right within it, where the fields of most records are. */
function holdsSpelling(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof SpeltNumber) return true;
  if (isList(value)) return value.some((item) => item instanceof SpeltNumber);
  for (const key in value) if ((value as { [key: string]: unknown })[key] instanceof SpeltNumber) return true;
  return false;
}

/** Most texts, which are written as they are: without quotes, backslashes, control characters and halves of pairs. */
const PLAIN_TEXT = /^[^"\\\u0000-\u001f\ud800-\udfff]*$/;

function toJsonSlowly(value: Value): string {
  if (typeof value === 'string') return PLAIN_TEXT.test(value) ? `"${value}"` : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof SpeltNumber) return value.toString();
  let text = '';
  if (isList(value)) {
    for (const item of value) text += (text === '' ? '' : ',') + toJsonSlowly(item);
    return `[${text}]`;
  }
  for (const key of keysOf(value)) text += (text === '' ? '' : ',') + writtenName(key) + toJsonSlowly(value[key]!);
  return `{${text}}`;
}

/** Names as they are written, most of which come again with each record. */
const writtenNames = new Map<FieldKey, string>();
const MOST_NAMES = 1000;

/** The name of a field with the colon behind it. */
function writtenName(key: FieldKey): string {
  let text = writtenNames.get(key);
  if (text === undefined) {
    text = `${JSON.stringify(nameOf(key))}:`;
    if (writtenNames.size === MOST_NAMES) writtenNames.clear();
    writtenNames.set(key, text);
  }
  return text;
}

/** A value as text: a string as it is, anything else as JSON. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  return value instanceof SpeltNumber ? value.toString() : toJson(value);
}
