import { expect, test } from 'vitest';
import { argumentsOfNc, programOf } from '../../src/cli/as-nc.ts';
import { leat, shell, start } from './harness.ts';

const program = (listen: string | undefined, text?: string, ...surplus: string[]) =>
  programOf({ listen, text, surplus });

test('-l is listen in front of the program', () => {
  expect(program('9999', 'words | count')).toBe('listen(9999) | words | count');
  expect(program('9999')).toBe('listen(9999)');
  expect(program('0.0.0.0:9999', 'count')).toBe('listen(9999, host: "0.0.0.0") | count');
  expect(() => program('port')).toThrow(/-l takes a port/);
  expect(() => program('70000')).toThrow(/-l takes a port/);
  expect(() => program('9999', 'let a = words; a | count')).toThrow(/let input = listen\(9999\)/);
  expect(() => program('9999', 'words; count')).toThrow(/the source of one stream/);
});

test('a host and a port are connect in front of the program', () => {
  expect(program(undefined, 'localhost', '9999')).toBe('connect("localhost", 9999)');
  expect(program(undefined, '10.0.0.1', '80', 'json | count')).toBe('connect("10.0.0.1", 80) | json | count');
  expect(program(undefined, '::1', '80')).toBe('connect("::1", 80)');
  expect(() => program(undefined, 'localhost', '80', 'count', 'more')).toThrow(/found more behind it: more/);
  expect(() => program(undefined, 'words | count', '80')).toThrow(/found more behind it: 80/);
  expect(() => program(undefined, 'words', 'count')).toThrow(/found more behind it: count/);
});

test('a program in a file says its source itself', () => {
  const inFile = (listen: string | undefined, text?: string, ...surplus: string[]) =>
    programOf({ listen, text, surplus, file: 'count.leat' });
  expect(inFile(undefined)).toBeUndefined();
  expect(() => inFile('9999')).toThrow(
    '-l stands in front of a program given as text; let the one in count.leat begin with listen(9999) | …',
  );
  expect(() => inFile(undefined, 'localhost', '80')).toThrow(/count\.leat begin with connect\("localhost", 80\)/);
});

test('explain takes what a run takes', async () => {
  expect((await leat(['explain', 'localhost', '80', 'count'])).stdout).toContain('connect("localhost", 80)');
  expect(await leat(['explain', 'words', 'count'])).toMatchObject({ code: 2, stdout: '' });
  expect(await leat(['completion', 'bash', 'zsh'])).toMatchObject({ code: 2, stdout: '' });
});

test('what nc writes in other ways is the same', () => {
  const own = (...args: string[]) => argumentsOfNc(['node', 'leat', ...args]).slice(2);
  expect(own('-lk', '9999', 'count')).toEqual(['-l', '9999', 'count']);
  expect(own('-l', '-p', '9999')).toEqual(['-l', '9999']);
  expect(own('-k', '-l', '9999')).toEqual(['-l', '9999']);
  expect(own('-v')).toEqual(['--version']);
  expect(own('version')).toEqual(['--version']);
  expect(own('version', 'count')).toEqual(['version', 'count']);
  expect(own('--', '-v')).toEqual(['--', '-v']);
  expect(own('-q', 'words')).toEqual(['-q', 'words']);
});

test('it stands in for nc at both ends', async () => {
  const server = start(['-l', '0', 'head(2)', '--batch', '50ms']);
  const [, port] = await server.noted(/listening on 127\.0\.0\.1:(\d+)/);
  await shell(`printf 'a\\nb\\nc\\n' > /dev/tcp/127.0.0.1/${port}`);
  expect(await server.ended).toMatchObject({ stdout: 'a\nb\n', code: 0 });

  const source = start(['listen(0) | head(1)', '--batch', '50ms']);
  const [, second] = await source.noted(/listening on 127\.0\.0\.1:(\d+)/);
  const client = start(['127.0.0.1', second!, '--for', '20s']);
  await shell(`printf 'x\\n' > /dev/tcp/127.0.0.1/${second}`);
  expect((await source.ended).stdout).toBe('x\n');
  client.child.kill();
  await client.ended;
});

test('short options', async () => {
  expect((await leat(['-o', 'json', 'queue(["a"])'])).stdout).toBe('"a"\n');
  expect((await leat(['-b', '500ms', '-o', 'batches', 'queue([1])'])).stdout).toContain('"end":500');
  for (const version of ['-V', '-v', 'version', '--version']) {
    expect((await leat([version])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  }
  const quiet = await leat(['-q', 'json | map(.b)'], 'oops\n{"a":1}\n');
  expect(quiet).toEqual({ stdout: 'null\n', stderr: 'leat: 1 bad of 2: 1 not JSON (first stdin:1)\n', code: 0 });
  expect((await leat(['-q', 'jsn'])).stderr).toContain('error[unknown-stage]');
});
