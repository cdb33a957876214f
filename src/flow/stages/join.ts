import { defineStage } from '../define/stage.ts';
import { joinedType, joining, KEY_FIRST, other, type Unmatched } from '../joins/joining.ts';
import { joiningWithin, overTime } from '../joins/within.ts';

const unmatched: Unmatched = { left: false, right: false };

export const join = defineStage({
  name: 'join',
  group: 'streams',
  summary: 'Pairs with the same key in both streams, in the same batch',
  docs:
    'Gives `[key, [left, right]]` for each pair of this stream with each pair of the other that has the same key. The two batches of the same time are joined; to join over a longer time, ' +
    'say `within:`, or put the same `window` behind both. Event-time windows are joined by equal start and end when both have closed. The rows come in the order of this stream. ' +
    'A number and a text that is its spelling are one key, `50101` and `"50101"`; null is a key like any other. Both batches are held in memory until they are joined, within `--state-max`. ' +
    'With `within: 10m` pairs meet whose times are at most 10 minutes apart, in whatever batches they come: by the times `on:` gives, or by those of their batches. Each two come once, when the second of them comes. ' +
    'A pair is late when all that could be near to it is behind the watermark, which both streams have in common (the highest event time less `late`, of each file or client, and of these the least); one that is not late meets all that are near to it, whichever came first. ' +
    'What only late pairs could meet is let go of: about what came in two times `within`. Over files alone nothing is late unless `late` is given, and all is kept.',
  examples: [
    {
      program: 'queue([["a", 1], ["b", 2]]) | join(queue([["c", "z"], ["a", "x"], ["a", "y"]]))',
      out: 'a\t[1,"x"]\na\t[1,"y"]',
    },
    {
      program:
        'let all = json; all | filter(has(_, "ad")) | map([.user, _]) | join(all | filter(has(_, "order")) | map([.user, _]), within: 1h, on: _[1].at) | map([_[1][0].ad, _[1][1].order])',
      in: '{"at":"2026-01-31T10:00:00Z","user":7,"ad":"shoes"}\n{"at":"2026-01-31T10:20:00Z","user":7,"order":1}\n{"at":"2026-01-31T11:10:00Z","user":7,"order":2}',
      out: 'shoes\t1',
    },
  ],
  parameters: { other, ...overTime },
  variants: { within: joiningWithin('join', unmatched) },
  needs: 'pairs',
  instead: KEY_FIRST,
  gives: joinedType,
  behaviour: joining('join', unmatched),
});
