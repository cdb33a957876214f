import { keyOf } from '../../base/field-key.ts';
import { itemOf, namesOfPath, placeOf } from '../../base/field-path.ts';
import { fieldsOf } from '../../base/fields.ts';
import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
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

/** A function of one field of a record, as its path says which, called for values of that field. */
interface FieldFunction {
  readonly name: string;
  readonly f: OfRecord;
}

/** Calls a function of one field for rows: of a record that has no other. */
class Probe {
  readonly field: number;
  private readonly f: OfRecord;
  private readonly record: Value;
  /** Puts the field into the record. */
  private readonly put: (value: Value) => void;

  constructor(names: readonly string[], { name, f }: FieldFunction) {
    this.field = placeOf(name, names);
    this.f = f;
    const item = itemOf(name);
    if (item !== undefined) {
      const list: Value[] = Array(item + 1).fill(null);
      this.record = list;
      this.put = (value) => {
        list[item] = value;
      };
      return;
    }
    const outer = namesOfPath(name);
    const own = outer.at(-1)!;
    const key = keyOf(own);
    const holder = fieldsOf([[own, null]]);
    this.record = outer.slice(0, -1).reduceRight<Value>((inner, around) => fieldsOf([[around, inner]]), holder);
    this.put = (value) => {
      holder[key] = value;
    };
  }

  /** What it gives for the value of a slot. */
  call(block: Rows, slot: number, row: number): Value | typeof FAILED {
    this.put(block.value(slot));
    return tried(this.f, this.record, row);
  }
}

/** At first ids of so many texts are remembered. */
const FEW = 1024;

/**
 * What a function of one field gives, turned into a whole number other than 0 by `settle` and remembered by the id of the field's text: for
 * a text that comes again neither is called. What `settle` gives must depend on nothing else, as long as `forget` is not called.
 */
export class OfField {
  private readonly probe: Probe;
  private readonly settle: (value: Value | typeof FAILED) => number;
  private byId = new Int32Array(FEW);
  private generation = 0;

  constructor(names: readonly string[], f: FieldFunction, settle: (value: Value | typeof FAILED) => number) {
    this.probe = new Probe(names, f);
    this.settle = settle;
  }

  forget(): void {
    this.byId.fill(0);
  }

  of(block: Rows, row: number): number {
    const slot = block.slot(this.probe.field) + row * block.size;
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
    return this.settle(this.probe.call(block, slot, row));
  }
}

/** What a function of one field gives, remembered by the id of the field's text. */
export class ValuesOfField {
  private readonly probe: Probe;
  private byId: (Value | undefined)[] = [];
  private generation = 0;

  constructor(names: readonly string[], f: FieldFunction) {
    this.probe = new Probe(names, f);
  }

  get field(): number {
    return this.probe.field;
  }

  of(block: Rows, row: number): Value | typeof FAILED {
    const slot = block.slot(this.probe.field) + row * block.size;
    if (block.ints[slot] !== INTERNED) return this.probe.call(block, slot, row);
    if (this.generation !== block.generation) {
      this.generation = block.generation;
      this.byId = [];
    }
    const id = block.ints[slot + 1]!;
    const known = this.byId[id];
    if (known !== undefined) return known;
    const { asked } = questions;
    const value = this.probe.call(block, slot, row);
    // A value that is changed where it is kept is no longer what came of the text; and see `OfField`.
    const isSettled = questions.asked === asked && value !== FAILED && (typeof value !== 'object' || value === null);
    if (isSettled) {
      while (this.byId.length <= id) this.byId.push(undefined);
      this.byId[id] = value;
    }
    return value;
  }
}
