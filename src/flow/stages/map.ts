import { partFields } from '../bytes/delimited-fields.ts';
import { innerRows } from '../columns/renamed-rows.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';

export const map = defineStage({
  name: 'map',
  group: 'record',
  summary: 'Each record becomes what the function gives',
  synonyms: ['select', 'project'],
  docs: 'One record in, one record out, in the same order.',
  examples: [{ program: 'map(_.length)', in: 'to be\nnot', out: '5\n3' }],
  surplus: 'several values of a record are an object or a list: `map({.a, .b})`, `map([.a, .b])`',
  parameters: { f: lambda('what a record becomes') },
  needs: 'anything',
  gives: (_input, _args, results) => results.f!,
  faster: {
    uses: { given: ({ f }) => f },
    fields: ({ f: { text } }) => (text?.kind === 'split' ? partFields(text.delimiter) : undefined),
    readsParts: 'items',
    rows(offer, { args: { f }, down }) {
      const { column } = f;
      return column.kind === 'field' ? innerRows(offer, column.name, f.call, down) : undefined;
    },
  },
  givesEach: true,
  behaviour: {
    kind: 'record',
    create:
      ({ f: { call } }) =>
      (record, emit) =>
        emit(call(record)),
  },
});
