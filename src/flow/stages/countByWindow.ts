import { NUMBER } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { length, slide } from '../windows/parameters.ts';

export const countByWindow = defineStage({
  name: 'countByWindow',
  group: 'window',
  summary: 'How many records the window holds',
  docs: 'Stands for `window(length, slide) | count`.',
  examples: [{ program: 'queue([1, 2], [3], []) | countByWindow(2s)', out: '2\n3\n1' }],
  parameters: { length: length(), slide: slide() },
  needs: 'anything',
  gives: () => NUMBER,
  behaviour: { kind: 'derived', text: 'window($length, $slide) | count' },
});
