import type { Column } from '../../flow/define/parameters.ts';
import type { Node } from '../../query/plan/plan.ts';
import { givesSome } from './gives-some.ts';

/** What is worked out by these adds up over groups; what else may not (a mean, a percentile, how many different ones). */
const AGGREGATES = ['count', 'sum'];
const STAGES = ['countBy', 'countByValue', 'countByKey'];

/** The columns of results whose values add up, so that there is a total of them, of which each row is a share. */
export function sumsOf(node: Node): readonly string[] {
  if (node.kind === 'sink' || node.kind === 'window') return sumsOf(node.input);
  if (node.kind !== 'stage') return [];
  const { definition, arguments: args, input } = node;
  if (givesSome(definition)) return sumsOf(input);
  if (STAGES.includes(definition.name)) return ['value'];
  const braced = Object.entries(definition.parameters).find(([, { accepts }]) => accepts.kind === 'aggregates');
  const columns = (braced === undefined ? [] : (args[braced[0]] ?? [])) as readonly Column[];
  return columns.flatMap(({ name, value }) =>
    value.kind === 'aggregate' && AGGREGATES.includes(value.word.name) ? [name] : [],
  );
}
