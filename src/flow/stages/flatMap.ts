import { itemType } from '../../base/type.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { listFrom } from '../records/list-from.ts';

export const flatMap = defineStage({
  name: 'flatMap',
  group: 'record',
  summary: 'Each record becomes the items of the list that the function gives',
  synonyms: ['unnest', 'melt', 'unpivot', 'pivot_longer', 'wide to long'],
  docs:
    'The function must give a list; its items come out one by one, in order. An empty list or null gives nothing. Anything else is bad: ' +
    'for one record each there is `map`.',
  examples: [
    { program: 'flatMap(_.split(","))', in: 'a,b\nc', out: 'a\nb\nc' },
    {
      program: 'csv | flatMap(r => entries(r).slice(1).map(e => ({r.city, year: e[0], n: e[1]})))',
      in: 'city,2024,2025\nBonn,7,9',
      out: '{"city":"Bonn","year":"2024","n":7}\n{"city":"Bonn","year":"2025","n":9}',
    },
  ],
  parameters: { f: lambda('the list of what a record becomes') },
  needs: 'anything',
  gives: (_input, _args, results) => itemType(results.f!),
  behaviour: {
    kind: 'record',
    create:
      ({ f: { call } }) =>
      (record, emit) => {
        for (const item of listFrom('flatMap', call(record))) emit(item);
      },
  },
  faster: {
    uses: 'read',
    texts: ({ cut }, { args: { f }, down }) =>
      cut.kind === 'lines' && f.text?.kind === 'split' ? down.faster?.({ form: 'texts', cut: f.text }) : undefined,
  },
});
