import { defineStage } from '../define/stage.ts';
import { joinedType, joining, KEY_FIRST, other } from '../joins/joining.ts';

export const join = defineStage({
  name: 'join',
  group: 'streams',
  summary: 'Pairs with the same key in both streams, in the same batch',
  docs:
    'Gives `[key, [left, right]]` for each pair of this stream with each pair of the other that has the same key. The two batches of the same time are joined; to join over a longer time, ' +
    'put the same `window` behind both. Event-time windows are joined by equal start and end when both have closed. The rows come in the order of this stream. ' +
    'A number and a text that is its spelling are one key, `50101` and `"50101"`; null is a key like any other. Both batches are held in memory until they are joined, within `--state-max`.',
  examples: [
    {
      program: 'queue([["a", 1], ["b", 2]]) | join(queue([["c", "z"], ["a", "x"], ["a", "y"]]))',
      out: 'a\t[1,"x"]\na\t[1,"y"]',
    },
  ],
  parameters: { other },
  needs: 'pairs',
  instead: KEY_FIRST,
  gives: joinedType,
  behaviour: joining('join', { left: false, right: false }),
});
