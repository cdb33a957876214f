/**
 * A tree in which some parts have given way to others.
 *
 * @param change gives what stands in the place of a part; the part itself where it stays, and is then looked into.
 */
export function mapTree<T>(tree: T, change: (part: object) => object): T {
  if (typeof tree !== 'object' || tree === null) return tree;
  if (Array.isArray(tree)) return tree.map((item) => mapTree(item, change)) as T;
  const changed = change(tree);
  if (changed !== tree) return changed as T;
  return Object.fromEntries(Object.entries(tree).map(([name, part]) => [name, mapTree(part, change)])) as T;
}
