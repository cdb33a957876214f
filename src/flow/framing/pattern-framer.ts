import split2 from 'split2';
import { BadRecord } from '../../base/problem.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { bytesOf, decode, isWrong, withoutWrong } from './decoding.ts';
import { asBuffer, type HoldingFramer, tooLong, unfinished } from './framer.ts';
import type { Borders, RecordOutlet } from './record-framer.ts';

/**
 * A match of the delimiter counts once a whole line, or so many characters, are known behind it. Until then more text could
 * change it: `\n(?!\s)` matches at the end of a piece, whatever the next one starts with.
 */
const AHEAD = 1024;

/** How much of a record that is cut off is kept, in characters, so that a delimiter at the cut is found. */
const OVERLAP = 4096;

/** An expression that is a plain row of characters and classes: nothing that follows can change a match of it. */
const PLAIN = /^(?:\\r\?\\n|\\[^bBcdDkpPsSuwWx0-9]|\\[dDsSwW]|\[(?:[^\\\]]|\\.)+\]|[^\\[\](){}*+?|^$])+$/;

/** Where a delimiter is, in characters; `end` behind its last. */
interface Match {
  readonly start: number;
  readonly end: number;
}

/**
 * Records between matches of a regular expression, delivered as values; split2 keeps the text between pieces. The expression sees
 * the text from the end of the delimiter before it, and decides by what it matches and by the line behind that.
 */
export class PatternFramer implements HoldingFramer {
  private readonly pattern: Pattern;
  private readonly plain: boolean;
  private readonly maxLine: number;
  /** So many bytes behind a record that is not too long may be of the delimiter at its end, before that is known to be one. */
  private readonly slack: number;
  private readonly outlet: RecordOutlet;
  private readonly splitter: NodeJS.ReadWriteStream;
  /** The start of a character whose other bytes have not come. */
  private tail: Buffer = Buffer.alloc(0);
  private ended = false;
  private skipping: boolean;
  /** The start of a record that was given up on in this piece; reported after those before it. */
  private cutOff: { readonly problem: BadRecord; readonly start: string; readonly place: Borders } | undefined;
  /** The text of the record under way, as far as it is known. */
  private rest = '';
  /** How many bytes have been decoded. */
  private decoded = 0;
  /** Where that text begins in them, and where the record does, of which only the end is kept while it is passed over. */
  private base = 0;
  private border = 0;
  /** The text that is being split, where it begins, where its first record begins, where each ends, and which is the next to be handed on. */
  private splitting = { text: '', base: 0, start: 0, ends: [] as number[], next: 0 };
  /** No match begins before this in the rest. */
  private searched = 0;

  constructor(pattern: Pattern, maxLine: number, outlet: RecordOutlet) {
    this.pattern = pattern;
    this.plain = PLAIN.test(pattern.source);
    this.maxLine = maxLine;
    // A unit of UTF-16 has up to three bytes, and each character of a plain expression stands for one of text at most.
    this.slack = 3 * (this.plain ? pattern.source.length : OVERLAP + AHEAD);
    this.outlet = outlet;
    this.skipping = outlet.delivery.isPassing;
    // The mapper gives nothing to be read, so a write is worked on within its call. The types know no Symbol.split, the code does.
    const matcher = { [Symbol.split]: (text: string) => this.split(text) } as unknown as RegExp;
    this.splitter = split2(matcher, (text: string) => this.record(text), { decodeStrings: false });
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    const bytes = this.tail.length === 0 ? asBuffer(piece) : Buffer.concat([this.tail, piece]);
    const whole = bytes.length - unfinished(bytes);
    this.tail = Buffer.from(bytes.subarray(whole));
    this.decoded += whole;
    this.splitter.write(decode(bytes.subarray(0, whole)));
    return this.flush();
  }

  end(): Promise<void> | undefined {
    this.ended = true;
    this.decoded += this.tail.length;
    this.splitter.write(decode(this.tail));
    return this.flush();
  }

  private flush(): Promise<void> | undefined {
    if (this.cutOff !== undefined) this.outlet.bad(this.cutOff.problem, this.cutOff.start, this.cutOff.place);
    this.cutOff = undefined;
    return this.outlet.flush(this.border, this.ended);
  }

