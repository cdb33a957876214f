import { placeOf, RECORD } from '../../base/field-path.ts';
import { isTruthy } from '../../base/value.ts';
import { hasNumber, JSON_TEXT, MOST_ROWS, NOTHING, NUMBER_TEXT } from '../bytes/row-block.ts';
import type { ColumnForm, ComparisonOperator, OfRecord } from '../define/column-form.ts';
import { NONE, type Rows } from '../define/faster.ts';
import { rowTally } from '../records/row-tally.ts';
import { inSlots } from './in-slots.ts';
import { FAILED, OfField, tried } from './of-field.ts';

/**
 * Says of rows whether a condition is true of them, as 1 or 0 in `passes` at the number of the row.
 *
 * @returns the first row of which it is not sure, behind which nothing is said; NONE if it is sure of all.
 */
export type Condition = (block: Rows, rows: Int32Array, count: number, passes: Uint8Array) => number;

/** What a function says as a condition, for rows with the fields `names`: all that it looks at, or what that stands in. */
export function conditionOf(given: ColumnForm, names: readonly string[]): Condition {
  const form = inSlots(given, names);
  switch (form.kind) {
    case 'presence':
      return presence(form, names);
    case 'comparison':
      return comparison(names.indexOf(form.name), form);
    case 'field':
    case 'ofField':
      return ofField(form, names);
    case 'every':
      return joined(form.parts, names, 1);
    case 'some':
      return joined(form.parts, names, 0);
    case 'not':
      return not(conditionOf(form.part, names));
    case 'joined':
    case 'record':
      return ofRecord(form.f);
  }
}

function presence({ name, isThere }: ColumnForm & { readonly kind: 'presence' }, names: readonly string[]): Condition {
  const [there, missing] = isThere ? [1, 0] : [0, 1];
  return (block, rows, count, passes) => {
    const { ints, size } = block;
    const first = name === RECORD ? block.self : block.slot(placeOf(name, names));
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      passes[row] = first !== undefined && ints[first + row * size] === NOTHING ? missing : there;
    }
    return NONE;
  };
}

const COMPARED: { readonly [operator in ComparisonOperator]: (a: number, b: number) => boolean } = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/** Anything but a number is not equal to one, and neither below nor above it. */
function comparison(field: number, form: Extract<ColumnForm, { kind: 'comparison' }>): Condition {
  const { operator, number, met, isFieldLeft } = form;
  const compared = COMPARED[operator];
  const otherwise = operator === '!=' ? 1 : 0;
  return (block, rows, count, passes) => {
    const { ints, doubles, size } = block;
    const first = block.slot(field);
    let others = 0;
    let i = 0;
    for (; i < count; i++) {
      const row = rows[i]!;
      const slot = first + row * size;
      const kind = ints[slot];
      if (hasNumber(kind)) {
        passes[row] = compared(doubles[(slot + 2) >> 1]!, number) ? 1 : 0;
        continue;
      }
      // It may be an integer too large for a double.
      if (kind === JSON_TEXT || kind === NUMBER_TEXT) break;
      passes[row] = otherwise;
      others++;
      if (kind === NOTHING || met === undefined) continue;
      rowTally.enter(row);
      if (met.isSettled) met.again();
      else if (isFieldLeft) met.meet(block.value(slot), number);
      else met.meet(number, block.value(slot));
      rowTally.leave();
    }
    if (met !== undefined && others < i) met.hasSame = true;
    return i === count ? NONE : rows[i]!;
  };
}

const TRUE = 1;
const FALSE = 2;
const UNSURE = 3;

function ofField(form: ColumnForm & { readonly kind: 'field' | 'ofField' }, names: readonly string[]): Condition {
  const field = placeOf(form.name, names);
  const truth = new OfField(names, form, (value) => (value === FAILED ? UNSURE : isTruthy(value) ? TRUE : FALSE));
  return (block, rows, count, passes) => {
    block.lookUp(field, rows, count);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const found = truth.of(block, row);
      if (found === UNSURE) return row;
      passes[row] = found === TRUE ? 1 : 0;
    }
    return NONE;
  };
}

function ofRecord(f: OfRecord): Condition {
  return (block, rows, count, passes) => {
    block.lookUpAll(rows, count);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const value = tried(f, block.record(row), row);
      if (value === FAILED) return row;
      passes[row] = isTruthy(value) ? 1 : 0;
    }
    return NONE;
  };
}

/** One condition after the other, each only for the rows that are still open: those of which the ones before said `open`. */
function joined(parts: readonly ColumnForm[], names: readonly string[], open: 0 | 1): Condition {
  const [first, ...others] = parts.map((part) => conditionOf(part, names));
  const left = new Int32Array(MOST_ROWS);
  return (block, rows, count, passes) => {
    let unsure = first!(block, rows, count, passes);
    let from = rows;
    let among = count;
    for (const other of others) {
      let kept = 0;
      for (let i = 0; i < among; i++) {
        const row = from[i]!;
        if (row >= unsure) break;
        if (passes[row] === open) left[kept++] = row;
      }
      if (kept === 0) break;
      unsure = Math.min(unsure, other(block, left, kept, passes));
      from = left;
      among = kept;
    }
    return unsure;
  };
}

function not(condition: Condition): Condition {
  return (block, rows, count, passes) => {
    const unsure = condition(block, rows, count, passes);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (row >= unsure) break;
      passes[row] = 1 - passes[row]!;
    }
    return unsure;
  };
}
