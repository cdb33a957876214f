import { common, opened } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { Grouping } from '../define/grouping.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { reducing } from '../groups/groupings.ts';

export const reduce = defineStage({
  name: 'reduce',
  group: 'batch',
  summary: 'All records, combined two by two',
  docs: 'One record a batch, none for an empty one. `f` must be associative; records are combined in order of arrival. Where `f` fails on a record, that record is bad and the rest goes on without it.',
  examples: [{ program: 'map(number) | reduce(_ + _)', in: '1\n2\n3', out: '6' }],
  parameters: { f: lambda('combines two records', (input) => [opened(input), opened(input)]) },
  needs: 'anything',
  combines: 'records',
  gives: (input, _args, results) => common(opened(input), opened(results.f!)),
  behaviour: {
    kind: 'group',
    create: ({ f }): Grouping<Value | undefined> => ({
      aggregate: reducing(f.call),
      emit(_key, state, _span, out) {
        if (state !== undefined) out(state);
      },
    }),
  },
});
