import type { Value } from '../../../base/value.ts';
import type { MayRegroup } from '../../../flow/define/compiled.ts';
import { type Code, constant, FIRST } from '../expression/code.ts';
import { compileIndex, compileMember } from '../expression/compile-member.ts';
import type { ArgumentNode, FunctionNode, Node } from '../expression/node.ts';

/**
 * Which values a function that combines two gives the same of, however they are grouped, in their order: f(f(x, y), z) is f(x, f(y, z)), to
 * the last bit. That holds where it only takes members and adds members of the same place up, and what is added are whole numbers from 0
 * on whose sums are safe integers: no partial sum is more than the whole. It holds with nulls too, which a sum of is null.
 *
 * @returns a test of the values, and of what became of them, since sums may be too large; undefined where nothing is known.
 */
export function regroupingOf({ slots: [a, b, ...others], body }: FunctionNode): MayRegroup | undefined {
  if (a === undefined || b === undefined || others.length > 0) return undefined;
  const sums = sumsWithin(body, [a, b], []);
  return sums && ((value) => sums.every((code) => isCount(code(value, null, []))));
}

function isCount(value: Value): boolean {
  return value === null || (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value));
}

/** The way to a member, from the outside. */
type Path = readonly (string | number)[];

/**
 * The members that are added up where an expression gives, at a path of its result, what it takes of the same path of its parameters;
 * undefined where it does anything else.
 */
function sumsWithin(node: ArgumentNode, slots: readonly [number, number], path: Path): readonly Code[] | undefined {
  const both = (parts: readonly ArgumentNode[]) =>
    slots.every((slot) => parts.some((part) => isAt(part, slot, path))) && parts.length === 2;
  switch (node.kind) {
    case 'list':
      if (node.items.some(({ spread }) => spread)) return undefined;
      return joined(node.items.map((item, i) => sumsWithin(item.node, slots, [...path, i])));
    case 'object':
      return joined(
        node.entries.map(({ value, ...entry }) =>
          entry.kind === 'entry' && typeof entry.key === 'string'
            ? sumsWithin(value, slots, [...path, entry.key])
            : undefined,
        ),
      );
    case 'binary':
      return node.operator === '+' && both([node.left, node.right]) ? [reader(path)] : undefined;
    case 'call':
      if (node.definition.regroups === undefined || !both(node.arguments)) return undefined;
      return node.definition.regroups === 'counts' ? [reader(path)] : [];
    case 'variable':
    case 'member':
    case 'index':
      return slots.some((slot) => isAt(node, slot, path)) ? [] : undefined;
    default:
      return undefined;
  }
}

function joined(parts: readonly (readonly Code[] | undefined)[]): readonly Code[] | undefined {
  const all = parts.flatMap((part) => part ?? []);
  return parts.includes(undefined) ? undefined : all;
}

/** Whether an expression is the member of a parameter at this path. */
function isAt(node: ArgumentNode, slot: number, path: Path): boolean {
  const name = path.at(-1);
  if (name === undefined) return node.kind === 'variable' && node.slot === slot;
  // The length of a text or a list is asked for by the same word.
  return name !== 'length' && lastOf(node) === name && isAt((node as { object: Node }).object, slot, path.slice(0, -1));
}

function lastOf(node: ArgumentNode): Value | undefined {
  if (node.kind === 'member') return node.name;
  return node.kind === 'index' && node.index.kind === 'constant' ? node.index.value : undefined;
}

function reader(path: Path): Code {
  return path.reduce(
    (code, step) => (typeof step === 'string' ? compileMember(code, step) : compileIndex(code, constant(step), '')),
    FIRST,
  );
}
