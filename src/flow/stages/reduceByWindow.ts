import { common, opened } from '../../base/type.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { length, slide } from '../windows/parameters.ts';

export const reduceByWindow = defineStage({
  name: 'reduceByWindow',
  group: 'window',
  summary: "The window's records, combined two by two",
  docs: 'Stands for `window(length, slide) | reduce(f)`. `f` must be associative. An inverse is taken for the sake of Spark programs and not needed: a slide costs the same without it.',
  examples: [
    { program: 'queue([1, 2], [3], []) | reduceByWindow(_ + _, 2s)', out: '3\n6\n3' },
    { program: 'queue([1], [2], [3], [4]) | reduceByWindow(_ + _, _ - _, 4s, 2s)', out: '3\n10' },
  ],
  parameters: {
    f: lambda('combines two records', (input) => [opened(input), opened(input)]),
    inverse: lambda('takes back what `f` did; not needed', (input) => [opened(input), opened(input)]).optional(),
    length: length(),
    slide: slide(),
  },
  needs: 'anything',
  gives: (input, _args, results) => common(opened(input), opened(results.f!)),
  behaviour: { kind: 'derived', text: 'window($length, $slide) | reduce($f)' },
});
