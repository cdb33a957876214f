import type { Described } from '../../../flow/define/word.ts';
import { mapTree } from '../../tree/map-tree.ts';
import type { Call } from '../../tree/tree.ts';

interface AliasedWords {
  readonly stages: readonly Described[];
  readonly aggregates: readonly Described[];
}

/** Gives the call of a stage the one name of its word, and those of aggregates in it theirs: `where(.ok)` becomes `filter(.ok)`. */
export function underOneName({ stages, aggregates }: AliasedWords): (call: Call) => Call {
  const stageNames = namesByAlias(stages);
  const aggregateNames = namesByAlias(aggregates);
  const takesAggregates = new Set(
    stages
      .filter(({ parameters }) => Object.values(parameters).some(({ accepts }) => accepts.kind === 'aggregates'))
      .map(({ name }) => name),
  );
  const rename = (part: object): object => {
    const call = part as Call;
    const name = call.kind === 'call' ? aggregateNames.get(call.name) : undefined;
    return name === undefined ? part : { ...call, name };
  };
  return (call) => {
    const name = stageNames.get(call.name) ?? call.name;
    if (!takesAggregates.has(name)) return name === call.name ? call : { ...call, name };
    return { ...call, name, arguments: mapTree(call.arguments, rename) };
  };
}

function namesByAlias(words: readonly Described[]): ReadonlyMap<string, string> {
  return new Map(words.flatMap(({ name, aliases = [] }) => aliases.map((alias) => [alias, name] as const)));
}
