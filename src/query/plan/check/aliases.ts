import type { Described } from '../../../flow/define/word.ts';
import type { WordList } from '../../../flow/define/word-list.ts';
import { mapTree } from '../../tree/map-tree.ts';
import type { Call } from '../../tree/tree.ts';
import type { Scope } from '../expression/scope.ts';

interface AliasedWords {
  readonly stages: WordList<Described>;
  readonly sinks: WordList<Described>;
  readonly aggregates: WordList<Described>;
}

/**
 * Gives the call of a stage the one name of its word, and those of aggregates in it theirs: `where(.ok)` becomes `filter(.ok)`. Only for
 * a name that nothing has are all words asked whether it is theirs.
 */
export function underOneName({ stages, sinks, aggregates }: AliasedWords, scope: Scope): (call: Call) => Call {
  const rename = (part: object): object => {
    const call = part as Call;
    if (call.kind !== 'call' || aggregates.has(call.name) || scope.functions.has(call.name)) return part;
    const name = aggregates.named(call.name);
    return name === undefined ? part : { ...call, name };
  };
  return (call) => {
    if (sinks.has(call.name)) return call;
    const name = stages.has(call.name) ? call.name : (stages.named(call.name) ?? call.name);
    const own = name === call.name ? call : { ...call, name };
    return takesAggregates(stages.get(name)) ? { ...own, arguments: mapTree(call.arguments, rename) } : own;
  };
}

function takesAggregates(word: Described | undefined): boolean {
  return word !== undefined && Object.values(word.parameters).some(({ accepts }) => accepts.kind === 'aggregates');
}
