import { keyType, listOf, pairOf, valueType } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { length, slide } from '../windows/parameters.ts';

export const groupByKeyAndWindow = defineStage({
  name: 'groupByKeyAndWindow',
  group: 'window',
  summary: 'The list of the values of each key in the window',
  docs: 'Stands for `window(length, slide) | groupByKey`. Values are in order of arrival. All of them are kept as long as the window holds them; where the list is only added up, `reduceByKeyAndWindow` keeps far less.',
  examples: [
    { program: 'queue([["a", 1]], [["a", 2]], []) | groupByKeyAndWindow(2s)', out: 'a\t[1]\na\t[1,2]\na\t[2]' },
  ],
  parameters: { length: length(), slide: slide() },
  needs: 'pairs',
  instead: '`map([key, value])` before it',
  gives: (input) => pairOf(keyType(input), listOf(valueType(input))),
  behaviour: { kind: 'derived', text: 'window($length, $slide) | groupByKey' },
});
