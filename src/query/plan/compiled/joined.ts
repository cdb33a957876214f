import { keysOf } from '../../../base/fields.ts';
import { objectOf, type Type } from '../../../base/type.ts';
import { isFields, isList, type NewFields, setField, setFieldAt, type Value } from '../../../base/value.ts';
import type { OfRecord } from '../../../flow/define/column-form.ts';
import { type Compiled, opaque } from '../../../flow/define/compiled.ts';
import { listType } from '../expression/types.ts';
import { unionOf } from './fields-read.ts';

/** Several functions of a record as one, which gives the list of what they give. It is what the list of their expressions would be. */
export function joinedAsList(functions: readonly Compiled[]): Compiled {
  const calls = functions.map(({ call }) => call);
  return joined(functions, {
    call: (record) => calls.map((call) => call(record!)),
    tree: ['list', ...functions.map(({ tree }) => tree)],
    result: listType(functions.map(({ result }) => result)),
  });
}

/** A member of an object that functions are joined to; without a name it is all fields of the object that the function gives. */
interface Member {
  readonly name: string | undefined;
  readonly of: Compiled;
}

/** The same as an object of what they give. */
export function joinedAsObject(members: readonly Member[]): Compiled {
  const call = (record: Value = null) => {
    const object: NewFields = {};
    for (const { name, of } of members) {
      const value = of.call(record);
      if (name !== undefined) setField(object, name, value);
      else if (isFields(value)) for (const key of keysOf(value)) setFieldAt(object, key, value[key]!);
    }
    return object;
  };
  const entries = members.flatMap(({ name, of: { tree } }): Value[] =>
    name !== undefined ? [[['value', name], tree]] : isList(tree) ? tree.slice(1) : [],
  );
  const fields = members.flatMap(({ name, of: { result } }): (readonly [string, Type])[] => {
    if (name !== undefined) return [[name, result]];
    return result.kind === 'object' ? [...result.fields] : [];
  });
  const functions = members.map(({ of }) => of);
  return joined(functions, { call, tree: ['object', ...entries], result: objectOf(fields) });
}

function joined(functions: readonly Compiled[], whole: Pick<Compiled, 'call' | 'tree' | 'result'>): Compiled {
  const f: OfRecord = whole.call;
  const parts = functions.map(({ column }) => column);
  const reads = unionOf(functions.map((each) => each.reads));
  return { ...opaque(f), ...whole, reads, column: { kind: 'joined', parts, f } };
}
