import { common, keyType, listOf, pairOf, UNKNOWN, valueType } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { keyOfPair } from '../groups/groupings.ts';
import { byKeys, KEY_FIRST, type KeyedPairs, other } from '../joins/joining.ts';
import { Pairing, type Pairs } from '../joins/pairing.ts';

const pairs: Pairs<KeyedPairs> = {
  stage: 'cogroup',
  ...byKeys,
  emit(left, right, out) {
    for (const [id, { key, values }] of left.groups) out([key, [values, right.groups.get(id)?.values ?? []]]);
    for (const [id, { key, values }] of right.groups) if (!left.groups.has(id)) out([key, [[], values]]);
  },
};

export const cogroup = defineStage({
  name: 'cogroup',
  group: 'streams',
  summary: 'All values of each key, of both streams, in the same batch',
  docs:
    'Gives `[key, [[left values], [right values]]]` for every key that either stream has in the batch: the keys of this stream in the order first seen, then the rest. ' +
    'A list is empty where a stream does not have the key. What belongs together is as in `join`.',
  examples: [
    {
      program: 'queue([["a", 1], ["b", 2]]) | cogroup(queue([["c", "z"], ["a", "x"], ["a", "y"]]))',
      out: 'a\t[[1],["x","y"]]\nb\t[[2],[]]\nc\t[[],["z"]]',
    },
  ],
  parameters: { other },
  needs: 'pairs',
  instead: KEY_FIRST,
  gives(input, _args, results) {
    const right = results.other ?? UNKNOWN;
    return pairOf(common(keyType(input), keyType(right)), pairOf(listOf(valueType(input)), listOf(valueType(right))));
  },
  behaviour: {
    kind: 'streams',
    create: (_args, run, down, meeting) => new Pairing(pairs, run, down, meeting),
    exchange: () => ({ by: keyOfPair }),
  },
});
