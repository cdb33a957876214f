import type { ArgumentNode, FunctionNode, Node } from './node.ts';

/** The name of the one field that a member or an index looks at. */
export function fieldName(node: ArgumentNode): string | undefined {
  if (node.kind === 'member') return node.name;
  if (node.kind !== 'index' || node.index.kind !== 'constant') return undefined;
  return typeof node.index.value === 'string' ? node.index.value : undefined;
}

/** The expressions directly within one. */
export function partsOf(node: Exclude<ArgumentNode, FunctionNode>): readonly ArgumentNode[] {
  switch (node.kind) {
    case 'constant':
    case 'variable':
    case 'pattern':
      return [];
    case 'template':
      return node.parts;
    case 'list':
      return node.items.map((item) => item.node);
    case 'object':
      return node.entries.flatMap((entry): readonly Node[] =>
        entry.kind === 'entry' && typeof entry.key !== 'string' ? [entry.key, entry.value] : [entry.value],
      );
    case 'member':
      return [node.object];
    case 'index':
      return [node.object, node.index];
    case 'unary':
      return [node.operand];
    case 'binary':
    case 'logical':
      return [node.left, node.right];
    case 'conditional':
      return [node.condition, node.yes, node.no];
    case 'call':
    case 'imported':
      return node.arguments;
    case 'method':
      return [node.object, ...node.arguments];
  }
}
