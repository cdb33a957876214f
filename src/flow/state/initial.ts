import { toJson } from '../../base/json.ts';
import { isPair, type Pair, type Value } from '../../base/value.ts';
import { list } from '../define/parameters.ts';

/** The parameter `initial` of the stages with state. */
export const initial = list('the states to begin with: pairs of key and state', { named: true })
  .checked((items) => {
    const wrong = items.find((item) => !isPair(item));
    return wrong === undefined ? undefined : `pairs [key, state] are needed, found ${toJson(wrong)}`;
  })
  .or([]);

/** The pairs of `initial` that hold a state; null is none. */
export function initialStates(items: readonly Value[]): readonly Pair[] {
  return (items as readonly Pair[]).filter(([, state]) => state !== null);
}
