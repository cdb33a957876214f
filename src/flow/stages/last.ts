import type { Value } from '../../base/value.ts';
import type { Grouping } from '../define/grouping.ts';
import { whole } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { lastArrived } from '../groups/arrived.ts';

export const last = defineStage({
  name: 'last',
  group: 'batch',
  summary: 'The last n records of each batch',
  synonyms: ['tail', 'takeRight'],
  docs: 'In order of arrival; all of them where there are fewer. It counts anew in every batch or window, and keeps about 2 n records. The source that follows a file is `tail`.',
  examples: [{ program: 'last(2)', in: 'a\nb\nc', out: 'b\nc' }],
  parameters: { n: whole('how many', { least: 1 }) },
  needs: 'anything',
  gives: (input) => input,
  keeps: true,
  picks: true,
  ofEachBatch: true,
  behaviour: {
    kind: 'group',
    create({ n }): Grouping<Value[]> {
      const { put, ...rest } = lastArrived(n);
      return {
        aggregate: { ...rest, add: put },
        emit(_key, state, _span, out) {
          for (const record of rest.result(state)) out(record);
        },
      };
    },
  },
});
