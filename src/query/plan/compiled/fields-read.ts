import type { FieldSet } from '../../../flow/define/compiled.ts';
import type { ArgumentNode, FunctionNode } from '../expression/node.ts';
import { fieldName, partsOf } from '../expression/parts.ts';

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
