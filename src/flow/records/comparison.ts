import { toJson, toText } from '../../base/json.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import { parseTime } from '../../base/time.ts';
import { kindOf, type Value } from '../../base/value.ts';
import { questions } from './questions.ts';
import { rowTally } from './row-tally.ts';

/** A side of a comparison: how it is written, and its value where that is the same for all records. */
export interface Side {
  readonly text: string;
  readonly constant?: Value;
}

/** What was found of one comparison; plain data. */
export interface Found {
  readonly count: number;
  readonly hasSame: boolean;
  readonly left: Value;
  readonly right: Value;
}

/** Where values of one type came as well, so many of two types are wanted, and so large a part of the records. */
const MANY = 1000;
const PART = 0.1;
/** Before the end of the run so many are wanted: the first records may be the odd ones. */
const FEW = 10;

/**
 * A comparison of the program, and how often it was of values of two types, which decides a record without a word: `"6" <= 3` is false,
 * whatever the user has meant. Null is no type here. It is told where that has decided many records.
 */
export class Comparison {
  /** How often the two were of different types. */
  private count = 0;
  /** Whether it has met two values of one type. */
  hasSame = false;
  private left: Value = null;
  private right: Value = null;
  private isTold = false;
  private readonly operator: string;
  private readonly sides: readonly [left: Side, right: Side];

  constructor(operator: string, sides: readonly [left: Side, right: Side]) {
    this.operator = operator;
    this.sides = sides;
  }

  private get isEquality(): boolean {
    return this.operator === '==' || this.operator === '!=';
  }

  /** Whether it has seen enough to know what it is about: then {@link again} is all that it needs to be told. */
  get isSettled(): boolean {
    return this.count >= MANY;
  }

  /** Values of two types once more. */
  again(): void {
    this.count++;
    rowTally.note(this);
  }

  takeBack(): void {
    this.count--;
    // Nothing is left of what it was taken from, neither for a snapshot.
    if (this.count === 0) [this.left, this.right] = [null, null];
  }

  /** Called with the two values where these are not obviously of one type. */
  meet(left: Value, right: Value): void {
    if (left === null || right === null) return;
    if (kindOf(left) === kindOf(right)) {
      this.hasSame = true;
      return;
    }
    // So that it is asked again for the same value, and counts it.
    questions.asked++;
    if (this.count === 0) {
      this.left = left;
      this.right = right;
    }
    this.again();
  }

  /** What is to be told, once. @param records that were read so far. @param isOver whether no more will come. */
  judge(records: number, isOver: boolean): string | undefined {
    const { count } = this;
    if (this.isTold || count === 0 || (!isOver && count < FEW)) return undefined;
    if (this.hasSame && (this.isEquality || count < MANY || count < records * PART)) return undefined;
    this.isTold = true;
    return this.message();
  }

  snapshot(): Found {
    const { count, hasSame, left, right } = this;
    return { count, hasSame, left: plain(left), right: plain(right) };
  }

  absorb(found: Found): void {
    if (found.count > 0 && this.count === 0) [this.left, this.right] = [found.left, found.right];
    this.count += found.count;
    this.hasSame ||= found.hasSame;
  }

  private message(): string {
    const isRight = this.sides[0].constant !== undefined;
    const [own, other] = isRight ? [this.right, this.left] : [this.left, this.right];
    const [side, against] = isRight ? [this.sides[1], this.sides[0]] : this.sides;
    const constant = against.constant;
    const compared = constant === undefined ? `${against.text}, ${described(other)}` : described(constant);
    const never = this.operator === '!=' ? 'always' : 'never';
    const way = wayOut(side.text, own, against, other);
    return `${side.text} is ${described(own)} and is compared with ${compared}, which is ${never} true${way === undefined ? '' : `: ${way}`}`;
  }
}

/** The comparisons of a program, in the order in which they were compiled. */
export class Comparisons {
  private readonly known = new Map<object, Comparison>();

  /** The comparison that a part of the program makes; the same for the same part. */
  of(part: object, create: () => Comparison): Comparison {
    let found = this.known.get(part);
    if (found === undefined) {
      found = create();
      this.known.set(part, found);
    }
    return found;
  }

  /** What is to be told of them, see {@link Comparison.judge}. */
  judge(records: number, isOver: boolean): readonly string[] {
    return [...this.known.values()].flatMap((comparison) => comparison.judge(records, isOver) ?? []);
  }

  snapshot(): readonly Found[] {
    return [...this.known.values()].map((comparison) => comparison.snapshot());
  }

  /** Adds what another thread has found with the same program. */
  absorb(found: readonly Found[]): void {
    for (const [i, comparison] of [...this.known.values()].entries()) comparison.absorb(found[i]!);
  }
}

/** What can be sent to another thread: a number without its spelling. */
function plain(value: Value): Value {
  return value instanceof SpeltNumber ? value.valueOf() : value;
}

/** Whether a text can be meant for a value of another type: `"6"` for a number, `"true"` for a boolean. */
function mayMean(text: Value, other: Value): boolean {
  if (typeof text !== 'string') return false;
  if (typeof other === 'boolean') return text === 'true' || text === 'false';
  return kindOf(other) === 'number' && isNumber(text);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

/** What to write instead. @param text of the side whose value is `own`; `against` is the other one, with `other`. */
function wayOut(text: string, own: Value, against: Side, other: Value): string | undefined {
  const isConstant = against.constant !== undefined;
  if (typeof own === 'string') {
    if (kindOf(other) === 'number')
      return isNumber(own) ? `number(${text})` : parseTime(own) === undefined ? undefined : `time(${text})`;
    return typeof other === 'boolean' && mayMean(own, other) ? `${text} == ${toJson(String(other))}` : undefined;
  }
  if (typeof other !== 'string') return undefined;
  if (kindOf(own) === 'number') {
    if (isNumber(other)) return isConstant ? `write ${other.trim()} without quotes` : `number(${against.text})`;
    return parseTime(other) === undefined ? undefined : `time(${toJson(other)})`;
  }
  return mayMean(other, own) && isConstant ? `write ${other} without quotes` : undefined;
}

const SHOWN = 40;

/** `a text ("6")`, `a number (500)`, `a list`. */
function described(value: Value): string {
  const kind = kindOf(value);
  if (kind === 'list' || kind === 'object') return kind === 'list' ? 'a list' : 'an object';
  const text = typeof value === 'string' ? toJson(value) : toText(value);
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return `a ${kind === 'string' ? 'text' : kind} (${shown})`;
}
