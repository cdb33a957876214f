import { SpeltNumber } from '../../src/base/spelt-number.ts';
import type { State } from '../../src/flow/define/snapshot.ts';

/** A copy of plain data that shares nothing with it, so that what was lent and is changed later shows. */
export function copied(state: State): State {
  if (typeof state !== 'object' || state === null || state instanceof SpeltNumber) return state;
  if (state instanceof Map) return new Map(Array.from(state, ([key, value]) => [copied(key), copied(value)]));
  if (state instanceof Set) return new Set(Array.from(state, copied));
  if (state instanceof Uint8Array || state instanceof Int32Array || state instanceof Float64Array) return state.slice();
  if (Array.isArray(state)) return state.map(copied);
  if (Object.getPrototypeOf(state) !== Object.prototype) throw new Error('a snapshot is plain data');
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, copied(value)]));
}
