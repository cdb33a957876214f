import { isWhole, objectOf, wholeObject } from '../../base/type.ts';
import type { Fields } from '../../base/value.ts';
import { fields } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { fieldTypesOf, objectFor } from '../records/objects.ts';

export const set = defineStage({
  name: 'set',
  group: 'record',
  summary: 'Objects with more fields, or other values of those they have',
  synonyms: ['put', 'assign', 'mutate', 'withColumn', 'extend', 'derive', 'add column'],
  docs: '`set({x: .ms * 2})` is `map({..._, x: .ms * 2})`: a field that is there keeps its place, a new one stands behind all others. All values are worked out of the record as it came, so none sees another one of them; `set({…}) | set({…})` does. What is no object is bad.',
  examples: [
    {
      program: 'json | set({s: .ms / 1000, ok: .status < 400})',
      in: '{"ms":250,"status":200,"ok":null}',
      out: '{"ms":250,"status":200,"ok":true,"s":0.25}',
    },
  ],
  parameters: { fields: fields('the fields with their values: `{x: .ms * 2}`') },
  surplus: 'the fields stand in braces: `set({x: .ms * 2})`',
  needs: 'objects',
  gives(input, { fields: { of } }) {
    const types = [...fieldTypesOf(input), ...fieldTypesOf(of.result)];
    return isWhole(input) ? wholeObject(types) : objectOf(types);
  },
  givesEach: true,
  faster: { uses: { before: (name, { fields: { names } }) => (names.includes(name) ? undefined : name) } },
  behaviour: {
    kind: 'record',
    create:
      ({ fields: { of } }) =>
      (record, emit) =>
        emit({ ...objectFor('set', record), ...(of.call(record) as Fields) }),
  },
});
