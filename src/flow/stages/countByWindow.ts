import { NUMBER } from '../../base/type.ts';
import { length, slide } from '../batch/windows/parameters.ts';
import { defineStage } from '../define.ts';

export const countByWindow = defineStage({
  name: 'countByWindow',
  group: 'window',
  summary: 'How many records the window holds',
  docs: 'Stands for `window(length, slide) | count`.',
  examples: [{ program: 'countByWindow(30s, 10s)', in: 'to\nbe', out: '2' }],
  parameters: { length: length(), slide: slide() },
  needs: 'anything',
  gives: () => NUMBER,
  behaviour: { kind: 'derived', text: 'window($length, $slide) | count' },
  spark: { template: '$input.groupBy(window($time, $length, $slide)).count()' },
});
