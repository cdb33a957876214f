import { nearest } from '../base/nearest.ts';
import { functions } from '../flow/catalog.ts';
import type { FunctionDefinition } from '../flow/define/function.ts';
import { signature } from '../flow/define/signature.ts';
import { command, exampleText, programOf } from './example-text.ts';
import { type Manner, messagesAs } from './messages.ts';
import { cookbook } from './recipes/cookbook.ts';
import { findRecipes, wordOfOthers } from './recipes/find-recipes.ts';
import { tell } from './streams/door.ts';
import { sayInPages } from './streams/pager.ts';
import { SYSTEMS, type System } from './words/coming-from.ts';
import {
  FUNCTIONS_TITLE,
  functionGroups,
  functionSignature,
  namesOfDictionary,
  parameterText,
  type Topic,
  topics,
  type Word,
  wordsNamed,
} from './words/dictionary.ts';
import { commandsIn, type OptionText, optionsIn } from './words/options-text.ts';
import { search } from './words/search.ts';

/** What `leat` alone says. */
export function welcome(): string {
  return `leat runs a stream of records through a pipeline written in one line of text.
A program stands in single quotes, reads standard input, and prints.
All words: leat help. One of them: leat help WORD. More: leat help examples.

  leat 'words | countByValue | top(10)' < book.txt
  leat 'tail("app.log") | json | groupBy(.path, {n: count(), p99: p99(.ms)})'
  leat 'listen(9999) | words | countByValue | window(30s, 10s)'
  tail -f app.log | leat 'json | countBy(.level) | running'
`;
}

/** What `--help` says of the command line. */
interface Usage {
  /** Made when it is read, which takes longer than to tell of a word. */
  readonly text: string;
  /** Of its options and commands: `--batch`, `explain`. */
  readonly names: readonly string[];
}

/**
 * Prints help for words and topics to standard output. What is no word is looked for in what the words say of themselves.
 *
 * @returns the exit code: 2 if a word is unknown, and nothing is about it.
 */
export function helpCommand(words: readonly string[], usage: Usage, manner: Manner = {}): number {
  if (words.length === 0) {
    sayInPages(
      `${welcome()}\n${topics.map(listTopic).join('\n\n')}\n\n${listFunctionNames()}\n\n${MORE}\n\n${usage.text}`,
    );
    return 0;
  }
  let exit = 0;
  const told: string[] = [];
  // Words that are not all of the language are what somebody looks for: moving average.
  const isPhrase = words.length > 1 && words.some((word) => helpFor(word) === undefined);
  const phrase = isPhrase ? listFound(words.join(' '), usage) : undefined;
  for (const word of phrase === undefined ? words : []) {
    const text = word === 'options' ? usage.text.trimEnd() : (helpWith(word, usage) ?? listFound(word, usage));
    if (text !== undefined) {
      told.push(text);
      continue;
    }
    const near = nearTo(word);
    const line = `there is no word ${word}${near === undefined ? '' : `; did you mean ${near}?`}`;
    for (const told of messagesAs(manner).usage(line)) tell(told);
    exit = 2;
  }
  if (phrase !== undefined) told.push(phrase);
  if (told.length > 0) sayInPages(`${told.join('\n')}\n`);
  return exit;
}

const MORE = `More (leat help TOPIC)
  examples   what to do with it
  options    the options of the command line
  spark      from Spark's words to those here; storm, likewise
  ANYTHING   is looked for in all of this help: leat help percentile`;

/** Everything there is about a word, with the options and commands that are called so: `checkpoint`. */
function helpWith(name: string, usage: Usage): string | undefined {
  const text = helpFor(name);
  const names = [`--${name}`, name];
  if (text === undefined || !usage.names.some((known) => names.includes(known))) return text;
  const called = textsOf(usage).filter((option) => names.includes(option.name));
  return [text, ...called.map(({ flags, summary }) => `${flags}\n  ${summary}`)].join('\n\n');
}

function textsOf({ text }: Usage): readonly OptionText[] {
  return [...optionsIn(text), ...commandsIn(text)];
}

/** Everything there is about a word: some are several things, as `exec` is a source and a sink. */
function helpFor(name: string): string | undefined {
  const topic = topics.find((candidate) => candidate.name === name);
  if (topic !== undefined) return listTopic(topic);
  const system = SYSTEMS.find((candidate) => candidate.name === name.toLowerCase());
  if (system !== undefined) return describeSystem(system);
  if (name === 'functions') return listFunctions();
  if (name === 'examples')
    return cookbook.map(({ title, ...example }) => `${title}\n\n${indent(exampleText(example))}`).join('\n\n');
  const found = [
    ...wordsNamed(name).map(describeWord),
    ...[...functions].filter((definition) => definition.name === name).map(describeFunction),
  ];
  return found.length === 0 ? undefined : found.join('\n\n');
}

