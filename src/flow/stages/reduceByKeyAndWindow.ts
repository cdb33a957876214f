import { common, keyType, opened, pairOf, UNKNOWN, valueType } from '../../base/type.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { length, slide } from '../windows/parameters.ts';

export const reduceByKeyAndWindow = defineStage({
  name: 'reduceByKeyAndWindow',
  group: 'window',
  summary: 'The values of each key in the window, combined two by two',
  docs: 'Stands for `window(length, slide) | reduceByKey(f)`. `f` must be associative. An inverse is taken for the sake of Spark programs and not needed; a key that has left the window is gone. `filter` gets the pair: one that fails is not given out, and still counts in later windows.',
  examples: [
    {
      program: 'queue([["a", 1], ["b", 5]], [["a", 3]]) | reduceByKeyAndWindow(_ + _, 2s)',
      out: 'a\t1\nb\t5\na\t4\nb\t5',
    },
    {
      program:
        'queue([["a", 1], ["b", 5]], [["a", 3]]) | reduceByKeyAndWindow(_ + _, _ - _, 2s, 1s, filter: _[1] >= 4)',
      out: 'b\t5\na\t4\nb\t5',
    },
  ],
  parameters: {
    f: lambda('combines two values', (input) => [opened(valueType(input)), opened(valueType(input))]),
    inverse: lambda('takes back what `f` did; not needed', (input) => [
      opened(valueType(input)),
      opened(valueType(input)),
    ]).optional(),
    length: length(),
    slide: slide(),
    filter: lambda('hides the pairs for which this is false, without forgetting them', () => [UNKNOWN], {
      named: true,
    }).optional(),
  },
  needs: 'pairs',
  instead: '`countByValueAndWindow(length, slide)`, or `map([_, 1])` before it',
  gives: (input, _args, results) => pairOf(keyType(input), common(opened(valueType(input)), opened(results.f!))),
  behaviour: { kind: 'derived', text: 'window($length, $slide, filter: $filter) | reduceByKey($f)' },
});
