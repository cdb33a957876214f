import { type Identity, joinIdentity } from '../../base/compare.ts';
import { common, keyType, pairOf, type Type, UNKNOWN, valueType } from '../../base/type.ts';
import type { Pair, Value } from '../../base/value.ts';
import { otherStream } from '../define/parameters.ts';
import type { Behaviour } from '../define/stage.ts';
import { keyOfPair, pair } from '../groups/groupings.ts';
import type { Gathering } from './gathered.ts';
import { Pairing, type Pairs } from './pairing.ts';

/** The parameter of the stages that join two streams of pairs. */
export const other = otherStream('the other stream of pairs');

/** What to write before a join that is not given pairs. */
export const KEY_FIRST = '`map([_.id, _])` before it, with the field to join by';

/** The pairs of one side, in order, and by key. */
export interface KeyedPairs {
  readonly pairs: Pair[];
  readonly groups: Map<Identity, KeyGroup>;
}

interface KeyGroup {
  readonly key: Value;
  readonly values: Value[];
}

/**
 * How pairs are gathered to be joined. Keys are told apart by content, but a number meets the text that is its spelling; null is a key like
 * any other, as in Spark's streams.
 */
export const byKeys: Gathering<KeyedPairs> = {
  gather: () => ({ pairs: [], groups: new Map() }),
  add({ pairs, groups }, record) {
    const keyed = pair(record);
    const [key, value] = keyed;
    const id = joinIdentity(key);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { key, values: [value] });
    else group.values.push(value);
    pairs.push(keyed);
  },
  write: ({ pairs }, count) => pairs.slice(pairs.length - count),
  append(into, state) {
    for (const record of state as readonly Pair[]) byKeys.add(into, record);
  },
};

/** Which rows without a partner come out. */
export interface Unmatched {
  readonly left: boolean;
  readonly right: boolean;
}

/**
 * A join: `[key, [left, right]]` for each left pair, in order, with each right value of its key; then the right pairs that none
 * matched, in order. Null stands for the missing side.
 */
export function joining(stage: string, unmatched: Unmatched): Behaviour<unknown> {
  const pairs: Pairs<KeyedPairs> = {
    stage,
    ...byKeys,
    emit(left, right, out) {
      for (const [key, value] of left.pairs) {
        const partners = right.groups.get(joinIdentity(key))?.values;
        if (partners !== undefined) for (const partner of partners) out([key, [value, partner]]);
        else if (unmatched.left) out([key, [value, null]]);
      }
      if (!unmatched.right) return;
      for (const [key, value] of right.pairs) if (!left.groups.has(joinIdentity(key))) out([key, [null, value]]);
    },
  };
  return {
    kind: 'streams',
    create: (_args, run, down, meeting) => new Pairing(pairs, run, down, meeting),
    exchange: () => ({ by: keyOfPair }),
  };
}

/** The type of what a join gives. */
export function joinedType(left: Type, _args: unknown, results: { readonly [name: string]: Type }): Type {
  const right = results.other ?? UNKNOWN;
  return pairOf(common(keyType(left), keyType(right)), pairOf(valueType(left), valueType(right)));
}
