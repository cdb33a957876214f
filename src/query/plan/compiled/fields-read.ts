import { isWhat, itemPath, namesOfPath, pathOf, whatIs, whole } from '../../../base/field-path.ts';
import type { FieldSet } from '../../../flow/define/compiled.ts';
import type { ArgumentNode, FunctionNode, Node } from '../expression/node.ts';
import { fieldName, partsOf } from '../expression/parts.ts';

export function unionOf(sets: Iterable<FieldSet>): FieldSet {
  const names = new Set<string>();
  for (const set of sets) {
    if (set === 'all') return 'all';
    for (const name of set) names.add(name);
  }
  return names;
}

/**
 * The fields of its first argument that an expression looks at, as paths (base/field-path): `.a.b`, `_["a"]["b"]` and `x => x.a.b` read `a.b`, `.a[0].b` reads
 * `a`, `.a != null` only what `a` is, `_[2]` an item; a parameter that stands alone, as in `upper(_)` or `{..._}`, may be read as a whole.
 */
export function fieldsOf({ slots, body }: FunctionNode): FieldSet {
  const [record, ...others] = slots;
  // What a second parameter is, only its stage knows.
  if (others.length > 0) return 'all';
  const paths = new Set<string>();
  const readsWhole = (node: ArgumentNode): boolean => {
    if (node.kind === 'function') return readsWhole(node.body);
    const path = presenceIn(node, record)?.path ?? itemIn(node, record) ?? longestPath(node, record);
    if (path !== undefined) paths.add(path);
    if (path !== undefined) return false;
    if (node.kind === 'variable') return node.slot === record;
    return partsOf(node).some(readsWhole);
  };
  if (readsWhole(body)) return 'all';
  return new Set([...paths].filter((path) => !(isWhat(path) && paths.has(whole(path)))));
}

/** The names behind the record, where an expression is no more than a field of it, or of an object in it: `.a["b"]`. */
function namesBehind(node: ArgumentNode, record: number | undefined): readonly string[] | undefined {
  if (node.kind === 'variable') return node.slot === record ? [] : undefined;
  const name = fieldName(node);
  if (name === undefined || (node.kind !== 'member' && node.kind !== 'index')) return undefined;
  const before = namesBehind(node.object, record);
  return before && [...before, name];
}

/** The path of the field that an expression looks at, or of the one that it looks into. */
function longestPath(node: ArgumentNode, record: number | undefined): string | undefined {
  const names = namesBehind(node, record);
  return names && pathOf(names);
}

/** A record that is made of a row has room for its items up to the highest that is looked at; those behind it are looked for in whole lists. */
const HIGHEST_ITEM = 1000;

/** The path of an item of the record, where an expression is no more than that. */
function itemIn(node: ArgumentNode, record: number | undefined): string | undefined {
  if (node.kind !== 'index' || node.object.kind !== 'variable' || node.object.slot !== record) return undefined;
  const at = node.index.kind === 'constant' ? node.index.value : undefined;
  return typeof at === 'number' && Number.isInteger(at) && at >= 0 && at <= HIGHEST_ITEM ? itemPath(at) : undefined;
}

/** The path of a field, or of an item, where an expression is no more than that. */
export function pathIn(node: Node, record: number | undefined): string | undefined {
  const item = itemIn(node, record);
  if (item !== undefined) return item;
  const names = namesBehind(node, record);
  const path = names && pathOf(names);
  return path !== undefined && namesOfPath(path).length === names!.length ? path : undefined;
}

/** What a comparison with null asks: `.a != null`, `null == _`. */
export function presenceIn(
  node: ArgumentNode,
  record: number | undefined,
): { readonly path: string; readonly isThere: boolean } | undefined {
  if (node.kind !== 'binary' || (node.operator !== '==' && node.operator !== '!=')) return undefined;
  const { left, right } = node;
  const isNull = (side: Node) => side.kind === 'constant' && side.value === null;
  const other = isNull(right) ? left : isNull(left) ? right : undefined;
  if (other === undefined) return undefined;
  const isRecord = other.kind === 'variable' && other.slot === record;
  const path = isRecord ? '' : pathIn(other, record);
  return path === undefined ? undefined : { path: whatIs(path), isThere: node.operator === '!=' };
}
