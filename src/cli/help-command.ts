import { nearest } from '../base/nearest.ts';
import { functions } from '../flow/catalog.ts';
import type { FunctionDefinition } from '../flow/define.ts';
import { signature } from '../flow/signature.ts';
import {
  FUNCTIONS_TITLE,
  functionGroups,
  functionSignature,
  parameterText,
  type Topic,
  topics,
  type Word,
} from './dictionary.ts';

/** What `leat` alone says. */
export function welcome(): string {
  return `leat runs a stream of records through a pipeline written in one line of text.

  leat 'words | countByValue | top(10)' < book.txt
  tail -f app.log | leat 'json | filter(.level == "error") | countBy(.service) | running | top(5)'
  leat 'listen(9999) | words | countByValue | window(30s, 10s)'
  leat 'watch("logs") | clf | groupBy(.status, {n: count(), bytes: sum(.bytes)})'

leat help lists all words, leat help WORD explains one, leat --help shows the options.
`;
}

/**
 * Prints help for words and topics to standard output.
 *
 * @param usage the options of the command line, as `--help` shows them.
 * @returns the exit code: 2 if a word is unknown.
 */
export function helpCommand(words: readonly string[], usage: string): number {
  if (words.length === 0) {
    process.stdout.write(`${welcome()}\n${usage}\n${topics.map(listTopic).join('\n\n')}\n\n${listFunctions()}\n`);
    return 0;
  }
  let exit = 0;
  for (const word of words) {
    const text = helpFor(word);
    if (text !== undefined) {
      process.stdout.write(`${text}\n`);
      continue;
    }
    const near = nearest(word, allNames());
    process.stderr.write(`leat: there is no word ${word}${near === undefined ? '' : `; did you mean ${near}?`}\n`);
    exit = 2;
  }
  return exit;
}

/** Everything there is about a word: some are several things, as `exec` is a source and a sink. */
function helpFor(name: string): string | undefined {
  const topic = topics.find((candidate) => candidate.name === name);
  if (topic !== undefined) return listTopic(topic);
  if (name === 'functions') return listFunctions();
  const found = [
    ...topics.flatMap(({ words }) => words.filter((word) => word.name === name).map(describeWord)),
    ...functions.filter((definition) => definition.name === name).map(describeFunction),
  ];
  return found.length === 0 ? undefined : found.join('\n\n');
}

function allNames(): Set<string> {
  const names = topics.flatMap((topic) => [topic.name, ...topic.words.map((word) => word.name)]);
  return new Set([...names, 'functions', ...functions.map(({ name }) => name)]);
}

function listTopic({ name, title, words }: Topic): string {
  const width = Math.max(...words.map((word) => word.name.length));
  const lines = words.map((word) => `  ${word.name.padEnd(width)}  ${word.summary}`);
  return `${title} (leat help ${name})\n${lines.join('\n')}`;
}

function listFunctions(): string {
  const lines = [...functionGroups()].map(
    ([group, members]) => `  ${group}: ${members.map(({ name }) => name).join(' ')}`,
  );
  return `${FUNCTIONS_TITLE} (leat help functions)\n${lines.join('\n')}`;
}

function describeWord(word: Word): string {
  const parameters = Object.entries(word.parameters);
  const width = Math.max(0, ...parameters.map(([name]) => name.length));
  const examples = word.examples.map(({ program, in: input, out }) =>
    [
      `  leat '${program}'`,
      ...(input === undefined ? [] : input.split('\n').map((line) => `    in   ${line}`)),
      ...(out === '' ? [] : out.split('\n').map((line) => `    out  ${line}`)),
    ].join('\n'),
  );
  return [
    `${signature(word.name, word.parameters)}\n  ${word.summary}.`,
    wrap(word.docs),
    ...(parameters.length === 0
      ? []
      : [parameters.map(([name, parameter]) => `  ${name.padEnd(width)}  ${parameterText(parameter)}`).join('\n')]),
    ...examples,
  ].join('\n\n');
}

function describeFunction(definition: FunctionDefinition): string {
  const { summary, examples } = definition;
  const shown = examples.map(({ expression, gives }) => `  ${expression}  →  ${gives}`);
  return `${functionSignature(definition)}\n  ${summary}.\n\n${shown.join('\n')}`;
}

const WIDTH = 78;

/** Paragraphs of at most 78 columns, set in by two. */
function wrap(text: string): string {
  return text
    .split('\n')
    .map((paragraph) => {
      const lines = [''];
      for (const word of paragraph.split(' ')) {
        const line = lines.at(-1)!;
        if (line !== '' && line.length + 1 + word.length > WIDTH) lines.push(word);
        else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
      }
      return lines.map((line) => `  ${line}`.trimEnd()).join('\n');
    })
    .join('\n');
}
