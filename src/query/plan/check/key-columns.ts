import { type Type, UNKNOWN } from '../../../base/type.ts';
import type { Key } from '../../../flow/define/parameters.ts';
import type { Expression } from '../../tree/tree.ts';

/**
 * The columns that a key stands for in the objects of `groupBy`: named after the field for `.service` and `.request.service`
 * alike, by its own names for `{a: .a, b: .b}`, else `key`.
 *
 * @param type the type of the key's value.
 */
export function columnsOf(expression: Expression, type: Type): Pick<Key, 'columns' | 'isObject'> {
  const body = expression.kind === 'lambda' ? expression.body : expression;
  if (body.kind === 'object') {
    const names = body.entries.map((entry) =>
      entry.kind === 'entry' && typeof entry.key === 'string' ? entry.key : undefined,
    );
    if (names.every((name) => name !== undefined)) {
      const fields = type.kind === 'object' ? type.fields : undefined;
      return {
        isObject: true,
        columns: names.map((name) => ({ name, type: fields?.get(name) ?? UNKNOWN })),
      };
    }
  }
  const name = body.kind === 'field' || body.kind === 'member' ? body.name : 'key';
  return { isObject: false, columns: [{ name, type }] };
}
