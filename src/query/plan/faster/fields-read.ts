import type { FieldSet } from '../../../flow/define/compiled.ts';
import type { ArgumentNode, FunctionNode, Node } from '../expression/node.ts';

export function unionOf(sets: Iterable<FieldSet>): FieldSet {
  const names = new Set<string>();
  for (const set of sets) {
    if (set === 'all') return 'all';
    for (const name of set) names.add(name);
  }
  return names;
}

/** The fields of its first argument that an expression looks at: `.a.b`, `_["a"]` and `x => x.a` read `a`; a parameter that stands alone, as in `upper(_)` or `{..._}`, may be read as a whole. */
export function fieldsOf({ slots, body }: FunctionNode): FieldSet {
  const [record, ...others] = slots;
  // What a second parameter is, only its stage knows.
  if (others.length > 0) return 'all';
  const names = new Set<string>();
  const readsWhole = (node: ArgumentNode): boolean => {
    if (node.kind === 'function') return readsWhole(node.body);
    const name = fieldName(node);
    if (name !== undefined && isRecord(node)) {
      names.add(name);
      return false;
    }
    if (node.kind === 'variable') return node.slot === record;
    return partsOf(node).some(readsWhole);
  };
  const isRecord = (node: ArgumentNode) =>
    (node.kind === 'member' || node.kind === 'index') && node.object.kind === 'variable' && node.object.slot === record;
  return readsWhole(body) ? 'all' : names;
}

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
