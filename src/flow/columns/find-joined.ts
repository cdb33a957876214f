import type { Identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import { MOST_ROWS } from '../bytes/row-block.ts';
import type { OfRecord } from '../define/column-form.ts';
import { NONE } from '../define/faster.ts';
import { type FindGroups, type Group, type Groups, writtenIdentity } from './groups.ts';
import { FAILED, tried } from './of-field.ts';

/** Numbers of values stay below it, so that two of them are one number that a double holds. */
const MOST = 2 ** 26;

/** The values of one of several keys, by number: each as it is written, see `writtenIdentity`. */
export class KeyValues implements Groups<unknown> {
  epoch = 0;
  readonly places: readonly Group<unknown>[] = [];
  private readonly numbers = new Map<Identity, number>();

  placeOf(value: Value): number {
    const id = writtenIdentity(value);
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    this.numbers.set(id, this.numbers.size);
    return this.numbers.size - 1;
  }

  changed(): void {}

  get isFull(): boolean {
    return this.numbers.size > MOST - MOST_ROWS;
  }

  clear(): void {
    this.numbers.clear();
    this.epoch++;
  }
}

/**
 * The groups of several keys: a combination of values that comes again is not looked up again.
 *
 *     rows     a 1   a 2   b 1   a 1
 *     values   0 0   0 1   1 0   0 0
 *     groups    7     8     9     7
 *
 * @param f gives the key of a record. @param parts find the numbers of the values of each of the keys, in `values`.
 */
export function findingJoined(
  f: OfRecord,
  parts: readonly FindGroups[],
  values: readonly KeyValues[],
  groups: Groups<unknown>,
): FindGroups {
  const numbers = parts.map(() => new Int32Array(MOST_ROWS));
  // Behind each key but the first: the number of those up to it, by that of those before and its own.
  const combinations = parts.slice(1).map(() => new Map<number, number>());
  const last = combinations.length - 1;
  let { epoch } = groups;
  const forget = () => {
    epoch = groups.epoch;
    for (const each of values) each.clear();
    for (const each of combinations) each.clear();
  };
  return (block, rows, count, found) => {
    if (groups.epoch !== epoch || values.some(({ isFull }) => isFull)) forget();
    let unsure = NONE;
    for (const [i, part] of parts.entries()) unsure = Math.min(unsure, part(block, rows, count, numbers[i]!));
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (row >= unsure) break;
      let number = numbers[0]![i]!;
      for (let at = 0; at <= last; at++) {
        const both = number * MOST + numbers[at + 1]![i]!;
        const known = combinations[at]!.get(both);
        if (known !== undefined) {
          number = known;
          continue;
        }
        if (at === last) {
          const key = tried(f, block.record(row), row);
          if (key === FAILED) return row;
          number = groups.placeOf(key);
        } else {
          number = combinations[at]!.size;
        }
        combinations[at]!.set(both, number);
      }
      found[i] = number;
    }
    return unsure;
  };
}
