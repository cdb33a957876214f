import { defineStage } from '../define/stage.ts';
import { joinedType, joining, KEY_FIRST, other } from '../joins/joining.ts';

export const rightOuterJoin = defineStage({
  name: 'rightOuterJoin',
  group: 'streams',
  summary: 'As join, and null for what this stream does not have',
  docs: 'Gives `[key, [left, right]]` as `join` does, then `[key, [null, right]]` for each pair of the other stream whose key this one does not have in the same batch or window.',
  examples: [
    {
      program: 'queue([["a", 1], ["b", 2]]) | rightOuterJoin(queue([["c", "z"], ["a", "x"], ["a", "y"]]))',
      out: 'a\t[1,"x"]\na\t[1,"y"]\nc\t[null,"z"]',
    },
  ],
  parameters: { other },
  needs: 'pairs',
  instead: KEY_FIRST,
  gives: joinedType,
  behaviour: joining('rightOuterJoin', { left: false, right: true }),
});
