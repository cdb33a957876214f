import type { Value } from '../../base/value.ts';
import { setField } from '../../base/value.ts';

/** How a text that a group found becomes a value. */
export type ReadGroup = (text: string, name: string) => Value;

/** The groups of a regular expression that have names. */
export interface NamedGroups {
  /** In order; there is at least one. */
  readonly names: readonly string[];
  /** Matches what the expression matches, with the groups of the same numbers; to be used in its place. */
  readonly expression: RegExp;
  /** What a match of it found, as an object by name; a group that took no part is null. */
  readonly fields: (match: RegExpExecArray, read: ReadGroup) => Value;
}

const known = new WeakMap<RegExp, { readonly groups: NamedGroups | undefined }>();

/** The named groups of a regular expression, worked out once for each; undefined where it has none. */
export function namedGroups(pattern: RegExp): NamedGroups | undefined {
  let found = known.get(pattern);
  if (found === undefined) {
    found = { groups: readGroups(pattern) };
    known.set(pattern, found);
  }
  return found.groups;
}

function readGroups(pattern: RegExp): NamedGroups | undefined {
  // An alternative that always matches shows the groups without a text.
  const { groups, length } = new RegExp(`${pattern.source}|`, pattern.flags).exec('')!;
  if (groups === undefined) return undefined;
  const names = Object.keys(groups);
  const bare = withoutNames(pattern);
  const isSame = bare !== undefined && bare.length === length && bare.names.join() === names.join();
  if (!isSame) return { names, expression: pattern, fields: (match, read) => byName(names, match.groups!, read) };
  const { expression, numbers } = bare;
  return { names, expression, fields: (match, read) => byNumber(names, numbers, match, read) };
}

/** For an expression that refers to a group by its name, or says one in a way of its own. */
function byName(names: readonly string[], groups: Record<string, string>, read: ReadGroup): Value {
  const fields: Record<string, Value> = {};
  for (const name of names) setField(fields, name, groups[name] === undefined ? null : read(groups[name], name));
  return fields;
}

function byNumber(
  names: readonly string[],
  numbers: readonly number[],
  match: RegExpExecArray,
  read: ReadGroup,
): Value {
  const fields: Record<string, Value> = {};
  for (let i = 0; i < names.length; i++) {
    const text = match[numbers[i]!];
    const name = names[i]!;
    fields[name] = text === undefined ? null : read(text, name);
  }
  return fields;
}

/** The parts of a regular expression that matter here: what is escaped, a class, a group with a name, one without. */
const PARTS = /\\k|\\.|\[(?:\\.|[^\]\\])*\]|\((\?<(?![=!])([^>]*)>)?(?!\?)/gs;

/**
 * The same expression with its groups numbered only, since the engine makes a slow object of the names for every match, and which group each
 * name had. Undefined for what is not simple.
 */
function withoutNames({ source, flags }: RegExp) {
  const names: string[] = [];
  const numbers: number[] = [];
  let length = 1;
  let isSimple = true;
  const bare = source.replace(PARTS, (part: string, _sign: string | undefined, name: string | undefined) => {
    // Without names `\k` is the letter; an object takes `__proto__` for something else.
    if (part === '\\k' || name === '__proto__') isSimple = false;
    if (part[0] !== '(') return part;
    if (name !== undefined) {
      names.push(name);
      numbers.push(length);
    }
    length++;
    return '(';
  });
  return isSimple ? { expression: new RegExp(bare, flags), names, numbers, length } : undefined;
}
