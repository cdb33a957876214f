import type { StageDefinition } from '../../flow/define.ts';
import type { Expression } from '../tree/tree.ts';
import { matchArguments } from './match-arguments.ts';
import { inputsOf, type Node, type Plan, type StageNode } from './plan.ts';

/**
 * Puts `countByValue` where a program counts in two steps, as is usual in Spark; the answer is the same.
 *
 *     words | map([_, 1]) | reduceByKey(_ + _)      words | countByValue
 *
 * @param countByValue its definition.
 */
export function countPairs(plan: Plan, countByValue: StageDefinition): Plan {
  const rewritten = new Map<Node, Node>();
  const rewrite = (node: Node): Node => {
    const known = rewritten.get(node);
    if (known !== undefined) return known;
    const result = rewriteNode(node);
    rewritten.set(node, result);
    return result;
  };
  const rewriteNode = (node: Node): Node => {
    if (node.kind === 'stage' && isSumOfOnes(node)) {
      const { call, window, rhythm, type, closed } = node;
      return {
        kind: 'stage',
        call: { ...call, name: countByValue.name, arguments: [], bracketed: false },
        definition: countByValue,
        arguments: {},
        type,
        rhythm,
        input: rewrite((node.input as StageNode).input),
        ...(window === undefined ? {} : { window }),
        ...(closed === undefined ? {} : { closed }),
      };
    }
    const inputs = inputsOf(node);
    const changed = inputs.map(rewrite);
    if (changed.every((input, i) => input === inputs[i])) return node;
    return node.kind === 'streams'
      ? { ...node, left: changed[0]!, right: changed[1]! }
      : ({ ...node, input: changed[0]! } as Node);
  };
  return { ...plan, outputs: plan.outputs.map(rewrite) };
}

function isSumOfOnes(node: StageNode): boolean {
  const { input, window } = node;
  if (node.definition.name !== 'reduceByKey' || input.kind !== 'stage' || input.definition.name !== 'map') return false;
  // A window by event time asks the pair for its time.
  if (window?.spec.kind === 'event') return false;
  const [pair, sum] = [input, node].map(functionOf);
  return pair !== undefined && sum !== undefined && isWithOne(pair) && isSum(sum);
}

/** The argument `f`, as it was written. */
function functionOf({ call, definition }: StageNode): Expression | undefined {
  const value = matchArguments(call, definition.parameters).given.get('f')?.[0]?.value;
  return value?.kind === 'stream' ? undefined : value;
}

/** `[_, 1]` or `x => [x, 1]` */
function isWithOne(f: Expression): boolean {
  const body = f.kind === 'lambda' ? f.body : f;
  if (body.kind !== 'list' || body.items.length !== 2) return false;
  const [key, one] = body.items;
  if (one?.kind !== 'literal' || one.value !== 1 || one.unit !== undefined) return false;
  return f.kind === 'lambda'
    ? f.parameters.length === 1 && key?.kind === 'name' && key.name === f.parameters[0]!.name
    : key?.kind === 'placeholder';
}

/** `_ + _`, `(a, b) => a + b` or `(a, b) => b + a` */
function isSum(f: Expression): boolean {
  const body = f.kind === 'lambda' ? f.body : f;
  if (body.kind !== 'binary' || body.operator !== '+') return false;
  const sides = [body.left, body.right];
  if (f.kind !== 'lambda') return sides.every(({ kind }) => kind === 'placeholder');
  const names = f.parameters.map(({ name }) => name);
  const summed = sides.map((side) => (side.kind === 'name' ? side.name : undefined));
  return names.length === 2 && names[0] !== names[1] && names.every((name) => summed.includes(name));
}
