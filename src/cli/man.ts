import { signature } from '../flow/define/signature.ts';
import type { CommandName, CommandOption } from './completion/complete.ts';
import { exampleText } from './example-text.ts';
import { cookbook } from './recipes/cookbook.ts';
import { FUNCTIONS_TITLE, functionGroups, topics } from './words/dictionary.ts';

/** The manual page as roff, from the catalog and the options of the command line. */
export function manualPage(options: readonly CommandOption[], commands: readonly CommandName[]): string {
  return [
    '.\\" Made from the definitions in src by `npm run docs`; changes belong there.',
    '.TH LEAT 1',
    section('NAME', 'leat - streams in one line of text: sources, micro-batches, windows, state, sinks'),
    '.SH SYNOPSIS',
    ...synopsis(),
    section(
      'DESCRIPTION',
      'leat runs a stream of records through a pipeline: stages joined by |. The stream is cut into micro-batches, by the clock for live ' +
        'sources and as one for files; windows and state reach over several. Expressions are a part of JavaScript: _ is the record, .name ' +
        'a field of it.',
      'A program without a source reads standard input, one without a sink prints. leat help WORD explains every word below with an ' +
        'example; what is no word is looked for in all of the help.',
    ),
    '.SH COMMANDS',
    ...commands.map(({ name, summary }) => tagged(bold(`leat ${name}`), summary)),
    '.SH OPTIONS',
    ...options.map((option) => tagged(optionText(option), optionSummary(option))),
    ...topics.flatMap(({ title, words }) => [
      `.SH ${roff(heading(title))}`,
      ...words.map((word) => tagged(bold(signature(word.name, word.parameters)), `${word.summary}.`)),
    ]),
    `.SH ${roff(heading(FUNCTIONS_TITLE))}`,
    ...[...functionGroups()].map(([group, members]) => tagged(roff(group), members.map(({ name }) => name).join(' '))),
    '.SH EXAMPLES',
    ...cookbook.flatMap(({ title, ...example }) => [`.PP`, roff(`${title}:`), ...verbatim(exampleText(example))]),
    '.SH EXIT STATUS',
    ...STATUS.map(([code, meaning]) => tagged(bold(code), meaning)),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.map(([name, meaning]) => tagged(bold(name), meaning)),
    section('SEE ALSO', 'awk(1), nc(1), jq(1)'),
    '',
  ].join('\n');
}

const STATUS = [
  ['0', 'all went well, also where the reader of the output has gone (| head)'],
  ['1', 'the run failed: more bad records than --bad-max allows, none that was good, or an assert that does not hold'],
  ['2', 'wrong usage, or a wrong program'],
  ['3', 'a source cannot be opened, or failed for good'],
  ['4', 'a sink failed for good'],
  ['129, 130, 143', 'stopped by SIGHUP, Ctrl-C or SIGTERM; what was open has been printed'],
] as const;

const ENVIRONMENT = [
  ['NO_COLOR', 'no colour, unless --color is given'],
  ['FORCE_COLOR', 'colour, also where output is no terminal'],
  ['TERM', 'with dumb, nothing is drawn in place'],
] as const;

function synopsis(): readonly string[] {
  const lines = [
    "leat [options] 'program'",
    'leat [options] -f file',
    "leat [options] HOST PORT ['program']",
    "leat [options] -l PORT ['program']",
    "leat explain 'program'",
    'leat help [word ...]',
  ];
  return lines.flatMap((line, i) => (i === 0 ? [roff(line)] : ['.br', roff(line)]));
}

function heading(title: string): string {
  return title.toUpperCase();
}

function section(title: string, ...paragraphs: readonly string[]): string {
  return [
    `.SH ${title}`,
    ...paragraphs.flatMap((paragraph, i) => (i === 0 ? [roff(paragraph)] : ['.PP', roff(paragraph)])),
  ].join('\n');
}

/** @param tag in roff already. */
function tagged(tag: string, text: string): string {
  return `.TP\n${tag}\n${roff(text)}`;
}

function optionText({ short, long, value, mayLack }: CommandOption): string {
  const name = value === undefined ? '' : mayLack ? ` [${value}]` : ` ${value}`;
  return `${bold(short === undefined ? long : `${short}, ${long}`)}${roff(name).replace(/^\\&/, '')}`;
}

function optionSummary({ summary, choices }: CommandOption): string {
  return choices.length === 0 ? summary : `${summary}: ${choices.join(', ')}`;
}

function verbatim(text: string): readonly string[] {
  return ['.RS 4', '.nf', ...text.split('\n').map(roff), '.fi', '.RE'];
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

/** Text as roff shows it: minus signs rather than hyphens, plain quotes, and no line that would be read as a request. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('`', '\\(ga')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^([.])/, '\\&$1');
}
