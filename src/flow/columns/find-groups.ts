import { placeOf, RECORD } from '../../base/field-path.ts';
import { NUMBER, SPELT } from '../bytes/row-block.ts';
import type { ColumnForm } from '../define/column-form.ts';
import type { Compiled } from '../define/compiled.ts';
import { NONE, type Rows } from '../define/faster.ts';
import { findingJoined, KeyValues } from './find-joined.ts';
import type { FindGroups, Groups } from './groups.ts';
import { inSlots } from './in-slots.ts';
import { FAILED, OfField, tried } from './of-field.ts';

/** @param key gives the key of a record; without it all are one group. */
export function findingGroups(
  key: Compiled | undefined,
  names: readonly string[],
  groups: Groups<unknown>,
): FindGroups {
  if (key === undefined) return (_block, _rows, count, found) => oneGroup(groups, count, found);
  const { call } = key;
  const column = inSlots(key.column, names);
  if (isOfOneField(column)) return byField(column, names, groups);
  const parts = column.kind === 'joined' ? column.parts.map((part) => inSlots(part, names)) : [];
  if (parts.length > 1 && parts.every(isOfOneField)) {
    const values = parts.map(() => new KeyValues());
    const finding = parts.map((part, i) => byField(part, names, values[i]!));
    return findingJoined(call, finding, values, groups);
  }
  return (block, rows, count, found) => {
    block.lookUpAll(rows, count);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const value = tried(call, block.record(row), row);
      if (value === FAILED) return row;
      found[i] = groups.placeOf(value);
    }
    return NONE;
  };
}

function oneGroup(groups: Groups<unknown>, count: number, found: Int32Array): number {
  if (count > 0) found.fill(groups.placeOf(null), 0, count);
  return NONE;
}

/** What stands for a group whose key could not be worked out. */
const UNSURE = -1;
/** Whole numbers below it have their groups in a list. */
const SMALL = 4096;

/** The groups of numbers with a spelling. Those with decimals, `1.10`, are remembered by how many these are and by their values. */
class OfSpelling {
  private readonly byDecimals: Map<number, number>[] = [];
  private readonly groups: Groups<unknown>;

  constructor(groups: Groups<unknown>) {
    this.groups = groups;
  }

  of(block: Rows, slot: number): number {
    const decimals = block.ints[slot + 1]!;
    if (decimals < 0) return this.groups.placeOf(block.value(slot));
    this.byDecimals[decimals] ??= new Map();
    const places = this.byDecimals[decimals];
    const number = block.doubles[(slot + 2) >> 1]!;
    let place = places.get(number);
    if (place === undefined) {
      place = this.groups.placeOf(block.value(slot));
      places.set(number, place);
    }
    return place;
  }

  forget(): void {
    this.byDecimals.length = 0;
  }
}

type OfOneField = ColumnForm & { readonly kind: 'field' | 'ofField' | 'presence' };

function isOfOneField(form: ColumnForm): form is OfOneField {
  return form.kind === 'field' || form.kind === 'ofField' || (form.kind === 'presence' && form.name !== RECORD);
}

/** By one field: a text or a small number that comes again is not looked up again. */
function byField(form: OfOneField, names: readonly string[], groups: Groups<unknown>): FindGroups {
  const field = placeOf(form.name, names);
  const isItself = form.kind === 'field';
  // One more than the number, so that 0 is for what is not known.
  const ofText = new OfField(names, form, (value) => (value === FAILED ? UNSURE : groups.placeOf(value) + 1));
  const small = new Int32Array(SMALL);
  const ofSpelling = new OfSpelling(groups);
  let { epoch } = groups;
  return (block, rows, count, found) => {
    if (groups.epoch !== epoch) {
      epoch = groups.epoch;
      small.fill(0);
      ofSpelling.forget();
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
          if (small[index] === 0) small[index] = groups.placeOf(number) + 1;
          found[i] = small[index]! - 1;
        } else {
          found[i] = groups.placeOf(number);
        }
        continue;
      }
      if (isItself && ints[slot] === SPELT) {
        found[i] = ofSpelling.of(block, slot);
        continue;
      }
      const place = ofText.of(block, row);
      if (place === UNSURE) return row;
      found[i] = place - 1;
    }
    return NONE;
  };
}
