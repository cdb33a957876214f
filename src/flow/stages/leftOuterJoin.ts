import { defineStage } from '../define/stage.ts';
import { joinedType, joining, KEY_FIRST, other, type Unmatched } from '../joins/joining.ts';
import { joiningWithin, overTime } from '../joins/within.ts';

const unmatched: Unmatched = { left: true, right: false };

export const leftOuterJoin = defineStage({
  name: 'leftOuterJoin',
  group: 'streams',
  summary: 'As join, and null for what the other stream does not have',
  docs: 'Gives `[key, [left, right]]` as `join` does, and `[key, [left, null]]` for each pair of this stream whose key the other does not have in the same batch or window. With `within:` pairs meet over time, as in `join`; one of this stream that nothing was near to comes out with null when nothing in time can be near to it any more.',
  examples: [
    {
      program: 'queue([["a", 1], ["b", 2]]) | leftOuterJoin(queue([["c", "z"], ["a", "x"], ["a", "y"]]))',
      out: 'a\t[1,"x"]\na\t[1,"y"]\nb\t[2,null]',
    },
  ],
  parameters: { other, ...overTime },
  variants: { within: joiningWithin('leftOuterJoin', unmatched) },
  needs: 'pairs',
  instead: KEY_FIRST,
  gives: joinedType,
  behaviour: joining('leftOuterJoin', unmatched),
});
