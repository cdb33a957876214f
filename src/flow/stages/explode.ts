import { itemType } from '../../base/type.ts';
import { path } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { listFrom } from '../records/list-from.ts';
import { objectFor, typeWithField, withValue } from '../records/objects.ts';

export const explode = defineStage({
  name: 'explode',
  group: 'record',
  summary: 'A record for each item of a list in it, the other fields kept',
  synonyms: ['unnest', 'unwind', 'nest', 'lateral view'],
  docs: '`explode(.items)` gives the object once for each item, with the item in the place of the list; `explode(.order.items)` works within an inner object. Null, a field that is not there, and an empty list give nothing. Anything else in its place is bad, and so is a record that is no object. For the items alone there is `flatMap(.items)`.',
  examples: [
    {
      program: 'json | explode(.items)',
      in: '{"order":7,"items":[{"sku":"a"},{"sku":"b"}]}\n{"order":8,"items":[]}',
      out: '{"order":7,"items":{"sku":"a"}}\n{"order":7,"items":{"sku":"b"}}',
    },
  ],
  parameters: { list: path('the field that has the list') },
  needs: 'objects',
  gives: (input, { list }) => typeWithField(input, list.names, itemType(list.of.result)),
  faster: { uses: { before: (name) => name } },
  behaviour: {
    kind: 'record',
    create({ list: { of, names } }) {
      return (record, emit) => {
        const object = objectFor('explode', record);
        const value = of.call(object);
        for (const item of listFrom('explode', value, `.${names.join('.')}`)) emit(withValue(object, names, item));
      };
    },
  },
});
