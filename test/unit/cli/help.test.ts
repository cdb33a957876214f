import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cookbook } from '../../../src/cli/cookbook.ts';
import { programOf } from '../../../src/cli/example-text.ts';
import { helpCommand, welcome } from '../../../src/cli/help-command.ts';
import { namesOfDictionary, topics } from '../../../src/cli/words/dictionary.ts';
import { search } from '../../../src/cli/words/search.ts';
import { functions } from '../../../src/flow/catalog.ts';
import { runSpec } from '../../../src/run/spec/run-spec.ts';

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leat-help-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
});

/** What `leat help` writes to standard output and to standard error, and its exit code. */
function help(...words: string[]) {
  return helpWith('Usage: leat\n', ...words);
}

function helpWith(
  usage: string,
  ...words: string[]
): { readonly out: string; readonly error: string; readonly code: number } {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const error = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = helpCommand(words, usage);
  const textOf = (spy: typeof out) => spy.mock.calls.map(([text]) => String(text)).join('');
  const written = { out: textOf(out), error: textOf(error), code };
  vi.restoreAllMocks();
  return written;
}

test('alone, it says three lines and four examples', () => {
  const [lines, examples] = welcome().trimEnd().split('\n\n');
  expect(lines!.split('\n')).toHaveLength(3);
  expect(examples!.split('\n').every((line) => line.includes("leat '"))).toBe(true);
  expect(examples!.split('\n')).toHaveLength(4);
  for (const line of welcome().split('\n')) expect(line.length).toBeLessThan(80);
});

test.each(namesOfDictionary().map(({ text }) => text))(
  'help %s explains it, with a program that can be run',
  (name) => {
    const { out, code } = help(name);
    expect(code).toBe(0);
    // Topics list words; each word and function shows a command.
    const isList = topics.some((topic) => topic.name === name) || ['options', 'functions'].includes(name);
    expect(out).toMatch(isList ? /./ : /^ {2}leat .*'/m);
  },
);

test.each([
  ['percentile', 'quantile'],
  ['median', 'p50'],
  ['mean', 'avg'],
  ['select', 'filter'],
  ['ripgrep', 'grep'],
  ['unique', 'distinct'],
  ['tumbling', 'window'],
  ['netcat', 'listen'],
  ['substr', 'slice'],
  ['Medians', 'p50'],
  ['apache', 'clf'],
])('help %s finds %s', (wanted, found) => {
  expect(search(wanted).map(({ name }) => name)).toContain(found);
  const { out, code } = help(wanted);
  expect(out).toMatch(new RegExp(`^  ${found} `, 'm'));
  expect(code).toBe(0);
});

test('several words are looked for together', () => {
  expect(search('moving average').map(({ name }) => name)).toEqual(['window']);
  expect(help('per', 'second').out).toMatch(/^ {2}rate +aggregate/m);
  expect(help('count', 'sum').out).toMatch(/^count\n[\s\S]*^sum\(f\)/m);
});

test('options are found by their names, and by what they do', () => {
  const usage = [
    'Usage: leat',
    '',
    'Options:',
    '  -f, --file <path>   read the program from a file',
    '  --batch <duration>  the batch interval, 10ms or more',
    '                      (default: "1s")',
    '  --no-color          no colour',
    '',
  ].join('\n');
  expect(help('batch').out).not.toContain('--batch');
  expect(helpWith(usage, 'batch').out).toMatch(
    /^--batch <duration>\n {2}the batch interval, 10ms or more \(default: "1s"\)\n\nThese are about it/,
  );
  expect(helpWith(usage, 'colour').out).toMatch(/^ {2}--no-color +option +no colour$/m);
});

test('a long list is cut', () => {
  const lines = help('batch').out.trimEnd().split('\n');
  expect(lines).toHaveLength(14);
  expect(lines.at(-1)).toMatch(/^ {2}… and \d+ more$/);
});

test('a part of a word is not taken for it, but in names', () => {
  expect(search('mean').map(({ name }) => name)).toContain('avg');
  expect(search('ean').map(({ name }) => name)).not.toContain('avg');
  expect(search('byvalue').map(({ name }) => name)).toContain('countByValue');
});

test('what is in a name comes before what is in the texts only', () => {
  expect(search('window')[0]!.name.toLowerCase()).toContain('window');
});

test('a slip of the pen is told', () => {
  expect(help('countByVaule').error).toContain('did you mean countByValue?');
  expect(help('countByVaule').code).toBe(2);
  expect(help('qqqq')).toEqual({ out: '', error: 'leat: there is no word qqqq\n', code: 2 });
});

const indented = (text: string) => text.replace(/^/gm, '    ');

test.each(functions.map((definition) => [definition.name, definition.examples[0]!] as const))(
  'the program that help shows for %s gives what it says',
  async (_name, { expression, gives }) => {
    const spec = `# A function.\nformat json\n${programOf(expression)}\n\ntext\n${indented(gives)}\n`;
    const { actual, expected } = await runSpec(spec);
    expect(actual).toBe(expected);
  },
);

test.each(cookbook.filter(({ notRun }) => notRun === undefined).map((recipe) => [recipe.title, recipe] as const))(
  'help examples: %s',
  async (_title, { program, in: input, files = {}, out }) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(name), { recursive: true });
      writeFileSync(name, content);
    }
    const given = input === undefined ? '' : `in\n${indented(input)}\n\n`;
    const { actual, expected } = await runSpec(
      `# A recipe.\nformat text\n${program}\n\n${given}text\n${indented(out)}\n`,
    );
    expect(actual).toBe(expected);
  },
);

test('most recipes are run', () => {
  expect(cookbook.length).toBeGreaterThanOrEqual(12);
  expect(cookbook.filter(({ notRun }) => notRun === undefined).length).toBeGreaterThanOrEqual(9);
});
