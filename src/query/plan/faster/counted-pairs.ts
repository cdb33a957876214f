import type { StageDefinition } from '../../../flow/define/stage.ts';
import type { WordList } from '../../../flow/define/word-list.ts';
import type { Expression } from '../../tree/tree.ts';
import { oneKey } from '../check/key-columns.ts';
import { matchArguments } from '../check/match-arguments.ts';
import { bindFunction } from '../compiled/bind.ts';
import { ownedPlaceholders } from '../expression/placeholders.ts';
import type { Scope } from '../expression/scope.ts';
import { inputsOf, type Node, type Plan, planOf, type StageNode } from '../plan.ts';

/**
 * Puts `countByValue` and `countBy` where a program counts in two steps, as is usual in Spark; the answer is the same.
 *
 *     words | map([_, 1]) | reduceByKey(_ + _)            words | countByValue
 *     json | map([.status, 1]) | reduceByKey(_ + _)       json | countBy(.status)
 *
 * @param stages has the definitions of both.
 */
export function countPairs(plan: Plan, stages: WordList<StageDefinition>, scope: Scope): Plan {
  const rewritten = new Map<Node, Node>();
  const rewrite = (node: Node): Node => {
    const known = rewritten.get(node);
    if (known !== undefined) return known;
    const result = rewriteNode(node);
    rewritten.set(node, result);
    return result;
  };
  const counting = (node: StageNode): StageNode | undefined => {
    const pair = pairOfOne(node);
    if (pair === undefined) return undefined;
    const { input } = node.input as StageNode;
    if (isItself(pair))
      return counted(node, { definition: stages.get('countByValue')!, arguments: {} }, rewrite(input));
    const f = keyOf(pair, scope);
    if (f === undefined) return undefined;
    const { compiled, problems } = bindFunction(f, { takes: [input.type], placeholders: 1 }, scope);
    if (problems.length > 0) return undefined;
    const key = oneKey({ expression: f, of: compiled });
    return counted(node, { definition: stages.get('countBy')!, arguments: { f: key }, written: f }, rewrite(input));
  };
  const rewriteNode = (node: Node): Node => {
    const stage = node.kind === 'stage' ? counting(node) : undefined;
    if (stage !== undefined) return stage;
    const inputs = inputsOf(node);
    const changed = inputs.map(rewrite);
    if (changed.every((input, i) => input === inputs[i])) return node;
    return node.kind === 'streams'
      ? { ...node, left: changed[0]!, right: changed[1]! }
      : ({ ...node, input: changed[0]! } as Node);
  };
  return planOf({ ...plan, outputs: plan.outputs.map(rewrite) });
}

interface Counting extends Pick<StageNode, 'definition' | 'arguments'> {
  /** Its argument in the program. */
  readonly written?: Expression;
}

/** The stage that stands for a sum of ones, in its place and with its window. */
function counted(node: StageNode, { definition, arguments: args, written }: Counting, input: Node): StageNode {
  const { call, name, window, rhythm, type, closed } = node;
  const given = written === undefined ? [] : [{ value: written }];
  return {
    kind: 'stage',
    call: { ...call, name: definition.name, arguments: given, bracketed: given.length > 0 },
    definition,
    arguments: args,
    type,
    rhythm,
    input,
    ...(name === undefined ? {} : { name }),
    ...(window === undefined ? {} : { window }),
    ...(closed === undefined ? {} : { closed }),
  };
}

/** The function of `map` that makes pairs with 1 of records, where `node` is the sum of these ones by key. */
function pairOfOne(node: StageNode): PairOfOne | undefined {
  const { input, window } = node;
  if (node.definition.name !== 'reduceByKey' || input.kind !== 'stage' || input.definition.name !== 'map')
    return undefined;
  // What is kept of it belongs to a name of its own.
  if (input.name !== undefined && input.name !== node.name) return undefined;
  // A window by event time asks the pair for its time.
  if (window?.spec.kind === 'event') return undefined;
  const [pair, sum] = [input, node].map(functionOf);
  return pair !== undefined && sum !== undefined && isSum(sum) ? withOne(pair) : undefined;
}

/** The argument `f`, as it was written. */
function functionOf({ call, definition }: StageNode): Expression | undefined {
  const value = matchArguments(call, definition.parameters).given.get('f')?.[0]?.value;
  return value?.kind === 'stream' ? undefined : value;
}

interface PairOfOne {
  readonly f: Expression;
  readonly key: Expression;
}

/** `[_, 1]`, `[.status, 1]` or `x => [x.status, 1]` */
function withOne(f: Expression): PairOfOne | undefined {
  const body = f.kind === 'lambda' ? f.body : f;
  if (body.kind !== 'list' || body.items.length !== 2 || (f.kind === 'lambda' && f.parameters.length !== 1))
    return undefined;
  const [key, one] = body.items;
  if (key?.kind === 'spread' || one?.kind !== 'literal' || one.value !== 1 || one.unit !== undefined) return undefined;
  return { f, key: key! };
}

/** Whether the key is the record itself. */
function isItself({ f, key }: PairOfOne): boolean {
  return f.kind === 'lambda' ? key.kind === 'name' && key.name === f.parameters[0]!.name : key.kind === 'placeholder';
}

/** The function that gives the key; undefined where it depends on nothing. */
function keyOf({ f, key }: PairOfOne, scope: Scope): Expression | undefined {
  if (f.kind === 'lambda') return { ...f, body: key };
  return ownedPlaceholders(key, scope).length > 0 ? key : undefined;
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
