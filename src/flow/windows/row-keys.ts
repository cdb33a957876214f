import type { Identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import { type Group, type Groups, writtenIdentity } from '../columns/groups.ts';

/** The keys of rows, by number: each as it is written, since each window and session gives out the first of those that are equal there. */
export class RowKeys implements Groups<unknown> {
  epoch = 0;
  places: Group<unknown>[] = [];
  private readonly numbers = new Map<Identity, number>();

  placeOf(key: Value): number {
    const id = writtenIdentity(key);
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    const place = this.places.length;
    this.numbers.set(id, place);
    this.places.push({ key, state: undefined, place });
    return place;
  }

  changed(): void {}

  clear(): void {
    this.places = [];
    this.numbers.clear();
    this.epoch++;
  }
}
