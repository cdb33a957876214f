import type { Value } from '../../base/value.ts';
import type { Cursor } from './chunk.ts';
import type { Compiled } from './compiled.ts';
import type { Cut } from './text-form.ts';

/**
 * The fast lane: records that need not be made before a step can work on them, since they still lie as bytes in lines, as rows in the memory
 * of a kernel, or since it matters only how many there are.
 *
 *     reader ──offers texts──▶ json ──offers rows──▶ filter ──offers rows──▶ groupBy          once, from the front, when steps are put together
 *            ◀──what takes──        ◀──what takes──         ◀──what takes──
 *
 * A step answers an offer with what takes records in that form, or with undefined where it has to be pushed them. It is asked once, by the one in
 * front of it. Whatever it answers, records may be pushed as well, from call to call, and all of them are one sequence with one state.
 * What comes out is the same, to the byte, in whichever form they were given: bad records, notes and order too.
 */
interface Offers {
  /** Texts in whole lines, to be cut out of them. */
  readonly texts: { readonly cut: Cut };
  /** Rows of fields. */
  readonly rows: {
    /** The fields that rows have, as paths (base/field-path) in the order of their slots: all that anything behind can see, unless `asLines` is set. */
    readonly names: readonly string[];
    /**
     * Set where more than these fields is wanted of records: takes those that pass what is tested before, as lines that are read anew from
     * the start. It takes all of them. Only steps that give records on as they are may answer then, and hand them to it.
     */
    readonly asLines?: TakeRows;
  };
  /** Records of which it matters only how many there are. */
  readonly count: object;
}

/** What takes records, by the form they are given in. */
export interface Takes {
  readonly texts: TakeTexts;
  readonly rows: TakeRows;
  readonly count: TakeCount;
}

export type Form = keyof Takes;
export type Offer<F extends Form = Form> = { readonly form: F } & Offers[F];

/** Whole lines, as a source has them. */
export const LINES = { form: 'texts', cut: { kind: 'lines' } } as const satisfies Offer<'texts'>;
/** Only how many there are. */
export const COUNT = { form: 'count' } as const satisfies Offer<'count'>;

/**
 * Takes whole lines: valid UTF-8, each ended by `\n` or `\r\n` but perhaps the last. They belong to the caller again after the call. The
 * records are the texts that the cut finds, in their order. Before the call the cursor stands on the first line.
 *
 * @returns how many lines there were, up to the last that was wanted, where it came by that on its way; else whoever has to know counts them.
 */
export type TakeTexts = (lines: Buffer) => number | undefined;

/**
 * Takes rows as they lie in a block. `rows` has the numbers of `count` rows, in their order.
 *
 * @returns the first row that it did not take, as one that it is not sure of; {@link NONE} if it took all. Neither that row nor any behind
 * it has left a trace, but for what functions of the program have counted of them, which is taken back (`rowTally`, flow/records). The caller
 * has its line read by the row form, which may tell that it is bad, and goes on with those behind it.
 */
export type TakeRows = (block: Rows, rows: Int32Array, count: number) => number;

/** No row: all were taken. It is above the number of any row. */
export const NONE = 0x7fffffff;

/** Is told that so many records came, 0 or more, instead of the records. */
export type TakeCount = (records: number) => void;

/**
 * Some fields of some lines, each line a row, as a kernel read them. What is read of it must be read before the call that gave it returns: it
 * is one object that is filled anew. How a slot is read without making a value of it stands at `RowBlock` (flow/bytes).
 */
export interface Rows {
  /** The memory of the kernel as integers, and as doubles of two integers each. */
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  /** How many integers a row has. */
  readonly size: number;
  /** Ids of texts count anew whenever this changes. */
  readonly generation: number;
  /** Where the slot of a field is in row 0, by its number among the names that were offered; in each further row it is `size` behind it. */
  slot(field: number): number;
  /** Looks up the texts of a field in some rows, so that those that are known have ids, and are not decoded again. */
  lookUp(field: number, rows: Int32Array, count: number): void;
  /** The same for all fields, where `record` is called for the rows. */
  lookUpAll(rows: Int32Array, count: number): void;
  /** The texts of a field in some rows, each once, as `TextCounts.absorb` (flow/bytes) takes those of another table; undefined where not all of them are texts. */
  texts(field: number, rows: Int32Array, count: number): Uint8Array | undefined;
  /** The value of a field, by where its slot is; null where the line has none. */
  value(slot: number): Value;
  /** Where the slot that says what the record itself is stands in row 0, where that may be no object; its fields are null then. */
  readonly self?: number | undefined;
  /** The time that a text says, ms since the epoch, where it is written as `isoTimeOfBytes` (base/iso-time) reads it; NaN for anything else. */
  time(slot: number): number;
  /** The object of a row's fields, null where it has none. It is another row's after the next call. */
  record(row: number): Value;
  /** The same, with the cursor of the run on its line. */
  recordInPlace(row: number): Value;
  /** The text of a row's line, with the cursor of the run on it: for those who may have to report it. */
  lineInPlace(row: number): string;
}

