import { namesOf } from '../../../base/fields.ts';
import { nearest } from '../../../base/nearest.ts';
import { isFields, isList, type Value } from '../../../base/value.ts';

/** How many objects are looked at in a row. */
const SAMPLE = 1000;
/** Of live data so few are enough where no more have come for {@link PATIENCE}: who made a slip of the pen waits for an answer. */
const FEW = 10;
/** ms until a first sample of few objects is judged, and from the end of a sample to the start of the next. */
const PATIENCE = 10_000;
/** A field that so large a part of a sample had is missed when none of another one has it; a rarer one may just not have come. */
const COMMON = 0.1;
/** How many names of fields are told. */
const SHOWN = 12;

const NEWLINE = 10;

/** What is known of a field that the program asks for. */
type Finding = 'rare' | 'common' | 'gone';

/** What a sample has seen of which another one is to tell. Plain data. */
export interface FieldsOfSample {
  /** The names of each object. */
  readonly names: readonly (readonly string[])[];
  /** How many items the first list of objects has, where lists came in the place of objects. */
  readonly items?: number | undefined;
}

/**
 * The fields of some objects, and what is to be told of those that a program asks for. Each is told of when none of the first objects
 * has it; if it comes later, that too; and where it stays away after it had been common. Each of these once.
 *
 *     objects  |first 1,000|          |1,000|          |1,000|        of live data
 *              judged      └─ 10 s ───┘     └─ 10 s ───┘
 */
export class FieldSample {
  isOver = false;
  private readonly names: readonly string[];
  private readonly looksAgain: boolean;
  private readonly note: ((message: string) => void) | undefined;
  /** The names of each object, where nothing is told here. */
  private readonly kept: (readonly string[])[] = [];
  private readonly findings = new Map<string, Finding>();
  /** Those that were told not to be there. */
  private readonly missing = new Set<string>();
  /** How many of the objects have a field of this name. */
  private seen = new Map<string, number>();
  private objects = 0;
  /** How many items the first list of objects has, where lists came in the place of objects. */
  private items: number | undefined;
  private isFirst = true;
  /** The tick at which the sample had an object, or at which it was over. */
  private since: number | undefined;

  /**
   * @param names of the fields that the program asks for.
   * @param looksAgain whether there are more samples after the first one.
   * @param note undefined where another sample is to be told what was seen, see {@link seenHere}.
   */
  constructor(names: readonly string[], looksAgain: boolean, note: ((message: string) => void) | undefined) {
    this.names = names;
    this.looksAgain = looksAgain;
    this.note = note;
  }

  see(record: Value): void {
    if (this.isOver) return;
    if (isFields(record)) this.seeNames(namesOf(record));
    else if (isList(record) && isFields(record[0] ?? null)) this.items ??= record.length;
  }

  /** What is seen here, where another one is to tell of it. */
  get seenHere(): FieldsOfSample {
    return { names: this.kept, items: this.items };
  }

  /** What another one has seen of objects that follow. */
  absorb({ names, items }: FieldsOfSample): void {
    this.items ??= items;
    for (const ofObject of names) this.seeNames(ofObject);
  }

  private seeNames(names: readonly string[]): void {
    if (this.isOver) return;
    if (this.note === undefined) this.kept.push(names);
    for (const name of names) {
      this.seen.set(name, (this.seen.get(name) ?? 0) + 1);
      if (this.missing.delete(name)) this.note?.(`field "${name}" has come now`);
    }
    if (++this.objects === SAMPLE || this.isSettled()) this.end();
  }

  /** Whether nothing is left to be told: where no field is watched for staying away later, one that came once is there. */
  private isSettled(): boolean {
    return !this.looksAgain && this.names.every((name) => this.seen.has(name));
  }

  /** As many lines as may still be looked at. */
  headOf(lines: Buffer): Buffer {
    let end = 0;
    for (let count = this.objects; count < SAMPLE && end < lines.length; count++) {
      end = lines.indexOf(NEWLINE, end) + 1 || lines.length;
    }
    return lines.subarray(0, end);
  }

  /** A batch is over. @param time ms. */
  tick(time: number): void {
    if (!this.looksAgain || (this.objects === 0 && !this.isOver)) return;
    this.since ??= time;
    if (time < this.since + PATIENCE) return;
    if (this.isOver) this.begin();
    else if (this.isFirst && this.objects >= FEW) this.end();
  }

  /** The run is over: what was seen by now is all there is. */
  finish(): void {
    if (!this.isOver && this.isFirst) this.end();
  }

  private begin(): void {
    this.isOver = false;
    this.isFirst = false;
    this.seen = new Map();
    this.objects = 0;
    this.since = undefined;
  }

  private end(): void {
    this.isOver = true;
    this.since = undefined;
    const name = this.names.find((other) => other !== 'length');
    if (this.objects === 0 && this.items !== undefined && name !== undefined) {
      this.note?.(
        `no field "${name}" in ${this.items === 1 ? 'a list of 1 item' : `a list of ${this.items.toLocaleString('en-US')} items`}: \`json(items: true)\` gives each of them`,
      );
    }
    // Records without any field are what they are; nothing was misspelt.
    if (this.seen.size === 0 || this.note === undefined) return;
    for (const name of this.names) this.judge(name, (this.seen.get(name) ?? 0) / this.objects);
  }

  /** @param share of the objects that have the field. */
  private judge(name: string, share: number): void {
    const before = this.findings.get(name);
    if (share > 0) {
      if (before !== 'gone') this.findings.set(name, before === 'common' || share >= COMMON ? 'common' : 'rare');
    } else if (this.isFirst) {
      this.missing.add(name);
      this.note?.(`no field "${name}" in ${this.where()}; ${this.others(name)}`);
    } else if (before === 'common') {
      this.findings.set(name, 'gone');
      this.note?.(`no field "${name}" any more in the last ${this.count()} records; ${this.others(name)}`);
    }
  }

  private count(): string {
    return this.objects.toLocaleString('en-US');
  }

  private where(): string {
    return this.objects === 1 ? 'the one record' : `the first ${this.count()} records`;
  }

  /** What there is instead. */
  private others(name: string): string {
    const near = nearest(name, this.seen.keys());
    const shown = [...this.seen.keys()].slice(0, SHOWN);
    const more = this.seen.size > SHOWN ? ` and ${this.seen.size - SHOWN} more` : '';
    return `${near === undefined ? '' : `did you mean "${near}"? `}seen: ${shown.join(', ')}${more}`;
  }
}
