import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { programOf } from '../../../src/cli/example-text.ts';
import { helpCommand, welcome } from '../../../src/cli/help-command.ts';
import { helpAsJson } from '../../../src/cli/help-json.ts';
import { recipes } from '../../../src/cli/recipes/all-recipes.ts';
import { cookbook } from '../../../src/cli/recipes/cookbook.ts';
import { findRecipes } from '../../../src/cli/recipes/find-recipes.ts';
import { namesOfDictionary, topics } from '../../../src/cli/words/dictionary.ts';
import { commandsIn, optionsIn } from '../../../src/cli/words/options-text.ts';
import { search } from '../../../src/cli/words/search.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
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
  const names = [...optionsIn(usage), ...commandsIn(usage)].map(({ name }) => name);
  const code = helpCommand(words, { text: usage, names });
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
    const isList =
      topics.some((topic) => topic.name === name) || ['options', 'functions', 'spark', 'storm'].includes(name);
    expect(out).toMatch(isList ? /./ : /^ {2}leat .*'/m);
  },
);

test.each([
  ['percentile', 'quantile'],
  ['median', 'p50'],
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
  expect(help('count', 'sum').out).toMatch(/^count {3}also: wc\n[\s\S]*^sum\(f\)/m);
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

test('commands are found by their names', () => {
  const usage = [
    'Usage: leat',
    '',
    'Options:',
    '  --checkpoint <dir>  keep the run',
    '',
    'Commands:',
    '  explain [options] [program]  show the plan of a program, without reading',
    '                               anything',
    '  man [options]                show the manual page',
    '  checkpoint [options] <dir>   show what a directory keeps of a run',
    '',
  ].join('\n');
  expect(helpWith(usage, 'explain').out).toMatch(
    /^leat explain \[options\] \[program\]\n {2}show the plan of a program, without reading anything\n/,
  );
  expect(helpWith(usage, 'man').out).toBe('leat man [options]\n  show the manual page\n\n');
  // It is a word of the language, too.
  expect(helpWith(usage, 'checkpoint').out).toMatch(
    /^checkpoint\(directory[\s\S]*^--checkpoint <dir>\n {2}keep the run\n\nleat checkpoint \[options\] <dir>\n {2}show what/m,
  );
});

test('a short word is found where it is one, and words that say nothing are passed over', () => {
  expect(findRecipes('man', true)).toEqual([]);
  expect(findRecipes('ip', false).map(({ title }) => title)).toEqual(['Top talkers: who sends most']);
  expect(findRecipes('how do I compare with an hour ago', false)).toEqual(findRecipes('compare hour ago', false));
  expect(findRecipes('the', false)).toEqual([]);
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

test.each([...functions].map((definition) => [definition.name, definition.examples[0]!] as const))(
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

test.each(recipes.filter(({ notRun }) => notRun === undefined).map((recipe) => [recipe.title, recipe] as const))(
  'a recipe: %s',
  async (_title, { program, in: input, files = {}, out, writes = {} }) => {
    for (const [name, content] of Object.entries(files)) writeFileSync(name, content);
    const given = input === undefined ? '' : `in\n${indented(input)}\n\n`;
    const written = out === '' ? '' : `text\n${indented(out)}\n`;
    const { actual, expected } = await runSpec(`# A recipe.\nformat text\n${program}\n\n${given}${written}`);
    if (out !== '') expect(actual).toBe(expected);
    for (const [name, content] of Object.entries(writes)) expect(readFileSync(name, 'utf8')).toBe(content);
  },
);

test.each(recipes.filter(({ notRun }) => notRun !== undefined).map(({ program }) => program))(
  'a recipe that waits for something can be typed: %s',
  (program) => {
    const expressions = createScope({ functions, imports: new Map(), now: () => 0 });
    const words = { sources, stages, aggregates, sinks };
    expect(() => compileProgram(program, { words, expressions, interval: 1000 })).not.toThrow();
  },
);

// What people look for, and something that has to be in the command that they find.
test.each([
  ['kafka', 'kafka("localhost:9092"'],
  ['http', 'POST'],
  ['gzip', 'files("app.log*")'],
  ['duration', '1s'],
  ['docker', 'docker logs'],
  ['kubectl', 'kubectl logs'],
  ['kubernetes', 'kubectl logs'],
  ['journalctl', 'journalctl'],
  ['systemd', 'journalctl'],
  ['nginx', 'clf'],
  ['apache', 'clf'],
  ['access log', 'clf'],
  ['syslog', 'syslog'],
  ['stack trace', 'multiline'],
  ['exception', 'multiline'],
  ['multi-line', 'multiline'],
  ['grok', 'regex('],
  ['join and sum', 'join('],
  ['crosstab', 'pivot('],
  ['top talkers', 'sum(.bytes)'],
  ['error rate', 'avg(.status >= 500)'],
  ['p95', 'p95'],
  ['latency', 'p99'],
  ['dedupe keep last', 'last(_)'],
  ['keep first', 'dedupe('],
  ['sessions', 'session('],
  ['sessionize', 'session('],
  ['late data', 'late:'],
  ['watermark', 'late:'],
  ['several files', 'files('],
  ['merge files by time', 'sortBy(time(.ts))'],
  ['semicolon', 'csv(delimiter: ";")'],
  ['top n per group', 'first(1, _)'],
  ['cumulative sum', 'mapWithState('],
  ['anti join', 'leftOuterJoin('],
  ['unpivot', 'entries('],
  ['correlation', 'sqrt('],
  ['overwrite', '> sorted.csv'],
  ['lines before and after', 'grep -h -C'],
  ['on change', 'mapWithState('],
  ['heat map', 'chart("heat")'],
  ['box plot', 'chart("box"'],
  ['log axis', 'log: true'],
  ['dashboard', 'serve(8080)'],
  ['own code', '--import'],
  ['color by level', 'tail('],
  ['month over month', 'lag(n'],
  ['merge by time', 'sortBy(time('],
  ['alerts', 'alert('],
  ['notify', 'alert('],
  ['slack', 'exec('],
  ['cron', 'sleep 60'],
  ['csv to json', 'csv'],
  ['json to csv', '.csv")'],
  ['json array', 'json(items: true)'],
  ['percent of total', '100 *'],
  ['moving average', 'window('],
  ['unique users', 'distinct('],
  ['requests per minute', 'window(1m'],
  ['last 15 minutes', '15m'],
  ['value counts', 'countBy'],
  ['enrich', 'lookup('],
  ['vlookup', 'lookup('],
  ['blacklist', 'lookup('],
  ['two keys', 'groupBy({'],
  ['awk', 'split('],
  ['word count', 'countByValue'],
  ['wordcount', 'countByValue'],
  ['preview', 'head('],
  ['sampling', 'sample('],
  ['date format', 'formatTime('],
  ['timezone', 'formatTime('],
  ['elapsed', '.begin'],
  ['time lapse', 'window('],
  ['running total', 'running'],
  ['sqlite', 'sqlite('],
  ['postgres', 'postgres('],
  ['udp', 'UDP'],
  ['parquet', 'duckdb'],
  ['netcat', 'listen('],
  ['tcp server', 'listen('],
  ['webhook', 'http('],
  ['tee', 'append('],
  ['graph', 'chart'],
  ['png', 'chart'],
  ['distribution', 'chart('],
  ['slo', 'assert('],
  ['grep -v', '!_.includes'],
  ['tail -f', 'tail('],
  ['heroku', 'logfmt'],
  ['resume', '--checkpoint'],
  ['crash', '--checkpoint'],
  ['unzip', 'unzip -p'],
  ['tls', 'tls: true'],
  ['http server', 'http('],
  ['prometheus', '/metrics'],
  ['Grafana', 'graphite'],
  ['graphite', 'send('],
  ['geoip', '--import'],
  ['svg', '--save chart.svg'],
  ['html', '--save'],
  ['pause', 'held by p'],
  ['shortcuts', '?'],
  ['exit code', 'assert('],
  ['compare with an hour ago', 'lag('],
  ['anomaly', 'spike('],
  ['heartbeat', 'timeout:'],
  ['powershell', '-f FILE.leat'],
  ['let', 'let log ='],
  ['late', 'late:'],
])('leat help %s leads to a line with %s', (wanted, part) => {
  const { out, code } = help(...wanted.split(' '));
  expect(code).toBe(0);
  expect(out).toContain(part);
});

test('a word of another tool is answered, wherever it may stand', () => {
  expect(help('socketTextStream').out).toContain('in Spark: `connect("localhost", 9999)`');
  expect(help('tcp').out).toMatch(/where a stream starts: `listen\(9999\)`[\s\S]*behind a stage: `send\(/);
});

test('maps from other systems have their words, and lines here that can be typed', () => {
  for (const word of [
    'StreamingContext',
    'Seconds',
    'setMaster',
    'socketTextStream',
    'updateStateByKey',
    'awaitTermination',
  ]) {
    expect(help('spark').out).toContain(word);
  }
  for (const word of ['spout', 'bolt', 'fieldsGrouping', 'ack', 'keyed stream'])
    expect(help('storm').out).toContain(word);
  for (const line of `${help('spark').out}${help('storm').out}`.split('\n'))
    expect(line.length).toBeLessThanOrEqual(90);
});

test('all that help knows is there as data', () => {
  const {
    words,
    functions: known,
    options,
    recipes: all,
  } = JSON.parse(helpAsJson([{ name: '--once', flags: '--once', summary: 'x' }]));
  expect(words.map(({ name }: { name: string }) => name)).toEqual(
    topics.flatMap((topic) => topic.words.map(({ name }) => name)),
  );
  expect(known).toHaveLength([...functions].length);
  expect(options).toEqual([{ name: '--once', flags: '--once', summary: 'x' }]);
  expect(all.length).toBeGreaterThan(60);
  const head = words.find(({ name }: { name: string }) => name === 'head');
  expect(head).toMatchObject({ kind: 'stage', aliases: ['limit'], parameters: [{ name: 'n', required: true }] });
});

test('most recipes are run', () => {
  const run = recipes.filter(({ notRun }) => notRun === undefined);
  expect(recipes.length).toBeGreaterThanOrEqual(60);
  expect(run.length).toBeGreaterThanOrEqual(40);
  expect(cookbook.length).toBeGreaterThanOrEqual(12);
  expect(cookbook.filter(({ notRun }) => notRun === undefined).length).toBeGreaterThanOrEqual(9);
});
