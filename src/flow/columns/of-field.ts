import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { namesOfPath, placeOf } from '../../base/field-path.ts';
import { fieldsOf } from '../../base/fields.ts';
import { BadRecord } from '../../base/problem.ts';
import type { NewFields, Value } from '../../base/value.ts';
import { INTERNED } from '../bytes/row-block.ts';
import type { OfRecord } from '../define/column-form.ts';
import type { Rows } from '../define/faster.ts';
import { questions } from '../records/questions.ts';
import { rowTally } from '../records/row-tally.ts';

/** Stands for what a function gave where it failed: the record is bad, which is for others to tell. */
export const FAILED = Symbol('failed');

/** What a function gives of the record of a row, or {@link FAILED}. */
export function tried(f: OfRecord, record: Value, row: number): Value | typeof FAILED {
  rowTally.enter(row);
  try {
    return f(record);
  } catch (error) {
    if (error instanceof BadRecord) return FAILED;
    throw error;
  } finally {
    rowTally.leave();
  }
}

/** At first ids of so many texts are remembered. */
const FEW = 1024;

/**
 * What a function of one field gives, turned into a whole number other than 0 by `settle` and remembered by the id of the field's text: for
 * a text that comes again neither is called. What `settle` gives must depend on nothing else, as long as `forget` is not called.
 */
export class OfField {
  private readonly field: number;
  private readonly key: FieldKey;
  private readonly f: OfRecord;
  private readonly settle: (value: Value | typeof FAILED) => number;
  private readonly probe: NewFields;
  /** The object in it that has the field. */
  private readonly holder: NewFields;
  private byId = new Int32Array(FEW);
  private generation = 0;

  constructor(
    names: readonly string[],
    { name, f }: { readonly name: string; readonly f: OfRecord },
    settle: (value: Value | typeof FAILED) => number,
  ) {
    this.field = placeOf(name, names);
    const outer = namesOfPath(name);
    const own = outer.at(-1)!;
    this.key = keyOf(own);
    this.f = f;
    this.settle = settle;
    this.holder = fieldsOf([[own, null]]);
    this.probe = outer.slice(0, -1).reduceRight((inner, around) => fieldsOf([[around, inner]]), this.holder);
  }

  forget(): void {
    this.byId.fill(0);
  }

  of(block: Rows, row: number): number {
    const slot = block.slot(this.field) + row * block.size;
    if (block.ints[slot] !== INTERNED) return this.work(block, slot, row);
    if (this.generation !== block.generation) {
      this.generation = block.generation;
      this.forget();
    }
    const id = block.ints[slot + 1]!;
    if (id >= this.byId.length) this.reach(id);
    if (this.byId[id] !== 0) return this.byId[id]!;
    const { asked } = questions;
    const settled = this.work(block, slot, row);
    // What came of the time of the batch may be something else in another one, and what is counted has to be each time.
    if (questions.asked === asked) this.byId[id] = settled;
    return settled;
  }

  private reach(id: number): void {
    const larger = new Int32Array(2 * Math.max(id, this.byId.length));
    larger.set(this.byId);
    this.byId = larger;
  }

  private work(block: Rows, slot: number, row: number): number {
    this.holder[this.key] = block.value(slot);
    return this.settle(tried(this.f, this.probe, row));
  }
}
