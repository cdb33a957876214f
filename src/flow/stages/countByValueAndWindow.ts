import { NUMBER, pairOf } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { length, slide } from '../windows/parameters.ts';

export const countByValueAndWindow = defineStage({
  name: 'countByValueAndWindow',
  group: 'window',
  summary: 'How often each record occurs in the window',
  docs: 'Stands for `window(length, slide) | countByValue`. A record that has left the window is gone from the result.',
  examples: [{ program: 'queue(["x", "y", "x"], ["y"]) | countByValueAndWindow(2s)', out: 'x\t2\ny\t1\nx\t2\ny\t2' }],
  parameters: { length: length(), slide: slide() },
  needs: 'anything',
  gives: (input) => pairOf(input, NUMBER),
  behaviour: { kind: 'derived', text: 'window($length, $slide) | countByValue' },
});
