import type { Place, Problem } from '../../../base/problem.ts';
import type { Type } from '../../../base/type.ts';
import type { FieldPath, MadeFields, NamedPath } from '../../../flow/define/named-fields.ts';
import type { Parameters } from '../../../flow/define/parameters.ts';
import { isName } from '../../text/names.ts';
import { printExpression } from '../../text/printer.ts';
import type { Argument, Call, Expression } from '../../tree/tree.ts';
import { bindFunction } from '../compiled/bind.ts';
import { ownedPlaceholders } from '../expression/placeholders.ts';
import type { Scope } from '../expression/scope.ts';
import { planProblem } from './codes.ts';
import { argumentText } from './without-key.ts';

/** What an argument became; undefined if there are problems. */
export interface BoundFields<T = unknown> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

/**
 * How an argument that names fields is bound.
 *
 * @param word the stage that it is an argument of.
 * @param input what flows into the stage.
 */
type BindFields = (word: string, expression: Expression, input: Type, scope: Scope) => BoundFields;

/** Binds an argument that has to be a field: `.a`, `.b.c`, `_["a b"]`, `x => x.a`. */
function bindPath(word: string, expression: Expression, input: Type, scope: Scope): BoundFields<FieldPath> {
  const names = namesOf(expression);
  if (names === undefined || names.length === 0) {
    return { value: undefined, problems: [noField(word, expression)] };
  }
  const { compiled, problems } = bindFunction(expression, { takes: [input], placeholders: 1 }, scope);
  return { value: { of: compiled, names }, problems };
}

/** Binds an argument that has to be fields with other names: `{new: .old}`. */
function bindNamedPaths(
  word: string,
  expression: Expression,
  input: Type,
  scope: Scope,
): BoundFields<readonly NamedPath[]> {
  if (expression.kind !== 'object') {
    const names = namesOf(expression);
    const old = names?.length === 1 ? printExpression(expression) : '.old';
    const problem = needsField(word, expression.place, 'names and fields in braces', expression, `{new: ${old}}`);
    return { value: undefined, problems: [problem] };
  }
  const problems: Problem[] = [];
  const value = expression.entries.flatMap((entry): readonly NamedPath[] => {
    if (entry.kind === 'spread' || typeof entry.key !== 'string') {
      problems.push(needsField(word, entry.place, 'plain names', entry.value, '{new: .old}'));
      return [];
    }
    const text = entry.value.kind === 'literal' ? entry.value.value : undefined;
    if (typeof text === 'string' && isName(entry.key)) {
      const turned = `{${isName(text) ? text : printExpression(entry.value)}: .${entry.key}}`;
      problems.push(needsField(word, entry.place, 'the new name first, then the field', undefined, turned));
      return [];
    }
    const names = namesOf(entry.value);
    if (names === undefined || names.length === 0) {
      problems.push(noField(word, entry.value, `set({${entry.key}: ${printExpression(entry.value)}})`));
      return [];
    }
    const bound = bindPath(word, entry.value, input, scope);
    problems.push(...bound.problems);
    return bound.value === undefined ? [] : [{ name: entry.key, path: bound.value }];
  });
  return { value, problems };
}

/** Binds an argument that has to be fields with what they are worked out by: `{x: .ms * 2}`. */
function bindMadeFields(word: string, expression: Expression, input: Type, scope: Scope): BoundFields<MadeFields> {
  const body = expression.kind === 'lambda' ? expression.body : expression;
  const entries = body.kind === 'object' ? body.entries : [];
  const names = entries.map((entry) =>
    entry.kind === 'entry' && typeof entry.key === 'string' ? entry.key : undefined,
  );
  if (body.kind !== 'object' || !names.every((name) => name !== undefined)) {
    const text = printExpression(body);
    // The record is spread once.
    const own = text.startsWith('{..._, ') ? text : `{..._, ${text.slice(1)}`;
    const instead = body.kind === 'object' ? `map(${own})` : `{name: ${text}}`;
    const needed = 'names with values in braces';
    return { value: undefined, problems: [needsField(word, expression.place, needed, expression, instead)] };
  }
  // The same for all records: `set({source: "web"})`.
  const isConstant = expression.kind !== 'lambda' && ownedPlaceholders(expression, scope).length === 0;
  const lambda: Expression = isConstant
    ? { kind: 'lambda', parameters: [], body, place: expression.place }
    : expression;
  const { compiled, problems } = bindFunction(lambda, { takes: [input], placeholders: 1 }, scope);
  return { value: { of: compiled, names }, problems };
}

