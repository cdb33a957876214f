import type { FunctionDefinition } from '../flow/define/function.ts';
import { signature } from '../flow/define/signature.ts';
import { PROMISE_NAMES, type SinkPromise } from '../flow/define/sink.ts';
import { exampleText } from './example-text.ts';
import {
  FUNCTIONS_TITLE,
  functionGroups,
  functionSignature,
  parameterText,
  type Topic,
  topics,
  type Word,
} from './words/dictionary.ts';

/** The kinds of function, as headings of their page. */
const FUNCTION_TITLES: { readonly [group: string]: string } = {
  value: 'Any value',
  text: 'Text',
  number: 'Numbers',
  time: 'Time',
  list: 'Lists',
};

/** What becomes of a batch that a sink is given a second time. */
const PROMISES: { readonly [promise in SinkPromise]: string } = {
  exact: 'it is there once',
  byKey: 'the second time changes nothing',
  again: 'it may be there twice',
};

const NOTICE = '<!-- Made from the definitions in src/flow by `npm run docs`; changes belong there. -->';

/** The pages of docs/reference as Markdown, by file name. They depend on the catalog alone. */
export function reference(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([['README.md', indexPage()]]);
  for (const topic of topics) pages.set(`${topic.name}.md`, topicPage(topic));
  pages.set('functions.md', functionsPage());
  return pages;
}

function page(title: string, sections: readonly string[]): string {
  return `${[`# ${title}`, NOTICE, ...sections].join('\n\n')}\n`;
}

function indexPage(): string {
  const chapters = topics.map(({ name, title, words }) =>
    [
      `## [${title}](${name}.md)`,
      table(
        ['word', 'what it is'],
        words.map((word) => [`[${code(word.name)}](${name}.md#${anchor(word.name)})`, word.summary]),
      ),
    ].join('\n\n'),
  );
  const groups = [...functionGroups()].map(([group, members]) => [
    `[${functionTitle(group)}](functions.md#${anchor(functionTitle(group))})`,
    members.map(({ name }) => code(name)).join(' '),
  ]);
  return page('Reference', [
    'Every word of the language, with what it takes, what it gives and an example. The same texts come from `leat help WORD`.',
    ...chapters,
    `## [${FUNCTIONS_TITLE}](functions.md)`,
    table(['of', 'functions and methods'], groups),
  ]);
}

function topicPage({ title, words }: Topic): string {
  return page(title, words.map(wordSection));
}

function wordSection(word: Word): string {
  const parameters = Object.entries(word.parameters);
  return [
    `## ${word.name}`,
    fenced(signature(word.name, word.parameters)),
    `${word.summary}.${alsoNamed(word)}`,
    word.docs,
    ...(word.kind === 'sink' ? [promiseText(word.promise)] : []),
    ...(parameters.length === 0
      ? []
      : [
          table(
            ['parameter', 'what it is'],
            parameters.map(([name, parameter]) => [code(name), parameterText(parameter)]),
          ),
        ]),
    ...word.examples.map((example) => fenced(exampleText(example))),
  ].join('\n\n');
}

function alsoNamed({ aliases = [] }: Word): string {
  return aliases.length === 0 ? '' : ` Also: ${aliases.map(code).join(', ')}.`;
}

/** What a sink promises, as one paragraph. */
function promiseText(promise: SinkPromise): string {
  return `Its [promise](../semantics.md#what-sinks-promise) for a batch that is written a second time is **${PROMISE_NAMES[promise]}**: ${PROMISES[promise]}.`;
}

function functionsPage(): string {
  const groups = [...functionGroups()].map(([group, members]) =>
    [
      `## ${functionTitle(group)}`,
      table(['how it is written', 'what it gives', 'for instance'], members.map(functionRow)),
      ...members.flatMap(({ name, docs }) => (docs === undefined ? [] : [`**${name}**: ${docs}`])),
    ].join('\n\n'),
  );
  return page(FUNCTIONS_TITLE, [
    'Functions are called by their name, `upper(x)`; methods behind a value, `x.trim()`. Null passes through: a function that wants a text or a number and is ' +
      'given null gives null. A value of another kind makes the record bad.',
    ...groups,
  ]);
}

function functionRow(definition: FunctionDefinition): readonly string[] {
  const examples = definition.examples.map(({ expression, gives }) => `${code(expression)} is ${code(gives)}`);
  return [code(functionSignature(definition)), definition.summary, examples.join('; ')];
}

function functionTitle(group: string): string {
  return Object.hasOwn(FUNCTION_TITLES, group) ? FUNCTION_TITLES[group]! : group;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

/** A cell of a table, where a bar would end it, in code as well. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Code within a line; more ticks around it than stand in it. */
function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** The anchor that Markdown viewers give a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}
