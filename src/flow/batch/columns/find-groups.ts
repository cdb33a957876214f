import type { Value } from '../../../base/value.ts';
import { columnFormOf, type OfRecord } from './column-form.ts';
import { FAILED, OfField, tried } from './of-field.ts';
import { NUMBER, type RowBlock } from './row-block.ts';
import { NONE } from './take-rows.ts';

/** A group under its key. */
export interface Group<S> {
  readonly key: Value;
  state: S;
  /** Where it is among the groups of some rows, for those who put rows in order. */
  place: number;
}

/** Where groups are. */
export interface Groups<S> {
  /** The group of that key, which is made if there was none. */
  group(key: Value): Group<S>;
  /** Changes when the groups are given up for others. */
  readonly epoch: number;
}

/**
 * Finds the groups of `count` rows, in their order, and makes those that are new.
 *
 * @returns the first row whose key it is not sure of, behind which nothing is found or made; NONE if it is sure of all.
 */
export type FindGroups<S> = (block: RowBlock, rows: Int32Array, count: number, found: Group<S>[]) => number;

/** @param key gives the key of a record; without it all are one group. */
export function findingGroups<S>(
  key: OfRecord | undefined,
  names: readonly string[],
  groups: Groups<S>,
): FindGroups<S> {
  if (key === undefined) return (_block, _rows, count, found) => oneGroup(groups, count, found);
  const form = columnFormOf(key);
  if (form?.kind === 'field' || form?.kind === 'ofField') return byField(form, names, groups);
  return (block, rows, count, found) => {
    block.lookUpAll(rows, count);
    for (let i = 0; i < count; i++) {
      const value = tried(key, block.record(rows[i]!));
      if (value === FAILED) return rows[i]!;
      found[i] = groups.group(value);
    }
    return NONE;
  };
}

function oneGroup<S>(groups: Groups<S>, count: number, found: Group<S>[]): number {
  if (count === 0) return NONE;
  const group = groups.group(null);
  for (let i = 0; i < count; i++) found[i] = group;
  return NONE;
}

/** Whole numbers below it have their groups in a list. */
const SMALL = 4096;

/** By one field: a text or a small number that comes again is not looked up again. */
function byField<S>(
  form: { readonly kind: 'field' | 'ofField'; readonly name: string; readonly f: OfRecord },
  names: readonly string[],
  groups: Groups<S>,
): FindGroups<S> {
  const field = names.indexOf(form.name);
  const isItself = form.kind === 'field';
  const ofText = new OfField(names, form, (value) => (value === FAILED ? FAILED : groups.group(value)));
  let small: Group<S>[] = [];
  let { epoch } = groups;
  return (block, rows, count, found) => {
    if (groups.epoch !== epoch) {
      epoch = groups.epoch;
      small = [];
      ofText.forget();
    }
    block.lookUp(field, rows, count);
    const { ints, doubles, size } = block;
    const first = block.slot(field);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const slot = first + row * size;
      if (isItself && ints[slot] === NUMBER) {
        const number = doubles[(slot + 2) >> 1]!;
        const index = number | 0;
        if (index === number && index >= 0 && index < SMALL) {
          found[i] = small[index] ??= groups.group(number);
        } else {
          found[i] = groups.group(number);
        }
        continue;
      }
      const group = ofText.of(block, row);
      if (group === FAILED) return row;
      found[i] = group;
    }
    return NONE;
  };
}
