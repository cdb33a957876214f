import type { Value } from '../../base/value.ts';
import type { Grouping } from '../define/grouping.ts';
import { whole } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { firstArrived } from '../groups/arrived.ts';

export const take = defineStage({
  name: 'take',
  group: 'batch',
  summary: 'The first n records of each batch',
  docs: 'In order of arrival; all of them where there are fewer. It counts anew in every batch; `head(n)` counts over the run. Where all input is one batch, it stops reading as `head` does.',
  examples: [{ program: 'take(2)', in: 'a\nb\nc', out: 'a\nb' }],
  parameters: { n: whole('how many') },
  needs: 'anything',
  gives: (input) => input,
  keeps: true,
  picks: true,
  ofEachBatch: true,
  needsFirst: ({ n }) => n,
  behaviour: {
    kind: 'group',
    create({ n }): Grouping<Value[]> {
      const { put, ...rest } = firstArrived(n);
      return {
        aggregate: { ...rest, add: put },
        emit(_key, state, _span, out) {
          for (const record of state) out(record);
        },
      };
    },
  },
});
