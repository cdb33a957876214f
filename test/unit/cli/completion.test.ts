import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandOption, complete } from '../../../src/cli/completion/complete.ts';
import { completeProgram } from '../../../src/cli/completion/program.ts';
import { readShellLine } from '../../../src/cli/completion/shell-line.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'leat-complete-'));

beforeAll(() => {
  mkdirSync(join(folder, 'logs'));
  for (const name of ['app.log', 'all.csv', '.hidden', 'logs/a b.log']) writeFileSync(join(folder, name), '');
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** What is offered at the end of a program, without what stands before it. */
const offered = (program: string) => completeProgram(program).candidates.map(({ text }) => text);

const names = (words: readonly { readonly name: string }[], begun: string) =>
  words.map(({ name }) => name).filter((name) => name.startsWith(begun));

describe('in a program', () => {
  test('behind a bar, all stages and sinks that begin so', () => {
    expect(offered('json | cou')).toEqual(names([...stages, ...sinks], 'cou'));
    expect(offered('json | cou')).toEqual(
      expect.arrayContaining(['count', 'countBy', 'countByValue', 'countByWindow']),
    );
    expect(offered('json | ').length).toBe(stages.length + sinks.length);
    expect(offered('json |')).toContain('filter');
  });

  test('at the start, sources as well', () => {
    expect(offered('fi')).toEqual(['files', ...names(stages, 'fi')]);
    expect(offered('').length).toBeGreaterThanOrEqual(sources.length + stages.length);
    expect(offered('json | count; st')).toEqual(['stdin', ...names(stages, 'st')]);
  });

  test('streams that have a name', () => {
    expect(offered('let errors = json | filter(.bad); err')).toEqual(['errors']);
    expect(offered('let errors = json; stdin | union(err')).toEqual(['errors']);
    expect(offered('let errors = js')).toEqual(['json']);
  });

  test('between brackets, named arguments and functions', () => {
    expect(offered('listen(9999, ho')).toEqual(['host:']);
    expect(offered('listen(9999, host: "::1", cli')).toEqual(['clients:']);
    expect(offered('json | window(10s, ')).toEqual(expect.arrayContaining(['on:', 'late:']));
    expect(offered('map(upp')).toEqual(['upper']);
    expect(offered('map(x => rou')).toEqual(['round']);
    expect(offered('map(_ + rou')).toEqual(['round']);
    expect(offered('csv(header: ')).toEqual(['true', 'false']);
  });

  test('aggregates where they stand, and only there', () => {
    expect(offered('json | groupBy(.a, {n: cou')).toEqual(['count']);
    expect(offered('json | aggregate({a: ')).toEqual(aggregates.map(({ name }) => name));
    expect(offered('json | groupBy({a: rou')).toEqual(['round']);
    expect(offered('json | groupBy(.a, {n: sum(.b), q')).toEqual([]);
  });

  test('methods behind a point', () => {
    expect(offered('map(_.toUp')).toEqual(['toUpperCase']);
    expect(offered('map(.name.startsW')).toEqual(['startsWith']);
    expect(offered('map(_.len')).toEqual(['length']);
    expect(offered('map(.na')).toEqual([]);
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
    expect(readShellLine(line)).toEqual({ words, current, quote });
  });

  const options: readonly CommandOption[] = [
    { long: '--format', short: undefined, summary: 'how', value: 'look', mayLack: false, choices: ['table', 'text'] },
    { long: '--for', short: undefined, summary: 'how long', value: 'duration', mayLack: false, choices: [] },
    { long: '--bad', short: undefined, summary: 'where', value: 'file', mayLack: false, choices: [] },
    { long: '--once', short: undefined, summary: 'all', value: undefined, mayLack: false, choices: [] },
    { long: '--stats', short: undefined, summary: 'counts', value: 'when', mayLack: true, choices: [] },
  ];
  const commands = [{ name: 'help', summary: 'help' }];
  const texts = (line: string) => complete(line, options, commands).map(({ text }) => text);

  test('options and their values', () => {
    expect(texts('leat --fo')).toEqual(['--format', '--for']);
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
  });
});

test('every function without a receiver is offered somewhere', () => {
  const all = new Set(offered('map(x => '));
  expect(functions.filter(({ name, receiver }) => receiver === undefined && !all.has(name))).toEqual([]);
});
