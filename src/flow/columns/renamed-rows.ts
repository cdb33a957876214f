import { headOf, isNested, NOWHERE, pathFrom, whatIs, withHead } from '../../base/field-path.ts';
import type { Value } from '../../base/value.ts';
import { NOTHING, OBJECT } from '../bytes/row-block.ts';
import { NONE, type Offer, type Rows, type TakeRows } from '../define/faster.ts';
import type { Step } from '../define/step.ts';

/**
 * Hands rows on under other names of their fields, for a stage that makes objects of the fields of those it is given and does nothing else: a
 * row stays where it is, and so do its slots.
 *
 *     rows     path  ms  status        rename({url: .path}) | drop(.ms)
 *     handed   url   -   status
 *
 * @param rename what a field is called from then on; undefined where it is taken away.
 * @param make what the stage makes of a record: another object, since that may be kept by what is behind.
 * @returns undefined where that which is behind takes no rows, or wants more of records than their fields.
 */
export function renamingRows(
  { names, asLines }: Offer<'rows'>,
  rename: (name: string) => string | undefined,
  make: (record: Value) => Value,
  down: Step,
): TakeRows | undefined {
  if (asLines !== undefined) return undefined;
  const renamed = names.map((path) => {
    const name = headOf(path);
    const become = name === undefined ? undefined : rename(name);
    return become === undefined ? undefined : withHead(path, become);
  });
  if (names.some((path, slot) => isNested(path) && hasOther(renamed, slot))) return undefined;
  // One that has the name already, and gives way to another one where that is not null.
  const replaced = names.flatMap((name, slot) =>
    renamed[slot] === name && renamed.indexOf(name) !== renamed.lastIndexOf(name) ? slot : [],
  );
  const handed = renamed.map((name, slot) => (name === undefined || replaced.includes(slot) ? undefined : name));
  const take = down.faster?.({ form: 'rows', names: handed.map((name) => name ?? NOWHERE) });
  if (take === undefined) return undefined;
  const view = new RenamedRows(make);
  return (block, rows, count) => {
    const sure = sureRows(block, rows, objectsAmong(block, rows, count), replaced);
    const left = sure === 0 ? NONE : take(view.of(block), rows, sure);
    return left === NONE && sure < count ? rows[sure]! : left;
  };
}

/**
 * Hands rows on as those of a value within their records, for a stage that gives the value at a path and does nothing else.
 *
 *     rows     user  user.id  user.name  ms        map(.user)
 *     handed   self  id       name       -
 *
 * @param make gives the value of a record.
 * @returns undefined where that which is behind takes no rows, or wants more of the value than some of its fields.
 */
export function innerRows(
  { names, asLines }: Offer<'rows'>,
  path: string,
  make: (record: Value) => Value,
  down: Step,
): TakeRows | undefined {
  const self = names.indexOf(whatIs(path));
  if (asLines !== undefined || self < 0) return undefined;
  const take = down.faster?.({ form: 'rows', names: names.map((name) => pathFrom(path, name) ?? NOWHERE) });
  if (take === undefined) return undefined;
  const view = new RenamedRows(make, self);
  return (block, rows, count) => take(view.of(block), rows, count);
}

/** Whether what a slot is of has the name of something else, which may give way to it. */
function hasOther(renamed: readonly (string | undefined)[], slot: number): boolean {
  const path = renamed[slot];
  if (path === undefined) return false;
  return renamed.some((other, at) => at !== slot && other !== undefined && (other === path || other === headOf(path)));
}

/** How many rows there are before one that has a value in one of some slots. */
function sureRows(block: Rows, rows: Int32Array, count: number, slots: readonly number[]): number {
  let sure = count;
  for (const field of slots) {
    const slot = block.slot(field);
    for (let i = 0; i < sure; i++) if (block.ints[slot + rows[i]! * block.size] !== NOTHING) sure = i;
  }
  return sure;
}

/** How many rows there are before one whose record is no object: to that others have something to say. */
function objectsAmong({ ints, size, self }: Rows, rows: Int32Array, count: number): number {
  if (self === undefined) return count;
  let objects = 0;
  while (objects < count && ints[self + rows[objects]! * size] === OBJECT) objects++;
  return objects;
}

class RenamedRows implements Rows {
  private block!: Rows;
  private readonly make: (record: Value) => Value;
  private readonly selfField: number | undefined;

  /** @param selfField the number of the slot that says what the records handed on are; undefined where they are objects. */
  constructor(make: (record: Value) => Value, selfField?: number) {
    this.make = make;
    this.selfField = selfField;
  }

  of(block: Rows): this {
    this.block = block;
    return this;
  }

  get ints(): Int32Array {
    return this.block.ints;
  }

  get doubles(): Float64Array {
    return this.block.doubles;
  }

  get size(): number {
    return this.block.size;
  }

  get generation(): number {
    return this.block.generation;
  }

  get self(): number | undefined {
    return this.selfField === undefined ? undefined : this.block.slot(this.selfField);
  }

  slot(field: number): number {
    return this.block.slot(field);
  }

  lookUp(field: number, rows: Int32Array, count: number): void {
    this.block.lookUp(field, rows, count);
  }

  lookUpAll(rows: Int32Array, count: number): void {
    this.block.lookUpAll(rows, count);
  }

  texts(field: number, rows: Int32Array, count: number): Uint8Array | undefined {
    return this.block.texts(field, rows, count);
  }

  value(slot: number): Value {
    return this.block.value(slot);
  }

  time(slot: number): number {
    return this.block.time(slot);
  }

  record(row: number): Value {
    return this.make(this.block.record(row));
  }

  recordInPlace(row: number): Value {
    return this.make(this.block.recordInPlace(row));
  }

  lineInPlace(row: number): string {
    return this.block.lineInPlace(row);
  }
}
