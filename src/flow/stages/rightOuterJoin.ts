import { defineStage } from '../define/stage.ts';
import { joinedType, joining, KEY_FIRST, other, type Unmatched } from '../joins/joining.ts';
import { joiningWithin, overTime } from '../joins/within.ts';

const unmatched: Unmatched = { left: false, right: true };

export const rightOuterJoin = defineStage({
  name: 'rightOuterJoin',
  group: 'streams',
  summary: 'As join, and null for what this stream does not have',
  docs: 'Gives `[key, [left, right]]` as `join` does, then `[key, [null, right]]` for each pair of the other stream whose key this one does not have in the same batch or window. With `within:` pairs meet over time, as in `join`; one of the other stream that nothing was near to comes out with null when nothing in time can be near to it any more.',
  examples: [
    {
      program: 'queue([["a", 1], ["b", 2]]) | rightOuterJoin(queue([["c", "z"], ["a", "x"], ["a", "y"]]))',
      out: 'a\t[1,"x"]\na\t[1,"y"]\nc\t[null,"z"]',
    },
  ],
  parameters: { other, ...overTime },
  variants: { within: joiningWithin('rightOuterJoin', unmatched) },
  needs: 'pairs',
  instead: KEY_FIRST,
  gives: joinedType,
  behaviour: joining('rightOuterJoin', unmatched),
});
