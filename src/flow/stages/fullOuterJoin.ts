import { defineStage } from '../define/stage.ts';
import { joinedType, joining, KEY_FIRST, other, type Unmatched } from '../joins/joining.ts';
import { joiningWithin, overTime } from '../joins/within.ts';

const unmatched: Unmatched = { left: true, right: true };

export const fullOuterJoin = defineStage({
  name: 'fullOuterJoin',
  group: 'streams',
  summary: 'As join, and null for what either stream does not have',
  docs: 'Gives `[key, [left, right]]` as `join` does, with null for a missing right value; then, with null for the left value, the pairs of the other stream whose key this one does not have in the same batch or window. With `within:` pairs meet over time, as in `join`; one of either stream that nothing was near to comes out with null when nothing in time can be near to it any more.',
  examples: [
    {
      program: 'queue([["a", 1], ["b", 2]]) | fullOuterJoin(queue([["c", "z"], ["a", "x"], ["a", "y"]]))',
      out: 'a\t[1,"x"]\na\t[1,"y"]\nb\t[2,null]\nc\t[null,"z"]',
    },
  ],
  parameters: { other, ...overTime },
  variants: { within: joiningWithin('fullOuterJoin', unmatched) },
  needs: 'pairs',
  instead: KEY_FIRST,
  gives: joinedType,
  behaviour: joining('fullOuterJoin', unmatched),
});
