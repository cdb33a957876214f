import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandOption, complete } from '../../../src/cli/completion/complete.ts';
import { completeProgram, completeStages } from '../../../src/cli/completion/program.ts';
import { inputOf } from '../../../src/cli/completion/shell-input.ts';
import { readShellLine } from '../../../src/cli/completion/shell-line.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'leat-complete-'));

beforeAll(() => {
  mkdirSync(join(folder, 'logs'));
  for (const name of ['app.log', 'all.csv', '.hidden', 'logs/a b.log']) writeFileSync(join(folder, name), '');
  mkdirSync(join(folder, 'data'));
  for (const [name, text] of Object.entries(DATA)) writeFileSync(join(folder, 'data', name), text);
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const DATA = {
  'requests.json':
    '{"status":200,"path":"/","request":{"id":"a","size":3},"tags":["x"],"no name":1}\noops\n{"error":"full"}\n{"cut',
  'orders.csv': 'user,item\n1,tea\n',
  'app.logfmt': 'level=info ms=3\n',
  'none.json': '',
};

/** What is offered at the end of a program, without what stands before it. */
const offered = (program: string, input?: string) => completeProgram(program, input).candidates.map(({ text }) => text);

const names = (words: readonly { readonly name: string }[], begun: string) =>
  words.map(({ name }) => name).filter((name) => name.startsWith(begun));

describe('in a program', () => {
  test('behind a bar, all stages and sinks that begin so', () => {
    expect(offered('json | cou')).toEqual(names([...stages, ...sinks], 'cou'));
    expect(offered('json | cou')).toEqual(
      expect.arrayContaining(['count', 'countBy', 'countByValue', 'countByWindow']),
    );
    expect(offered('json | ').length).toBe([...stages].length + [...sinks].length);
    expect(offered('json |')).toContain('filter');
    expect(offered('json | whe')).toEqual(['where']);
    expect(offered('json | limit(')).toEqual(offered('json | head('));
  });

  test('at the start, sources as well', () => {
    expect(offered('fi')).toEqual(['files', ...names([...stages], 'fi')]);
    expect(offered('').length).toBeGreaterThanOrEqual([...sources].length + [...stages].length);
    expect(offered('json | count; st')).toEqual(['stdin', ...names([...stages], 'st')]);
  });

  test('a name for a stage that is begun', () => {
    expect(offered('json | countBy(.a) a')).toEqual(['as']);
    expect(offered('json a')).toEqual(['as']);
    for (const text of ['json ', 'json as a', 'let a', 'let log a', 'json as "a" a'])
      expect(offered(text)).not.toContain('as');
  });

  test('streams that have a name', () => {
    expect(offered('let errors = json | filter(.bad); err')).toEqual(['errors']);
    expect(offered('let errors = json; stdin | union(err')).toEqual(['errors']);
    expect(offered('let errors = js')).toEqual(['json']);
  });

  test('between brackets, named arguments and functions', () => {
    expect(offered('listen(9999, ho')).toEqual(['host:', 'hour']);
    expect(offered('listen(9999, host: "::1", cli')).toEqual(['clients:']);
    expect(offered('json | window(10s, ')).toEqual(expect.arrayContaining(['on:', 'late:']));
    expect(offered('map(upp')).toEqual(['upper']);
    expect(offered('map(x => rou')).toEqual(['round']);
    expect(offered('map(_ + rou')).toEqual(['round']);
    expect(offered('csv(header: ')).toEqual(['true', 'false']);
    expect(offered('csv(types: ')).toEqual(['true', 'false']);
  });

  test('aggregates where they stand, and only there', () => {
    expect(offered('json | groupBy(.a, {n: cou')).toEqual(['count', 'countDistinct']);
    expect(offered('json | aggregate({a: ')).toEqual([...aggregates].map(({ name }) => name));
    expect(offered('json | groupBy({a: rou')).toEqual(['round']);
    expect(offered('json | groupBy(.a, {n: sum(.b), q')).toEqual([]);
  });

  test('methods behind a point', () => {
    expect(offered('map(_.toUp')).toEqual(['toUpperCase']);
    expect(offered('map(.name.startsW')).toEqual(['startsWith']);
    expect(offered('map(_.len')).toEqual(['length']);
    expect(offered('map(.na')).toEqual([]);
  });

  test('fields that the data has', () => {
    const json = 'files("data/requests.json") | json';
    expect(offered(`${json} | countBy(.`)).toEqual(['status', 'path', 'request', 'tags', 'error']);
    expect(offered(`${json} | countBy(.sta`)).toEqual(['status']);
    expect(offered(`${json} | filter(_.status > 1 && .er`)).toEqual(['error']);
    expect(offered(`${json} | groupBy({a: .path}, {n: count(), s: sum(.sta`)).toEqual(['status']);
    expect(offered(`${json} | window(1m, on: .sta`)).toEqual(['status']);
    expect(offered('tail("data/requests.json", from: "end") | json | map(x => x.pa')).toEqual(['path']);
    expect(offered('files("data/*.json") | json | map(.er')).toEqual([]);
    expect(offered('watch("data/re*") | json | map(.er')).toEqual(['error']);
    expect(offered('files("data/orders.csv") | csv | map(.')).toEqual(['user', 'item']);
    expect(offered('files("data/app.logfmt") | logfmt | map(.')).toEqual(['level', 'ms']);
  });

  test('fields of fields, and of items', () => {
    const json = 'files("data/requests.json") | json';
    expect(offered(`${json} | map(.request.`)).toEqual(['id', 'size']);
    expect(offered(`${json} | map(_.request?.si`)).toEqual(['size']);
    expect(offered(`${json} | map(_["request"].si`)).toEqual(['size']);
    expect(offered(`${json} | map([.path, .request]) | map(_[1].`)).toEqual(['id', 'size']);
    expect(offered(`${json} | map([.path, .request]) | mapValues(.`)).toEqual(['id', 'size']);
    expect(offered(`${json} | map(.request.id.toUp`)).toEqual(['toUpperCase']);
    expect(offered(`${json} | map(.status.to`)).not.toContain('toUpperCase');
    expect(offered(`${json} | map(.tags.map(_.`)).not.toContain('status');
  });

  test('fields that stages make', () => {
    const json = 'files("data/requests.json") | json';
    expect(offered(`${json} | map({a: .path, b: .request}) | filter(.b.`)).toEqual(['id', 'size']);
    expect(offered(`${json} | groupBy(.path, {n: count()}) | sortBy(.`)).toEqual(['path', 'n']);
    expect(offered(`${json} | window(30s, 10s) | filter(.sta`)).toEqual(['status']);
    expect(offered(`let bad = ${json} | filter(.error); bad | map(.er`)).toEqual(['error']);
    expect(offered(`let a = ${json}; let b = a | take(3); b | countBy(.sta`)).toEqual(['status']);
  });

  test('fields that are known without data', () => {
    expect(offered('clf | countBy(.sta')).toEqual(['status']);
    expect(offered('regex(/(?<verb>\\w+) (?<path>.*)/) | map(.')).toEqual(['verb', 'path']);
    expect(offered('csv(columns: ["a", "b"]) | map(.')).toEqual(['a', 'b']);
    expect(offered('rate(10) | map(.')).toEqual(['time', 'value']);
  });

  test('fields of what comes in by standard input', () => {
    expect(offered('json | countBy(.sta', 'data/requests.json')).toEqual(['status']);
    expect(offered('stdin | json | countBy(.sta', 'data/requests.json')).toEqual(['status']);
    expect(offered('listen(1) | json | countBy(.sta', 'data/requests.json')).toEqual([]);
  });

  test('no fields where there is nothing to look at, or the program is wrong', () => {
    for (const file of ['data/none.json', 'data/missing.json', 'data', '/dev/stdin']) {
      expect(offered(`files("${file}") | json | map(.sta`), file).toEqual([]);
    }
    expect(offered('files("data/requests.json") | jsn | map(.sta')).toEqual([]);
    expect(offered('files("data/requests.json") | json | map(.a +) | map(.sta')).toEqual([]);
    expect(offered('json | map(.sta')).toEqual([]);
  });

  test('nothing but the file is touched', () => {
    const before = readdirSync('.');
    offered('files("data/requests.json") | append("out.jsonl") | json | map(.sta');
    offered('files("data/requests.json") | exec("touch made") | json | map(.sta');
    offered('files("data/requests.json") | json | window(1m, on: .t, lateTo: "late") | map(.sta');
    expect(readdirSync('.')).toEqual(before);
  });

  test('stages in stages that take some', () => {
    expect(offered('transform(sor')).toEqual(['sort', 'sortBy']);
    expect(offered('transform(sort | tak')).toEqual(['take']);
    expect(offered('a | union(list')).toEqual(['listen']);
  });

  test('choices and files inside of texts', () => {
    expect(offered('tail("x", from: "')).toEqual(['end', 'start']);
    expect(offered('files("a')).toEqual(['all.csv', 'app.log']);
    expect(offered("files('app.log', \"lo")).toEqual(['logs/']);
    expect(offered('files("logs/')).toEqual(['logs/a b.log']);
    expect(offered('files(".')).toEqual(['.hidden']);
    expect(offered('files("none/')).toEqual([]);
    expect(offered('filter(_.includes("a')).toEqual([]);
    expect(offered('json | lookup("al')).toEqual(['all.csv']);
  });

  test('nothing where nothing can be said', () => {
    for (const program of ['json ', 'count 3', 'map(.a ', 'map(`x', 'map(/ab', 'take(3', '"a', '|||']) {
      expect(
        offered(program).filter((name) => name.includes(' ')),
        program,
      ).toEqual([]);
    }
    expect(offered('json ')).toEqual([]);
    expect(offered('map(/ab')).toEqual([]);
  });
});

describe('a line of the shell', () => {
  test.each([
    ["leat 'json | cou", ['leat'], 'json | cou', "'"],
    ["cat x | leat --once 'a' ", ['leat', '--once', 'a'], '', ''],
    ['leat "files(\\"a', ['leat'], 'files("a', '"'],
    ['leat a\\ b', ['leat'], 'a b', ''],
    ["leat 'a'\\''b", ['leat'], "a'b", "'"],
    ['x && y; leat hel', ['leat'], 'hel', ''],
  ])('%s', (line, words, current, quote) => {
    expect(readShellLine(line)).toEqual({ words, current, quote, isRedirected: false });
  });

  test('the file of a redirection is no word', () => {
    expect(readShellLine("leat < app.log 'js")).toMatchObject({ words: ['leat'], current: 'js', isRedirected: false });
    expect(readShellLine("leat 'json' 2>err <ap")).toMatchObject({
      words: ['leat', 'json'],
      current: 'ap',
      isRedirected: true,
    });
  });

  test.each([
    ["leat < x.log 'json | f(.", 'json | f(.', 'x.log'],
    ["leat 'json | f(.a)' < 'x y.log'", 'json | f(.', 'x y.log'],
    ["tail -n 100 -f all.csv | leat 'json | f(.", 'json | f(.', 'all.csv'],
    ["sudo tail -f all.csv | leat 'json | f(.", 'json | f(.', 'all.csv'],
    ["grep x all.csv | leat --once 'json | f(.", 'json | f(.', 'all.csv'],
    ["sort < all.csv | leat 'json | f(.", 'json | f(.', 'all.csv'],
    ["tail -f all.csv ; leat 'json | f(.", 'json | f(.', undefined],
    ["cat missing.log | leat 'json | f(.", 'json | f(.', undefined],
    ["make all.csv | leat 'json | f(.", 'json | f(.', undefined],
    ["leat 'json | f(.", 'json | f(.', undefined],
  ])('%s reads', (line, program, input) => {
    expect(inputOf(line, program)).toBe(input);
  });

  const options: readonly CommandOption[] = [
    { long: '--format', short: undefined, summary: 'how', value: 'look', mayLack: false, choices: ['table', 'text'] },
    { long: '--for', short: undefined, summary: 'how long', value: 'duration', mayLack: false, choices: [] },
    { long: '--bad', short: undefined, summary: 'where', value: 'file', mayLack: false, choices: [] },
    { long: '--checkpoint', short: undefined, summary: 'kept', value: 'dir', mayLack: false, choices: [] },
    { long: '--once', short: undefined, summary: 'all', value: undefined, mayLack: false, choices: [] },
    { long: '--stats', short: undefined, summary: 'counts', value: 'when', mayLack: true, choices: [] },
  ];
  const json = { long: '--json', short: undefined, summary: 'as data', value: undefined, mayLack: false, choices: [] };
  const commands = [
    { name: 'help', summary: 'help', options: [] },
    { name: 'explain', summary: 'the plan', options: [json] },
  ];
  const texts = (line: string) => complete(line, options, commands).map(({ text }) => text);

  test('options and their values', () => {
    expect(texts('leat --fo')).toEqual(['--format', '--for']);
    expect(texts('leat explain --')).toEqual([
      '--json',
      '--format',
      '--for',
      '--bad',
      '--checkpoint',
      '--once',
      '--stats',
    ]);
    expect(texts('leat --j')).toEqual([]);
    expect(texts('leat --format t')).toEqual(['table', 'text']);
    expect(texts('leat --bad a')).toEqual(['all.csv', 'app.log']);
    expect(texts("leat --stats 'json | distin")).toEqual(['json | distinct']);
    expect(texts("leat --for 3s 'json | distin")).toEqual(['json | distinct']);
  });

  test('the whole word is given, program and all', () => {
    expect(texts("leat 'json | distin")).toEqual(['json | distinct']);
    expect(texts('leat --once "files(\\"ap')).toEqual(['files("app.log']);
  });

  test('commands, and the words that there is help for', () => {
    expect(texts('leat hel')).toEqual(['help']);
    expect(texts("leat 'hel")).toEqual([]);
    expect(texts('leat help countByK')).toEqual(['countByKey']);
    expect(texts('leat help startsW')).toEqual(['startsWith']);
    expect(texts('leat completion ')).toEqual(['bash', 'zsh', 'fish']);
    expect(texts("leat explain 'json | distin")).toEqual(['json | distinct']);
    expect(texts("leat 'json' ")).toEqual([]);
    expect(texts('leat checkpoint lo')).toEqual(['logs/']);
    expect(texts('leat --checkpoint lo')).toEqual(['logs/']);
  });

  test('a program behind a host and a port', () => {
    expect(texts("leat localhost 9999 'json | distin")).toEqual(['json | distinct']);
    expect(texts("leat explain localhost 9999 'json | distin")).toEqual(['json | distinct']);
    expect(texts("leat localhost x 'json | distin")).toEqual([]);
    expect(texts("leat localhost 9999 'json' 'json | distin")).toEqual([]);
  });
});

test('every function without a receiver is offered somewhere', () => {
  const all = new Set(offered('map(x => '));
  expect([...functions].filter(({ name, receiver }) => receiver === undefined && !all.has(name))).toEqual([]);
});

describe('stages behind records that are there', () => {
  const records = [
    { path: '/a', n: 1, 'not a name': 2 },
    { path: '/b', p99: 2.5 },
  ];
  const offeredBehind = (text: string) => completeStages(text, records).candidates.map(({ text }) => text);

  test('are offered fields of these, also behind other stages', () => {
    expect(offeredBehind('filter(.')).toEqual(['path', 'n', 'p99']);
    expect(offeredBehind('filter(.n > 1) | map(.p')).toEqual(['path', 'p99']);
    // What others have written is not worked out, however long that would take: nothing is known of what it makes.
    expect(offeredBehind('map({a: .n, b: "x".padStart(1e9)}) | filter(.')).toEqual([]);
  });

  test('are offered neither sources nor sinks, and nothing is looked at outside', () => {
    expect(offeredBehind('ser')).toEqual([]);
    expect(offeredBehind('fil')).toEqual(['filter']);
    expect(offeredBehind('filter(.n > 1) | sav')).toEqual([]);
    expect(offeredBehind('files("package.json") | map(.')).toEqual([]);
    expect(offeredBehind('window(1m, on: .n, lateTo: "pack')).toEqual([]);
    // Whether a variable is set makes no difference.
    const behindAlert = (name: string) => offeredBehind(`alert(.n > 1, http: "\${${name}}") | filter(.`);
    expect(behindAlert('HOME')).toEqual(['path', 'n', 'p99']);
    expect(behindAlert('NO_SUCH_VARIABLE')).toEqual(['path', 'n', 'p99']);
  });
});
