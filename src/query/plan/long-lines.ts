import { isByRecord, type Node, type Plan } from './plan.ts';

/**
 * Lets the lines of a source be as long as a parser takes them (`longLines`), unless the program says how long they may be. It changes the
 * arguments of the sources.
 *
 *     curl … | leat 'json'        a list of some MB on one line
 */
export function allowLongLines({ sources, consumers }: Plan): void {
  for (const source of sources) {
    const isSaid = source.call.arguments.some(({ name }) => name === 'maxLine');
    if (isSaid || !('maxLine' in source.definition.parameters)) continue;
    const longest = Math.max(...consumers.get(source)!.map((node) => longestFor(node, consumers)));
    const { maxLine } = source.arguments as { readonly maxLine: number };
    if (longest > maxLine) Object.assign(source, { arguments: { ...source.arguments, maxLine: longest } });
  }
}

/** How long lines may be for what they come to, bytes; 0 where nothing is said. */
function longestFor(node: Node, consumers: Plan['consumers']): number {
  if (node.kind !== 'stage' || !isByRecord(node.definition)) return 0;
  if (node.definition.group === 'parser') return node.definition.longLines ?? 0;
  return Math.max(0, ...consumers.get(node)!.map((next) => longestFor(next, consumers)));
}
