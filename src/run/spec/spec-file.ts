import { parseDuration } from '../../base/duration.ts';
import { PRINT_FORMATS, type PrintFormat } from '../../flow/define/context.ts';
import type { Interruption } from '../trials/started.ts';

/**
 * A test of the language as a user reads it (docs/specs.md):
 *
 *     # A key that does not occur in a batch does not occur in its result.
 *     every 1s
 *     words | countByValue
 *
 *     in 1s    a b a
 *     in 2s
 *     in 3s    b
 *
 *     out 1s   ["a",2]
 *              ["b",1]
 *     out 2s
 *     out 3s   ["b",1]
 */
export interface Spec {
  /** The first line, without its `#`. */
  readonly sentence: string;
  readonly interval: number;
  readonly settings: SpecSettings;
  readonly program: string;
  /** Lines of standard input by batch; a single entry without a time is bounded input. */
  readonly input: readonly SpecInput[];
  /** How its process ends before it is through, in order of time. */
  readonly interruptions: readonly Interruption[];
  readonly expected: Expected;
  /** The file up to the first expectation, kept as it is when expectations are rewritten. */
  readonly head: string;
}

interface SpecSettings {
  readonly batches?: number;
  readonly once: boolean;
  readonly format?: PrintFormat;
}

interface SpecInput {
  /** The tick that closes its batch, ms; undefined for bounded input. */
  readonly time: number | undefined;
  readonly lines: readonly string[];
}

/** What a spec says that comes out. Each part is the lines as they stand in the file, the indentation taken off. */
export interface Expected {
  /** `out` sections: the head (`1s`, `10s 0s..10s partial`) and the records as JSON. */
  readonly out: readonly { readonly head: string; readonly records: readonly string[] }[];
  readonly anyOrder: boolean;
  readonly notes: readonly string[];
  /** What is written to standard output, where a format is set. */
  readonly text?: readonly string[];
  /** What stands in files in the end. */
  readonly files: readonly { readonly path: string; readonly lines: readonly string[] }[];
  readonly problem?: readonly string[];
  readonly plan?: readonly string[];
  /** What each stage took in the fast lane, see `FastLane`. */
  readonly faster?: string;
}

/** A spec file that cannot be read. */
export class SpecError extends Error {
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
  }
}

