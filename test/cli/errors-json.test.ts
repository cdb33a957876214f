import { expect, test } from 'vitest';
import { leat, start } from './harness.ts';

async function said(args: readonly string[], input = '') {
  const { stderr, code, stdout } = await leat(['--errors', 'json', ...args], input);
  const lines = stderr.split('\n').filter((line) => line !== '');
  return { said: lines.map((line) => JSON.parse(line)), code, stdout };
}

test('mistakes of a program are objects with a place', async () => {
  expect(await said(['json\n| topp(3) | reduceByKey(_ + _'])).toMatchObject({
    code: 2,
    said: [
      { kind: 'problem', code: 'unknown-stage', line: 2, column: 3, text: 'topp', label: 'did you mean `top`?' },
      { kind: 'problem', code: 'unclosed-bracket', line: 2, column: 30, text: '' },
    ],
  });
  expect((await said(['explain', 'wordz'])).said[0]).toMatchObject({
    kind: 'problem',
    line: 1,
    column: 1,
    text: 'wordz',
  });
});

test('what goes wrong while it runs is told as data, and how it ended', async () => {
  const { said: lines, stdout } = await said(['json | map(.ms * 2)'], '{"ms":1}\nöops\n');
  expect(stdout).toBe('2\n');
  expect(lines).toEqual([
    {
      kind: 'bad',
      source: 'stdin',
      line: 2,
      reason: 'not JSON',
      detail: 'no value starts like this, at character 1',
      text: 'öops',
    },
    { kind: 'sum', message: '1 bad of 2: 1 not JSON (first stdin:2)', records: 2 },
    { kind: 'end', exit: 0, records: 2, bad: 1, late: 0, batches: 1 },
  ]);
  expect(await said(['files("nope") | count'])).toMatchObject({
    code: 3,
    said: [
      { kind: 'failure', code: 'no-such-file', exit: 3 },
      { kind: 'end', exit: 3 },
    ],
  });
});

test('wrong usage too', async () => {
  expect(await said(['-f', 'nope'])).toMatchObject({ code: 2, said: [{ kind: 'usage' }] });
  expect(await said(['words', 'count'])).toMatchObject({ code: 2, said: [{ kind: 'usage' }] });
  expect(await said(['--nope', 'words'])).toMatchObject({ code: 2, said: [{ kind: 'usage' }] });
});

test('so it is with all commands', async () => {
  expect(await said(['explain', 'words', 'count'])).toMatchObject({ code: 2, said: [{ kind: 'usage' }] });
  expect(await said(['help', 'xyzzyx'])).toMatchObject({ code: 2, said: [{ kind: 'usage' }] });
  expect(await said(['test', 'nope.spec'])).toMatchObject({
    code: 2,
    said: [{ kind: 'usage', message: 'nope.spec: it does not exist' }],
  });
  expect(await said(['checkpoint', 'nope'])).toMatchObject({ code: 3, said: [{ kind: 'failure', exit: 3 }] });
  expect(await said(['completion', 'nope'])).toMatchObject({ code: 2, said: [{ kind: 'usage' }] });
});

test('what went through the stages is data too, also where it is not asked for as such', async () => {
  const stages = [{ stage: 'stdin' }, { stage: 'count' }, { stage: 'print' }];
  const { said: lines } = await said(['--stats', 'count'], 'a\n');
  expect(lines).toMatchObject([{ kind: 'stats', records: 1, stages }, { kind: 'end' }]);
});

test('nothing of the data is a command to a terminal, and each line stays JSON', async () => {
  const run = start(['--errors', 'json', 'json | tap | none']);
  run.input('{"a":"\\u001b]0;x\\u0007\\u009b"}\n\u009b\u202e\n');
  const { stderr } = await run.ended;
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  const kinds = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).kind);
  expect(kinds).toEqual(['trace', 'bad', 'sum', 'end']);
});
