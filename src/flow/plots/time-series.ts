import type { Point } from '../drawing/points.ts';
import type { Series } from './plot.ts';

/** Of so many keys at most the last values are kept; of more, those that come later are not. */
const MOST_KEYS = 1000;

/** The values of each key at the last places (times, most often), in the order of the places. */
export class TimeSeries {
  private readonly length: number;
  private places: number[] = [];
  private readonly values = new Map<string, Map<number, number>>();

  /** @param length how many places are kept. */
  constructor(length: number) {
    this.length = length;
  }

  /** What there is at one place. Where a key occurs several times, and where there was something before, the last counts. */
  add(place: number, points: readonly Point[]): void {
    if (!this.insert(place)) return;
    for (const { key, value } of points) {
      if (value === null) continue;
      const values = this.values.get(key);
      if (values !== undefined) values.set(place, value);
      else if (this.values.size < MOST_KEYS) this.values.set(key, new Map([[place, value]]));
    }
  }

  /** The places in their order, the newest last. */
  get all(): readonly number[] {
    return this.places;
  }

  /** So many keys with the largest values, in the order first seen. */
  largest(most: number): { readonly series: readonly Series[]; readonly more: number } {
    const sizes = [...this.values].map(([name, values]) => {
      let size = 0;
      for (const value of values.values()) size = Math.max(size, Math.abs(value));
      return { name, size };
    });
    const chosen = new Set(
      sizes
        .sort((a, b) => b.size - a.size)
        .slice(0, most)
        .map(({ name }) => name),
    );
    const series = [...this.values].flatMap(([name, values]) =>
      chosen.has(name) ? [{ name, values: this.places.map((place) => values.get(place) ?? null) }] : [],
    );
    return { series, more: sizes.length - series.length };
  }

  /** @returns whether the place is one of the last. */
  private insert(place: number): boolean {
    const { places } = this;
    let at = places.length;
    while (at > 0 && places[at - 1]! > place) at--;
    if (places[at - 1] === place) return true;
    if (at === 0 && places.length >= this.length) return false;
    places.splice(at, 0, place);
    if (places.length > this.length) this.forget(places.shift()!);
    return true;
  }

  private forget(place: number): void {
    for (const [key, values] of this.values) if (values.delete(place) && values.size === 0) this.values.delete(key);
  }
}
