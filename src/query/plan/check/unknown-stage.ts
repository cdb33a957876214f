import { nearest } from '../../../base/nearest.ts';
import type { ColumnWord } from '../../../flow/define/analytic.ts';
import type { Described } from '../../../flow/define/word.ts';
import type { WordList } from '../../../flow/define/word-list.ts';
import { printExpression } from '../../text/printer.ts';
import type { Call } from '../../tree/tree.ts';
import type { Scope } from '../expression/scope.ts';
import { aggregateMeant, foreignWord } from '../foreign/foreign-word.ts';
import { isWritten, type Node } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';
import { soManyRecords } from './values-meant.ts';

/** The names that a program may use. */
export interface Vocabulary {
  readonly sources: WordList<Described>;
  readonly stages: WordList<Described>;
  readonly sinks: WordList<Described>;
  readonly aggregates: WordList<ColumnWord>;
  readonly expressions: Scope;
  /** The streams that the program has named. */
  readonly lets: ReadonlyMap<string, unknown>;
}

/**
 * The problem of a name that stands where a stage should and is none, with what is probably meant.
 *
 * @param input what flows into it: where the program does not say it, a source could stand there too.
 */
export function unknownStage(call: Call, vocabulary: Vocabulary, input: Node): PlanProblem {
  const { name, namePlace } = call;
  const isFirst = input.kind === 'source' && !isWritten(input);
  const { sources, stages, sinks, lets } = vocabulary;
  const foreign = foreignWord(call, isFirst);
  if (sources.has(name)) {
    const few = soManyRecords(call);
    return planProblem('source-inside', namePlace, {
      message: `the source \`${name}\` can only start a stream`,
      label: 'stands behind another stage',
      help:
        few !== undefined
          ? `the last of a batch are ${few}`
          : (foreign?.help ?? `bring a second stream in with \`union(${name}(…))\`, or start a new one behind \`;\``),
    });
  }
  if (lets.has(name)) {
    return planProblem('source-inside', namePlace, {
      message: `the stream \`${name}\` can only start a stream`,
      label: 'stands behind another stage',
      help: `bring it in with \`union(${name})\` or \`join(${name})\``,
    });
  }
  const names = [...stages.names, ...sinks.names];
  const near = foreign ? undefined : nearest(name, isFirst ? [...sources.names, ...lets.keys(), ...names] : names);
  const none = isFirst ? 'neither of them' : 'not a stage';
  return planProblem('unknown-stage', namePlace, {
    message: `there is no ${isFirst ? 'source or stage' : 'stage'} \`${name}\``,
    label: foreign?.label ?? (near === undefined ? none : `did you mean \`${near}\`?`),
    help: foreign?.help ?? otherUse(call, vocabulary) ?? `\`leat help\` lists all ${isFirst ? 'words' : 'stages'}`,
  });
}

/** Where a name that is no stage belongs, if it is another word of the language. */
function otherUse(call: Call, { stages, sinks, aggregates, expressions }: Vocabulary): string | undefined {
  const { name } = call;
  const aggregate = aggregates.get(aggregates.named(name) ?? name);
  if (aggregate?.kind === 'analytic') {
    const written = 'back' in aggregate.parameters ? `${name}(n, 1h)` : `${name}(n)`;
    return `\`${name}\` stands among columns: \`groupBy(.service, {n: count(), ${name}: ${written}})\``;
  }
  if (aggregate !== undefined) {
    const meant = soManyRecords(call);
    if (meant !== undefined) return `write ${meant}; \`${name}\` is an aggregate`;
    const written = call.arguments.length > 0 ? printExpression(call) : `${name}(_)`;
    return `\`${name}\` is an aggregate: \`aggregate({${name}: ${written}})\``;
  }
  if (expressions.functions.has(name)) return `\`${name}\` is a function: \`map(${name})\``;
  const words = [...stages, ...sinks];
  const same = words.filter(({ synonyms }) => synonyms?.some((other) => other.toLowerCase() === name.toLowerCase()));
  if (same.length === 0) {
    const meant = aggregateMeant(call, aggregates);
    return meant && `of many records: ${meant}, as in \`groupBy(.key, {…})\` or \`aggregate({…})\``;
  }
  return `what others call \`${name}\` is ${same.map((word) => `\`${word.name}\``).join(' or ')} here`;
}
