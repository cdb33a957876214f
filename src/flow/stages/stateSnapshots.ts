import { pairOf, UNKNOWN } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';

export const stateSnapshots = defineStage({
  name: 'stateSnapshots',
  group: 'state',
  summary: 'The states of all keys in every batch, directly behind mapWithState',
  docs:
    'Gives `[key, state]` of every key that has a state at the end of the batch, in the order first seen, in place of what `mapWithState` gives. ' +
    'It is the same as `mapWithState(…, snapshots: true)`.',
  examples: [
    {
      program:
        'queue([["a", 1], ["b", 5]], [["a", 2]]) | mapWithState((key, value, sum) => [value + (sum ?? 0), null]) | stateSnapshots',
      out: 'a\t1\nb\t5\na\t3\nb\t5',
    },
  ],
  parameters: {},
  needs: 'anything',
  gives: () => pairOf(UNKNOWN, UNKNOWN),
  behaviour: { kind: 'derived', text: 'mapWithState(snapshots: true)', behind: 'mapWithState' },
});