/** What a search for a word that is none finds; undefined where that is nothing, or where it looks like a slip of the pen. */
function listFound(wanted: string, usage: Usage): string | undefined {
  const options = textsOf(usage);
  const answer = wordOfOthers(wanted);
  const words = listWords(wanted, options, answer === undefined);
  const isOption = ownOf(wanted, options) !== undefined;
  const others = [answer, listRecipes(wanted, words === undefined)];
  const parts = (isOption ? [words, ...others] : [...others, words]).filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

/** The recipes for what somebody wants; in full where there are few. @param alsoByTitle also those that only mention it. */
function listRecipes(wanted: string, alsoByTitle: boolean): string | undefined {
  const found = findRecipes(wanted, alsoByTitle);
  if (found.length === 0) return undefined;
  const shown = found.slice(0, MOST_RECIPES).map((recipe) => {
    const text = found.length <= FEW_RECIPES ? exampleText(recipe) : command(recipe.program);
    return `${recipe.title}\n\n${indent(text)}`;
  });
  return shown.join('\n\n');
}

/** So many recipes are shown with what goes in and comes out, and so many at all. */
const FEW_RECIPES = 2;
const MOST_RECIPES = 6;

/** The option or the command that is called so. */
function ownOf(wanted: string, options: readonly OptionText[]): OptionText | undefined {
  return (
    options.find(({ name }) => name === `--${wanted.replace(/^-+/, '')}`) ?? options.find(({ name }) => name === wanted)
  );
}

/** The words that are about it. @param mayBeSlip whether it may be a slip of the pen: another tool has no such word. */
function listWords(wanted: string, options: readonly OptionText[], mayBeSlip: boolean): string | undefined {
  const own = ownOf(wanted, options);
  const all = search(wanted, options).filter(({ name }) => name !== own?.name);
  if (all.length === 0 && own === undefined) return undefined;
  const found = all.slice(0, MOST_FOUND);
  const near = mayBeSlip ? nearTo(wanted) : undefined;
  const width = Math.max(...found.map(({ name }) => name.length));
  const kinds = Math.max(...found.map(({ kind }) => kind.length));
  const lines = found.map(({ name, kind, summary }) => `  ${name.padEnd(width)}  ${kind.padEnd(kinds)}  ${summary}`);
  if (all.length > found.length) lines.push(`  … and ${all.length - found.length} more`);
  const meant = near === undefined ? '.' : `; did you mean ${near}?`;
  const head = own === undefined ? `No word is named ${wanted}${meant}` : `${own.flags}\n  ${own.summary}\n`;
  return [head, ...(found.length === 0 ? [] : [`These are about it (leat help WORD):\n${lines.join('\n')}`])].join(
    own ? '\n' : ' ',
  );
}

/** So many are shown of what a search finds. */
const MOST_FOUND = 12;

function nearTo(word: string): string | undefined {
  return nearest(
    word,
    namesOfDictionary().map(({ text }) => text),
  );
}

/** A map from the words of another system: theirs, and below each what it is here. */
function describeSystem({ title, parts }: System): string {
  const sections = parts.map((part) => {
    const lines = part.rows.map(([theirs, ours]) =>
      ours === '' ? wrap(theirs) : `  ${theirs}\n${wrap(ours).replace(/^/gm, '    ')}`,
    );
    return `${part.title}\n${lines.join('\n')}`;
  });
  return [title, ...sections].join('\n\n');
}

function listTopic({ name, title, words }: Topic): string {
  const width = Math.max(...words.map((word) => word.name.length));
  const lines = words.map((word) => `  ${word.name.padEnd(width)}  ${word.summary}`);
  return `${title} (leat help ${name})\n${lines.join('\n')}`;
}

function listFunctionNames(): string {
  const lines = [...functionGroups()].flatMap(([group, members]) =>
    wrap(`${group}: ${members.map(({ name }) => name).join(' ')}`).split('\n'),
  );
  return `${FUNCTIONS_TITLE} (leat help functions)\n${lines.join('\n')}`;
}

function listFunctions(): string {
  const all = [...functionGroups().values()].flat();
  const width = Math.max(...all.map((definition) => functionSignature(definition).length));
  const groups = [...functionGroups()].map(([group, members]) =>
    [
      `  ${group}`,
      ...members.map((definition) => `    ${functionSignature(definition).padEnd(width)}  ${definition.summary}`),
    ].join('\n'),
  );
  return `${FUNCTIONS_TITLE}\n${groups.join('\n')}`;
}

function describeWord(word: Word): string {
  const parameters = Object.entries(word.parameters);
  const width = Math.max(0, ...parameters.map(([name]) => name.length));
  return [
    `${signature(word.name, word.parameters)}${alsoNamed(word)}\n  ${word.summary}.`,
    wrap(word.docs),
    ...(parameters.length === 0
      ? []
      : [parameters.map(([name, parameter]) => `  ${name.padEnd(width)}  ${parameterText(parameter)}`).join('\n')]),
    ...word.examples.map((example) => indent(exampleText(example))),
  ].join('\n\n');
}

/** `also: where`, where a word has other names. */
function alsoNamed({ aliases = [] }: Word): string {
  return aliases.length === 0 ? '' : `   also: ${aliases.join(', ')}`;
}

function describeFunction(definition: FunctionDefinition): string {
  const { summary, docs, examples } = definition;
  const shown = examples.map(({ expression, gives }) => `  ${expression}  →  ${gives}`);
  const tried = command(programOf(examples[0]!.expression), '--format json ');
  const more = docs === undefined ? '' : `\n\n${wrap(docs)}`;
  return `${functionSignature(definition)}\n  ${summary}.${more}\n\n${shown.join('\n')}\n\n  ${tried}`;
}

const WIDTH = 78;

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

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
