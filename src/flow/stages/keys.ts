import { keyType } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { pair } from '../groups/groupings.ts';

export const keys = defineStage({
  name: 'keys',
  group: 'record',
  summary: 'The key of each pair',
  docs: 'One record a pair, in the same order; a key that comes twice is given twice (`distinct` behind it gives each once).',
  examples: [{ program: 'countByValue | keys', in: 'a\nb\na', out: 'a\nb' }],
  parameters: {},
  needs: 'pairs',
  instead: '`map(.name)` for the field of an object',
  gives: (input) => keyType(input),
  givesEach: true,
  behaviour: { kind: 'record', create: () => (record, emit) => emit(pair(record)[0]) },
});
