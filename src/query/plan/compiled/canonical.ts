import type { Value } from '../../../base/value.ts';
import type { ArgumentNode, FunctionNode, ObjectEntry } from '../expression/node.ts';

/** Where a variable was given: the nesting of its lambda from the outermost one, 0, and its place among the parameters. */
type Places = ReadonlyMap<number, readonly [level: number, index: number]>;

/**
 * What a function does as plain data, in lists that begin with what they are. Names of parameters, and how many of them are not used, make
 * no difference.
 *
 *     _.ms > 5s     x => x.ms > 5000     (record, i) => record.ms > 5000       [">", ["member", ["given", 0, 0], "ms"], ["value", 5000]]
 */
export function canonicalTree(node: FunctionNode): Value {
  return ofFunction(node, new Map(), 0);
}

function ofFunction({ slots, body }: FunctionNode, outer: Places, level: number): Value {
  const places = new Map(outer);
  for (const [index, slot] of slots.entries()) places.set(slot, [level, index]);
  return ofNode(body, places, level);
}

function ofNode(node: ArgumentNode, places: Places, level: number): Value {
  const tree = (inner: ArgumentNode) => ofNode(inner, places, level);
  switch (node.kind) {
    case 'function':
      return ['function', ofFunction(node, places, level + 1)];
    case 'pattern':
      return ['pattern', node.regex.source, node.regex.flags];
    case 'constant':
      return ['value', node.value];
    case 'variable':
      return ['given', ...places.get(node.slot)!];
    case 'template':
      return ['template', [...node.texts], ...node.parts.map(tree)];
    case 'list':
      return ['list', ...node.items.map((item) => (item.spread ? ['spread', tree(item.node)] : tree(item.node)))];
    case 'object':
      return ['object', ...node.entries.map((entry) => ofEntry(entry, tree))];
    case 'member':
      return ['member', tree(node.object), node.name];
    case 'index':
      return indexOf(
        node.index.kind === 'constant' ? node.index.value : undefined,
        tree(node.object),
        tree(node.index),
      );
    case 'unary':
      return ['unary', node.operator, tree(node.operand)];
    case 'binary':
    case 'logical':
      return [node.operator, tree(node.left), tree(node.right)];
    case 'conditional':
      return ['if', tree(node.condition), tree(node.yes), tree(node.no)];
    case 'call':
      return ['call', node.definition.name, ...node.arguments.map(tree)];
    case 'method':
      return ['method', node.name, tree(node.object), ...node.arguments.map(tree)];
    case 'imported':
      return ['imported', node.name, ...node.arguments.map(tree)];
  }
}

/** `_["ms"]` is `_.ms`, but for `length`, which the member alone asks of texts and lists. */
function indexOf(name: Value | undefined, object: Value, index: Value): Value {
  return typeof name === 'string' && name !== 'length' ? ['member', object, name] : ['index', object, index];
}

function ofEntry(entry: ObjectEntry, tree: (node: ArgumentNode) => Value): Value {
  if (entry.kind === 'spread') return ['spread', tree(entry.value)];
  return [typeof entry.key === 'string' ? ['value', entry.key] : tree(entry.key), tree(entry.value)];
}