const EXPECTATION = /^(out|note|text|file|problem|plan|faster|any order)\b/;
const SETTING = /^(every|batches|once|format)\b\s*(.*)$/;
const SECTION = /^(in|at|out|note|text|file|problem|plan|faster|any order)\b ?(.*)$/;
const AT = /^(\d[\w.]*) (crash|stop|pause)(?: (\d[\w.]*))?$/;
const CHANGE = /^(\d[\w.]*) change( --changed new)?$/;
const IN = /^(\d[\w.]*)?\s*(.*)$/;
const OUT = /^(\d[\w.]*(?: #\d+)?(?: -?\d[\w.]*\.\.-?\d[\w.]*)?(?: partial)?)\s*(.*)$/;

/** @throws SpecError */
export function parseSpec(text: string): Spec {
  const lines = text.replace(/\n$/, '').split('\n');
  if (!lines[0]?.startsWith('# ')) throw new SpecError(1, 'a spec starts with its sentence: # A key …');
  const reader = new SpecReader(lines);
  return reader.read();
}

class SpecReader {
  private at = 0;
  private interval = 1000;
  private settings: SpecSettings = { once: false };
  private readonly lines: readonly string[];
  private readonly input: SpecInput[] = [];
  private readonly interruptions: Interruption[] = [];
  private readonly out: { head: string; records: string[] }[] = [];
  private readonly files: { path: string; lines: string[] }[] = [];
  private readonly notes: string[] = [];
  private anyOrder = false;
  private faster: string | undefined;
  private readonly blocks: { text?: string[]; problem?: string[]; plan?: string[] } = {};

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  read(): Spec {
    const sentence = this.lines[0]!.slice(2);
    while (this.lines[this.at]?.startsWith('#')) this.at++;
    this.readSettings();
    const program = this.readProgram();
    const end = this.lines.findIndex((line, i) => i >= this.at && EXPECTATION.test(line));
    const head = this.lines
      .slice(0, end === -1 ? this.lines.length : end)
      .join('\n')
      .trimEnd();
    while (this.at < this.lines.length) this.readSection();
    const { interval, settings, input, interruptions, out, anyOrder, notes, files, blocks, faster } = this;
    const expected = { out, anyOrder, notes, files, ...blocks, ...(faster === undefined ? {} : { faster }) };
    if (interruptions.length > 0 && (settings.once || settings.batches !== undefined || this.isBounded))
      throw new SpecError(1, 'at TIME needs input that comes by time: in 1s …, and neither once nor batches');
    return { sentence, interval, settings, program, input, interruptions, expected, head };
  }

  private get isBounded(): boolean {
    return this.input.length === 0 || this.input.some(({ time }) => time === undefined);
  }

  private readSettings(): void {
    for (;;) {
      const match = SETTING.exec(this.lines[this.at] ?? '');
      if (match === null) return;
      const [, name, value] = match;
      if (name === 'every') this.interval = this.duration(value!);
      else if (name === 'once') this.settings = { ...this.settings, once: true };
      else if (name === 'batches') this.settings = { ...this.settings, batches: Number(value) };
      else this.settings = { ...this.settings, format: this.format(value!) };
      this.at++;
    }
  }

  private readProgram(): string {
    const start = this.at;
    while (this.at < this.lines.length && this.lines[this.at]!.trim() !== '') this.at++;
    if (start === this.at) throw this.error('the program is missing');
    return this.lines.slice(start, this.at).join('\n');
  }

  private readSection(): void {
    const line = this.lines[this.at]!;
    if (line.trim() === '') {
      this.at++;
      return;
    }
    const match = SECTION.exec(line);
    if (match === null) throw this.error('expected in, at, out, any order, note, text, file, problem, plan or faster');
    const [, name, rest] = match;
    switch (name) {
      case 'in':
        this.readIn(rest!);
        return;
      case 'at':
        this.readAt(rest!);
        return;
      case 'file':
        this.at++;
        this.files.push({ path: rest!.trim(), lines: this.readBlock() });
        return;
      case 'out':
        this.readOut(rest!);
        return;
      case 'note':
        this.notes.push(rest!.trim());
        this.at++;
        return;
      case 'faster':
        this.faster = rest!.trim();
        this.at++;
        return;
      case 'any order':
        this.anyOrder = true;
        this.at++;
        return;
      default:
        this.at++;
        this.blocks[name as 'text' | 'problem' | 'plan'] = this.readBlock();
    }
  }

  private readIn(rest: string): void {
    const [, time, first] = IN.exec(rest)!;
    this.at++;
    const lines = [...(first === '' ? [] : [first!]), ...this.readBlock()];
    this.input.push({ time: time === undefined ? undefined : this.duration(time), lines });
  }

  private readAt(rest: string): void {
    const changed = CHANGE.exec(rest.trim());
    const match = changed ?? AT.exec(rest.trim());
    if (match === null) throw this.error('expected at TIME crash, stop or change, or at TIME pause DURATION');
    const time = this.duration(match[1]!);
    if (time < (this.interruptions.at(-1)?.time ?? 0)) throw this.error('expected a later time than that before');
    if (changed !== null) {
      this.at++;
      const text = this.readBlock().join('\n');
      if (text === '') throw this.error('expected the program that is started then, in the lines below, set in');
      const to = { text, mayChange: changed[2] !== undefined };
      this.interruptions.push({ time, kind: 'stop', lasting: 0, to });
      return;
    }
    const [, , kind, lasting] = match;
    if (kind === 'pause' && lasting === undefined) throw this.error('expected how long it pauses: at 2s pause 5s');
    this.interruptions.push({ time, kind: kind as Interruption['kind'], lasting: this.duration(lasting ?? '0ms') });
    this.at++;
  }

  private readOut(rest: string): void {
    const match = OUT.exec(rest);
    if (match === null) throw this.error('expected out TIME, and records as JSON');
    const [, head, first] = match;
    this.at++;
    this.out.push({ head: head!, records: [...(first === '' ? [] : [first!]), ...this.readBlock()] });
  }

  /** The indented lines that follow, without their common indentation; blank lines inside count. */
  private readBlock(): string[] {
    const start = this.at;
    while (this.at < this.lines.length && /^(\s|$)/.test(this.lines[this.at]!)) this.at++;
    const block = this.lines.slice(start, this.at);
    while (block.at(-1)?.trim() === '') block.pop();
    const indents = block.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
    const indent = Math.min(...indents);
    return block.map((line) => line.slice(indent));
  }

  private duration(text: string): number {
    const duration = parseDuration(text);
    if (duration === undefined) throw this.error(`expected a duration, found ${text}`);
    return duration;
  }

  private format(text: string): PrintFormat {
    const format = PRINT_FORMATS.find((name) => name === text);
    if (format === undefined) throw this.error(`expected one of ${PRINT_FORMATS.join(', ')}`);
    return format;
  }

  private error(message: string): SpecError {
    return new SpecError(this.at + 1, message);
  }
}

/** The expectations as they stand in a file, behind the head. */
export function printExpected(expected: Expected): string {
  const sections: string[] = [];
  const width = Math.max(0, ...expected.out.map(({ head }) => head.length));
  const out = expected.out.flatMap(({ head, records }) => {
    const start = `out ${head.padEnd(width)}   `;
    if (records.length === 0) return [`out ${head}`];
    return records.map((record, i) => (i === 0 ? start : ' '.repeat(start.length)) + record);
  });
  if (out.length > 0) sections.push(out.join('\n'));
  if (expected.anyOrder) sections.push('any order');
  if (expected.notes.length > 0) sections.push(expected.notes.map((note) => `note ${note}`).join('\n'));
  const blocks = [
    ['text', expected.text] as const,
    ...expected.files.map(({ path, lines }) => [`file ${path}`, lines] as const),
    ['problem', expected.problem] as const,
    ['plan', expected.plan] as const,
  ];
  for (const [name, block] of blocks) {
    if (block !== undefined)
      sections.push([name, ...block.map((line) => (line === '' ? '' : `    ${line}`))].join('\n'));
  }
  if (expected.faster !== undefined) sections.push(`faster ${expected.faster}`);
  return sections.join('\n\n');
}