/** How a step, or a definition for its steps, answers offers, form by form; one that is absent is refused. `At` is where it does so. */
export type Answers<At> = {
  readonly [F in Form]?: (offer: Offer<F>, at: At) => Takes[F] | undefined;
};

export function answer<F extends Form, At>(
  answers: Answers<At> | undefined,
  offer: Offer<F>,
  at: At,
): Takes[F] | undefined {
  return answers?.[offer.form]?.(offer, at);
}

/** The fields of objects that a stage makes of the fields of those it is given. */
export interface FieldNames<A> {
  /** What a field was called before; undefined for one that the stage makes itself, or that it gives to nobody. */
  before(name: string, args: A): string | undefined;
  /** Fields that it looks at besides, if they are there. */
  besides?(args: A): readonly string[];
}

/** A stage that gives a value of its record and looks at nothing else: what is looked at behind it is looked at within that. */
export interface GivesOne<A> {
  readonly given: (args: A) => Compiled;
}

/** What is worth reading of the lines that a parser is given, before it reads all of them. */
export interface LookedAt {
  /** The names of the fields, or paths to them (base/field-path) with the objects that these go through, in no particular order. */
  readonly names: readonly string[];
  /** Whether these are only what the filters directly behind it look at: what they let pass is wanted whole. */
  readonly byFilters: boolean;
}

/** What a kernel is to read of lines, and who takes it: each line goes to one of both, in the order of the lines. */
export interface FieldReading {
  /** The fields of each row, in the order of their slots, see {@link LookedAt}. */
  readonly names: readonly string[];
  /** Stands on the first line before each call, on a row's line while that is given by itself, and on the last line behind. */
  readonly cursor: Cursor;
  /** Takes the rows. */
  readonly rows: TakeRows;
  /** Takes a line that the kernel is not sure of, or that `rows` did not take, with the cursor on it; bad ones too. */
  readonly line: (text: string) => void;
  /** Whether what `line` was given before goes on in the next line, so that it takes that as well, whatever the kernel says of it. */
  readonly isInside?: () => boolean;
}

/** Makes what reads them; nothing of a kernel is loaded before the first lines come. */
export type ReadFields = (reading: FieldReading) => TakeTexts;

/** What a take was given. */
export type Given =
  | { readonly form: 'texts'; readonly lines: Buffer; readonly cut: Cut }
  | { readonly form: 'rows'; readonly count: number }
  | { readonly form: 'count'; readonly count: number };

/** Looks on while records are taken: `given` before each call, `took` behind it with how many of them were taken, texts as lines. */
interface Onlooker {
  readonly given?: (given: Given) => void;
  readonly took?: (records: number) => void;
}

const NEWLINE = 10;

const WATCHED: { readonly [F in Form]: (offer: Offer<F>, take: Takes[F], onlooker: Onlooker) => Takes[F] } = {
  texts:
    ({ cut }, take, { given, took }) =>
    (lines) => {
      given?.({ form: 'texts', lines, cut });
      const taken = take(lines);
      took?.(taken ?? linesIn(lines));
      return taken;
    },
  rows: (_offer, take, { given, took }) => {
    return (block, rows, count) => {
      given?.({ form: 'rows', count });
      const left = take(block, rows, count);
      took?.(left === NONE ? count : rows.indexOf(left));
      return left;
    };
  },
  count:
    (_offer, take, { given, took }) =>
    (records) => {
      given?.({ form: 'count', count: records });
      take(records);
      took?.(records);
    },
};

/** What a step answered, with somebody who looks on. */
export function watchedTake<F extends Form>(
  offer: Offer<F>,
  take: Takes[F] | undefined,
  onlooker: Onlooker,
): Takes[F] | undefined {
  return take && WATCHED[offer.form](offer, take, onlooker);
}

function linesIn(lines: Buffer): number {
  let count = lines.length > 0 && lines[lines.length - 1] !== NEWLINE ? 1 : 0;
  for (let at = lines.indexOf(NEWLINE); at !== -1; at = lines.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