/** Binds an argument that has to be columns: `.a`, `"a"`, `[.a, .b]`. */
function bindColumnNames(word: string, expression: Expression): BoundFields<readonly string[]> {
  const items = expression.kind === 'list' ? expression.items : [expression];
  const names = items.map((item) => {
    if (item.kind === 'literal') return typeof item.value === 'string' ? item.value : undefined;
    const path = item.kind === 'spread' ? undefined : namesOf(item);
    return path?.length === 1 ? path[0] : undefined;
  });
  if (names.length > 0 && names.every((name) => name !== undefined)) return { value: names, problems: [] };
  const needed = 'columns, such as `.id` or `[.day, .path]`';
  return { value: undefined, problems: [needsField(word, expression.place, needed, expression, `key: .id`)] };
}

/** How an argument that names fields is bound, by its kind. */
export const FIELD_BINDERS: ReadonlyMap<string, BindFields> = new Map<string, BindFields>([
  ['path', bindPath],
  ['namedPaths', bindNamedPaths],
  ['fields', bindMadeFields],
  ['columnNames', bindColumnNames],
]);

/** The problem of what has to stand in braces and is given like arguments with names: `set(x: .ms * 2)`, `groupBy(.a, n: count())`. */
export function withoutBraces(call: Call, parameters: Parameters): Problem | undefined {
  const braced = Object.values(parameters).find(({ accepts }) => BRACED.has(accepts.kind));
  const isStray = ({ name }: Argument) => name !== undefined && !Object.hasOwn(parameters, name);
  const stray = call.arguments.filter(isStray);
  const hasBraces = call.arguments.some(({ name, value }) => name === undefined && value.kind === 'object');
  if (braced === undefined || stray.length === 0 || hasBraces) return undefined;
  const written = (argument: Argument) =>
    argument.name === undefined ? argumentText(argument) : `${argument.name}: ${argumentText(argument)}`;
  const positional = call.arguments.filter(({ name }) => name === undefined);
  const named = call.arguments.filter((argument) => argument.name !== undefined && !isStray(argument));
  const all = [...positional.map(written), `{${stray.map(written).join(', ')}}`, ...named.map(written)];
  const place = { start: stray[0]!.namePlace!.start, end: stray.at(-1)!.value.place.end };
  const isOfAggregates = braced.accepts.kind === 'aggregates';
  return planProblem(isOfAggregates ? 'needs-aggregates' : 'needs-field', place, {
    message: `\`${call.name}\` needs ${isOfAggregates ? 'aggregates with their names' : 'names with values'} in braces`,
    label: 'no braces around them',
    help: `\`${call.name}(${all.join(', ')})\``,
  });
}

const BRACED: ReadonlySet<string> = new Set(['namedPaths', 'fields', 'aggregates']);

/** The names on the way from the record to a field; undefined where an expression is anything else. */
function namesOf(expression: Expression, parameter?: string): readonly string[] | undefined {
  const inner = (object: Expression, name: string) => {
    const before = namesOf(object, parameter);
    return before && [...before, name];
  };
  switch (expression.kind) {
    case 'placeholder':
      return [];
    case 'name':
      return expression.name === parameter ? [] : undefined;
    case 'field':
      return [expression.name];
    case 'member':
      return inner(expression.object, expression.name);
    case 'index': {
      const { index, object } = expression;
      return index.kind === 'literal' && typeof index.value === 'string' ? inner(object, index.value) : undefined;
    }
    case 'lambda':
      return expression.parameters.length === 1 ? namesOf(expression.body, expression.parameters[0]!.name) : undefined;
    default:
      return undefined;
  }
}

/** @param otherwise what to write where it is worked out. */
function noField(
  word: string,
  expression: Expression,
  otherwise = word === 'pick' ? `map({name: ${printExpression(expression)}})` : `${word}(.name)`,
): Problem {
  const written = printExpression(expression);
  const instead = (help: string) =>
    needsField(word, expression.place, 'fields, such as `.a` or `.b.c`', expression, help);
  if (expression.kind === 'name') return instead(`${word}(.${expression.name})`);
  if (expression.kind === 'literal' && typeof expression.value === 'string') {
    return instead(`${word}(${isName(expression.value) ? `.${expression.value}` : `_[${written}]`})`);
  }
  if (expression.kind === 'list' && expression.items.length > 0) return instead(`${word}(${written.slice(1, -1)})`);
  return instead(expression.kind === 'object' && word === 'pick' ? `map(${written})` : otherwise);
}

function needsField(
  word: string,
  place: Place,
  needed: string,
  found: Expression | undefined,
  instead: string,
): Problem {
  const shown = found === undefined ? '' : `, found \`${printExpression(found)}\``;
  return planProblem('needs-field', place, {
    message: `\`${word}\` needs ${needed}${shown}`,
    label: found === undefined ? 'the other way round' : 'not a field',
    help: instead.startsWith('{') ? `\`${word}(${instead})\`` : `\`${instead}\``,
  });
}
