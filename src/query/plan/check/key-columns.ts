import { type Type, UNKNOWN } from '../../../base/type.ts';
import type { Compiled } from '../../../flow/define/compiled.ts';
import type { Key } from '../../../flow/define/named-fields.ts';
import type { Argument, Expression } from '../../tree/tree.ts';
import { joinedAsList, joinedAsObject } from '../compiled/joined.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** One of the expressions of a key, as it was written and as it was bound. */
export interface KeyPart {
  readonly expression: Expression;
  readonly of: Compiled;
}

/**
 * What records are grouped by, and its columns in the objects of `groupBy`: named after the field for `.service` and `.request.service`
 * alike, by its own names for `{a: .a, b: .b}`, else `key`. Several expressions are one key with the columns of all of them.
 *
 * @param asList whether several are a list.
 */
export function keyOf(parts: readonly [KeyPart, ...KeyPart[]], asList: boolean): Key {
  if (parts.length === 1) return oneKey(parts[0]);
  const each = parts.map(oneKey);
  const columns = each.flatMap((part) => part.columns);
  if (asList) return { of: joinedAsList(each.map(({ of }) => of)), columns, isObject: false };
  const members = each.map(({ of, columns: own, isObject }) => ({ name: isObject ? undefined : own[0]!.name, of }));
  return { of: joinedAsObject(members), columns, isObject: true };
}

/** The same of one expression. */
export function oneKey({ expression, of }: KeyPart): Key {
  return { of, ...columnsOf(expression, of.result) };
}

function columnsOf(expression: Expression, type: Type): Pick<Key, 'columns' | 'isObject'> {
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

/**
 * Columns of a key that have the name of another one, or of one that is the word's own: one of them would be lost without a word.
 *
 * @param given the arguments that became the key; at least one.
 */
export function columnTwice(
  word: string,
  { columns }: Key,
  ownColumns: readonly string[],
  given: readonly Argument[],
): PlanProblem | undefined {
  const names = [...columns.map(({ name }) => name), ...ownColumns];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return undefined;
  const place = { start: given[0]!.value.place.start, end: given.at(-1)!.value.place.end };
  return planProblem('column-twice', place, {
    message: `\`${word}\` would give two columns named \`${twice}\``,
    label: 'two of one name',
    help: `give them names: \`${word}({a: …, b: …}, …)\``,
  });
}