  get held(): number {
    return this.skipping ? 0 : this.rest.length;
  }

  giveUp(problem: BadRecord): void {
    if (this.held === 0) return;
    this.outlet.bad(problem, this.rest, { start: this.border, end: undefined });
    this.skipping = true;
    // What split2 keeps of it is cut by the next split.
    this.splitter.write('');
  }

  /** The records of `text` that are whole, and last the rest, which comes again in front of the next piece. */
  private split(text: string): string[] {
    const parts: string[] = [];
    const { base } = this;
    const ends: number[] = [];
    this.splitting = { text, base, start: 0, ends, next: 0 };
    let rest = text;
    try {
      let match = this.find(rest, this.searched);
      while (match !== undefined && this.isSettled(rest, match)) {
        const isPassed = this.skipping;
        this.skipping = false;
        if (!isPassed) parts.push(rest.slice(0, match.start));
        rest = rest.slice(match.end);
        if (isPassed) this.splitting.start = text.length - rest.length;
        else ends.push(text.length - rest.length);
        match = this.find(rest, 0);
      }
      if (rest.length < text.length) this.border = this.base = this.decoded - bytesOf(rest);
      if (match === undefined && !this.ended) rest = this.bounded(rest);
      this.searched = match === undefined ? Math.max(0, rest.length - OVERLAP) : 0;
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      // The match took too long: all that is there is one bad record, and what comes begins another.
      const end = this.decoded;
      this.cutOff = { problem: error, start: rest, place: { start: end - bytesOf(rest), end } };
      this.border = this.base = end;
      rest = '';
      this.searched = 0;
    }
    if (this.ended) {
      // The newline that ends a file is not the last record's.
      const last = rest.replace(/\r?\n$/, '');
      ends.push(text.length);
      this.border = this.decoded;
      return this.skipping || last === '' ? [...parts, ''] : [...parts, last, ''];
    }
    this.rest = rest;
    return [...parts, rest];
  }

  /** The first match at or after `from` that is not empty at the very start or the very end. */
  private find(text: string, from: number): Match | undefined {
    let match = this.pattern.next(text, from);
    // The place behind the first character, which may take two units.
    if (match?.index === 0 && match[0] === '') match = this.pattern.next(text, text.codePointAt(0)! > 0xffff ? 2 : 1);
    if (match === null || match.index >= text.length) return undefined;
    return { start: match.index, end: match.index + match[0].length };
  }

  private isSettled(text: string, match: Match): boolean {
    if (this.plain || this.ended) return true;
    return text.length - match.end >= AHEAD || text.indexOf('\n', match.end) >= 0 || match.end - match.start > OVERLAP;
  }

  /** Gives up on a record that is already too long, though its end is not in sight. */
  private bounded(rest: string): string {
    if (!this.skipping && isLonger(rest, this.maxLine + this.slack)) {
      this.cutOff = { problem: tooLong(this.maxLine), start: rest, place: { start: this.border, end: undefined } };
      this.skipping = true;
    }
    if (!this.skipping || rest.length <= OVERLAP) return rest;
    const kept = rest.slice(-OVERLAP);
    this.base += bytesOf(rest) - bytesOf(kept);
    return kept;
  }

  private record(text: string): undefined {
    const number = this.splitting.next++;
    if (isLonger(text, this.maxLine)) this.outlet.tooLong(this.maxLine, text, this.place(number));
    else if (isWrong(text)) this.outlet.invalid(withoutWrong(text), this.place(number));
    else this.outlet.text(text);
  }

  /** The borders of a record of those that are split, in all bytes that came. Worked out only of bad ones, since it takes as long as reading them. */
  private place(number: number): Borders {
    const { text, base, start, ends } = this.splitting;
    const [before, end] = [number === 0 ? start : ends[number - 1]!, ends[number]!];
    return { start: base + bytesOf(text.slice(0, before)), end: base + bytesOf(text.slice(0, end)) };
  }
}

/** Whether a text has more than `bytes` bytes of UTF-8. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && (text.length > bytes || Buffer.byteLength(text) > bytes);
}
