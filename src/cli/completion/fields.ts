import { formatType, keyType, type Type, valueType } from '../../base/type.ts';
import { functions } from '../../flow/catalog.ts';
import type { Parameter } from '../../flow/define/parameters.ts';
import { isName } from '../../query/text/names.ts';
import { endsValue, type Token } from '../../query/text/token.ts';
import type { Candidate } from './candidate.ts';
import type { Frame } from './frames.ts';

/** What stands before a point: where it starts, and the way from there. */
interface Access {
  /** The name that it starts with; undefined for the record itself, `.a` or `_.a`. */
  readonly name: string | undefined;
  readonly path: readonly (string | number)[];
}

const isPoint = (token: Token | undefined) => token?.text === '.' || token?.text === '?.';

/** @param before ends with a point. Undefined where it is no way from a name: `f(x).`. */
export function accessBefore(before: readonly Token[]): Access | undefined {
  const path: (string | number)[] = [];
  let at = before.length - 1;
  for (;;) {
    const value = before[at - 1];
    if (!endsValue(value)) return before[at]?.text === '.' ? { name: undefined, path } : undefined;
    if (value!.text === ']') {
      const [open, index] = [before[at - 3], before[at - 2]];
      if (open?.text !== '[' || !(index?.kind === 'number' || index?.kind === 'string')) return undefined;
      path.unshift(typeof index.value === 'bigint' ? Number(index.value) : index.value);
      at -= 3;
      if (!endsValue(before[at - 1])) return undefined;
    } else if (value!.kind !== 'name') {
      return undefined;
    } else if (isPoint(before[at - 2])) {
      path.unshift(value!.text);
      at -= 2;
    } else {
      return { name: value!.text === '_' ? undefined : value!.text, path };
    }
  }
}

/** What a value is from which `access` starts, in an argument of a stage; undefined where nothing is known. */
export function startOf(
  { name }: Access,
  parameter: Parameter<unknown>,
  record: Type,
  argument: readonly Token[],
): Type | undefined {
  const takes = parameter.accepts.kind === 'lambda' ? parameter.accepts.takes(record) : [record];
  if (name === undefined) return takes[0];
  const index = parametersOf(argument).indexOf(name);
  return index === -1 ? undefined : takes[index];
}

/** The names in front of the arrow that an argument starts with. */
function parametersOf(argument: readonly Token[]): readonly string[] {
  const arrow = argument.findIndex(({ text }) => text === '=>');
  return argument.slice(0, Math.max(0, arrow)).flatMap(({ kind, text }) => (kind === 'name' ? [text] : []));
}

/** What a value's part is that a path leads to. */
export function typeAt(type: Type | undefined, path: readonly (string | number)[]): Type | undefined {
  return path.reduce<Type | undefined>((found, step) => (found === undefined ? undefined : partOf(found, step)), type);
}

function partOf(type: Type, step: string | number): Type | undefined {
  if (type.kind === 'object') {
    return type.fields.get(String(step));
  }
  if (step === 0) return keyType(type);
  return typeof step === 'number' ? valueType(type) : undefined;
}

/** What may stand behind the point: the fields of an object, what a text, a number or a list can do, or all of it. */
export function membersOf(type: Type | undefined): readonly Candidate[] {
  if (type?.kind === 'object') {
    return [...type.fields].flatMap(([name, of]) => (isName(name) ? [{ text: name, summary: formatType(of) }] : []));
  }
  const receiver = type?.kind === 'pair' ? 'list' : type?.kind;
  const own = [...functions].filter((definition) => definition.receiver === receiver);
  const methods =
    receiver !== undefined && own.length > 0
      ? own
      : [...functions].filter((definition) => definition.receiver !== undefined);
  const isMeasured = receiver === 'string' || receiver === 'list' || methods !== own;
  return [
    ...(isMeasured ? [{ text: 'length', summary: 'How long a text or a list is' }] : []),
    ...methods.map(({ name, summary }) => ({ text: name, summary })),
  ];
}

/** Whether a point in these brackets is in a function of the stage itself, and not in one that a method takes: `.items.map(_.`. */
export function isOwnFunction(frames: readonly Frame[]): boolean {
  return frames.length > 0 && frames.slice(1).every(({ isMethod }) => !isMethod);
}
