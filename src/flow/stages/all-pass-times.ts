import type { Value } from '../../base/value.ts';
import type { RunContext } from '../batch/context.ts';
import { type KeyedState, openState } from '../batch/keyed-state.ts';

/** The times (ms) at which records with a key were passed on: all that a record still to come may be too near to. */
export type PassTimes = readonly number[];

/** How long a stretch of time is, in distances: so many times of a key are in it at most. */
const LONG = 64;

/** The times of a key in one stretch of event time, behind the stretch's number. */
type Stretch = number[];

/**
 * Remembers all times at which records were passed on, where one may come that is behind all of them. They lie in stretches, so that what a
 * record costs does not depend on how many there are.
 *
 *     stretches   ├──a───b────┤├─c─────────┤            ├───d──────┤
 *     a record                      t                   is held against those of its own stretch and of the ones beside it
 */
export class AllPassTimes {
  private readonly state: KeyedState<readonly Stretch[]>;
  private readonly distance: number;

  /** @param distance how near to a time of its key a record is not passed on, ms. */
  constructor(run: RunContext, distance: number, help: string) {
    this.distance = distance;
    this.state = openState(run, 'dedupe', help);
  }

  /** Whether no time of the key is near to this one; it is remembered then. */
  isNew(key: Value, time: number): boolean {
    const stretches = this.state.get(key) ?? [];
    const number = this.stretchOf(time);
    const at = firstFrom(stretches, number);
    const own = stretches[at]?.[0] === number ? stretches[at]! : undefined;
    const next = own === undefined ? at : at + 1;
    if (own !== undefined && this.isNear(own, time)) return false;
    if (this.stretchOf(time - this.distance) !== number && this.isNear(stretches[at - 1], time)) return false;
    if (this.stretchOf(time + this.distance) !== number && this.isNear(stretches[next], time)) return false;
    if (own !== undefined) own.push(time);
    else this.state.put(key, [...stretches.slice(0, at), [number, time], ...stretches.slice(at)]);
    return true;
  }

  private stretchOf(time: number): number {
    return Math.floor(time / (this.distance * LONG));
  }

  private isNear(stretch: Stretch | undefined, time: number): boolean {
    if (stretch === undefined) return false;
    for (let i = stretch.length - 1; i > 0; i--) if (Math.abs(stretch[i]! - time) < this.distance) return true;
    return false;
  }
}

/** Where the first stretch of this number or a later one is. Looked for from the back, where most records are, then by halves. */
function firstFrom(stretches: readonly Stretch[], number: number): number {
  let low = 0;
  let high = stretches.length;
  if (high > 0 && stretches[high - 1]![0]! < number) return high;
  if (high > 1 && stretches[high - 2]![0]! < number) return high - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle]![0]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
