import { expect, test } from 'vitest';
import { leat, shell, start } from './harness.ts';

test('quotes that the shell took are recognised', async () => {
  const { stderr, code } = await shell(`leat 'filter(_ == 'error')'`);
  expect(stderr).toContain('the text `"error"`');
  expect(stderr).toContain('write texts in it with double ones');
  expect(code).toBe(2);
});

test('a variable that the shell put nothing for is recognised', async () => {
  const { stderr, code } = await shell('leat "filter(_ == $level)"');
  expect(stderr).toContain('between single quotes it changes nothing');
  expect(code).toBe(2);
});

test('a program without quotes is shown with them', async () => {
  const { stderr, code } = await shell('leat words \\| countByValue');
  expect(stderr).toContain("help: put the whole program into single quotes: leat 'words | countByValue'\n");
  expect(code).toBe(2);
});

test('a `|` that the shell took for its own is recognised, where there is no such command', async () => {
  const { stderr } = await shell(`seq 3 | { sleep 0.2; leat words; } | nonesuch-countByValue; true`);
  expect(stderr).toContain("put all of it into single quotes: leat 'words | …'");
});

test('a command behind the `|` that reads, much or little, is none of our business', async () => {
  for (const reader of ['sort', 'head -1', 'grep -q 1']) {
    expect((await shell(`seq 100000 | leat words | ${reader}`)).stderr).toBe('');
  }
});

test('what the shell puts in the place of back-ticks is recognised', async () => {
  const { stderr, code } = await shell('leat "json | map(`true`)"');
  expect(stderr).toContain('$names and `commands`');
  expect(code).toBe(2);
});

test('who closes the pipe of the help, of a plan or of messages is left politely', async () => {
  for (const line of [
    'leat help',
    'leat --version',
    "leat explain 'json | count'",
    "printf '1\\na\\n' | leat json 2>&1",
  ]) {
    const { stdout, stderr } = await shell(`{ sleep 0.1; ${line}; echo "exit $?" >&3; } 3>&2 | true`);
    expect({ line, stdout, stderr }).toEqual({ line, stdout: '', stderr: 'exit 0\n' });
  }
});

test('a full disk is told in a line', async () => {
  const { stderr } = await shell('leat help > /dev/full; echo "exit $?" >&2');
  expect(stderr).toBe('leat: cannot write to standard output: ENOSPC: no space left on device, write\nexit 4\n');
});

test('data that is given as a program is told by what it is', async () => {
  const { stderr, code } = await shell(`yes '10.0.0.5 - - [x] "GET"' | head -100 > small.log; leat -f small.log`);
  expect(stderr.match(/^error/gm)).toHaveLength(20);
  expect(stderr).toMatch(/^… and [\d,]+ more mistakes$/m);
  expect(stderr).toContain(`to read it as data: leat 'files("small.log") | …'`);
  expect(code).toBe(2);
  const large = await shell('head -c 2000000 /dev/zero > large.log; leat -f large.log');
  expect(large.stderr).toBe(
    `leat: large.log is too long for a program (1.9mb); -f names the file of a program; to read it as data: leat 'files("large.log") | …'\n`,
  );
});

test('a file behind the program is shown how to be read', async () => {
  const { stderr, code } = await shell("echo a > x.log; leat 'count' x.log");
  expect(stderr).toContain(`leat 'files("x.log") | count'; or give it as input: leat 'count' < x.log`);
  expect(code).toBe(2);
});

test.each([[[]], [['--no-kernels']], [['--stats']]])(
  'a field that is nowhere in the data is told, with %j',
  async (flags) => {
    const { stderr } = await leat(
      [...flags, 'json | countBy(.stauts)'],
      '{"status":200,"path":"/","ms":3}\n'.repeat(1500),
    );
    expect(stderr).toContain(
      'no field "stauts" in the first 1,000 records; did you mean "status"? seen: status, path, ms\n',
    );
  },
);

test('it is told while a live run goes on', async () => {
  const run = start(['json | countBy(.stauts)']);
  run.input('{"status":200}\n'.repeat(1000), true);
  await run.noted(/no field "stauts" in the first 1,000 records/);
  run.input('');
  expect((await run.ended).stderr.match(/no field/g)).toHaveLength(1);
});

test('an optional field that comes early enough is not told of', async () => {
  const { stderr } = await leat(['json | filter(.error != null)'], `${'{"a":1}\n'.repeat(900)}{"error":"full"}\n`);
  expect(stderr).toBe('');
});

test('an empty result names the stage that let nothing through', async () => {
  const { stderr, code } = await leat(['words | filter(_.length > 9) | countByValue'], 'to be or not\n');
  expect(stderr).toBe(
    'leat: 1 record was read, and nothing came out of `filter(_.length > 9)` (--stats counts what goes through each stage)\n',
  );
  expect(code).toBe(0);
});

test('one bad record is one', async () => {
  const { stderr, code } = await leat(['--bad-max', '1', 'json'], 'a\nb\n');
  expect(stderr).toContain('more than 1 bad record (--bad-max)');
  expect(code).toBe(1);
});
