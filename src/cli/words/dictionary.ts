import { aggregates, functions, sinks, sources, stages } from '../../flow/catalog.ts';
import type { ColumnWord } from '../../flow/define/analytic.ts';
import type { FunctionDefinition } from '../../flow/define/function.ts';
import type { Parameter } from '../../flow/define/parameters.ts';
import type { SinkDefinition } from '../../flow/define/sink.ts';
import type { SourceDefinition } from '../../flow/define/source.ts';
import type { StageDefinition } from '../../flow/define/stage.ts';

/** The catalog in chapters, as help and the reference show it. */

export type Word = SourceDefinition | StageDefinition | ColumnWord | SinkDefinition;

/** A chapter of the dictionary: what `leat help TOPIC` lists, and a page of the reference. */
export interface Topic {
  readonly name: string;
  readonly title: string;
  readonly words: readonly Word[];
}

const GROUPS = [
  ['parsers', 'parser', 'Parsers: a line of text becomes a value'],
  ['records', 'record', 'Stages that see one record at a time'],
  ['batches', 'batch', 'Stages that see a batch or a window'],
  ['streams', 'streams', 'Stages on two streams'],
  ['windows', 'window', 'Windows'],
  ['state', 'state', 'State between batches'],
] as const;

/** All words but functions, in the order of the documentation. Those of a topic are loaded when they are asked for. */
export const topics: readonly Topic[] = [
  topic('sources', 'Sources: where a stream starts', () => [...sources]),
  ...GROUPS.map(([name, group, title]) =>
    topic(name, title, () => [...stages].filter((stage) => stage.group === group)),
  ),
  topic('aggregates', 'Aggregates, for groupBy, aggregate and session', () => [...aggregates]),
  topic('sinks', 'Sinks: where a stream goes', () => [...sinks]),
];

function topic(name: string, title: string, listed: () => readonly Word[]): Topic {
  return {
    name,
    title,
    get words() {
      return listed();
    },
  };
}

/** The words that are called so, or else that may be: by their names nothing is loaded but them. */
export function wordsNamed(wanted: string): readonly Word[] {
  const named = [sources, stages, aggregates, sinks].flatMap((list): Word[] => {
    const word = list.get(wanted);
    return word === undefined ? [] : [word];
  });
  if (named.length > 0) return named;
  return topics.flatMap(({ words }) => words.filter(({ aliases = [] }) => aliases.includes(wanted)));
}

export const FUNCTIONS_TITLE = 'Functions of expressions';

/** The functions by their group, in order. (Map.groupBy came with Node 21.) */
export function functionGroups(): ReadonlyMap<string, readonly FunctionDefinition[]> {
  const groups = new Map<string, FunctionDefinition[]>();
  for (const definition of functions) {
    const members = groups.get(definition.group);
    if (members === undefined) groups.set(definition.group, [definition]);
    else members.push(definition);
  }
  return groups;
}

/** How a function is written: `round(x, [digits])`, `string.trim()`. What may be left out stands in square brackets. */
export function functionSignature({ name, receiver, parameters }: FunctionDefinition): string {
  const spelled = parameters.map((parameter) => {
    const text = parameter.rest ? `${parameter.name}, …` : parameter.name;
    return parameter.optional ? `[${text}]` : text;
  });
  return `${receiver === undefined ? '' : `${receiver}.`}${name}(${spelled.join(', ')})`;
}

/** What a parameter is, and what it may be where there is a choice. */
export function parameterText({ docs, choices }: Parameter<unknown>): string {
  return choices === undefined ? docs : `${docs} (${choices.map((choice) => `"${choice}"`).join(', ')})`;
}

/** What `leat help` knows by name: topics, words and functions, each name once. */
export function namesOfDictionary(): readonly { readonly text: string; readonly summary: string }[] {
  const names = new Map<string, string>([
    ['examples', 'what to do with it'],
    ['options', 'the options of the command line'],
    ['functions', FUNCTIONS_TITLE],
    ['spark', "from Spark's words to those here"],
    ['storm', 'from the words of Storm and S4 to those here'],
  ]);
  for (const { name, title, words } of topics) {
    names.set(name, title);
    for (const word of words) names.set(word.name, word.summary);
  }
  for (const { name, aliases = [] } of topics.flatMap(({ words }) => words)) {
    for (const alias of aliases) if (!names.has(alias)) names.set(alias, `another name of ${name}`);
  }
  for (const { name, summary } of functions) if (!names.has(name)) names.set(name, summary);
  return [...names].map(([text, summary]) => ({ text, summary }));
}
