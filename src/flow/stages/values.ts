import { valueType } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { pair } from '../groups/groupings.ts';

export const values = defineStage({
  name: 'values',
  group: 'record',
  summary: 'The value of each pair',
  docs: 'One record a pair, in the same order.',
  examples: [{ program: 'countByValue | values', in: 'a\nb\na', out: '2\n1' }],
  parameters: {},
  needs: 'pairs',
  instead: '`map(.name)` for the field of an object',
  gives: (input) => valueType(input),
  givesEach: true,
  behaviour: { kind: 'record', create: () => (record, emit) => emit(pair(record)[1]) },
});
