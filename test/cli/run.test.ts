import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { leat, shell, start, temporaryFolder } from './harness.ts';

test('counts words from a pipe, in the order first seen', async () => {
  const { stdout, stderr, code } = await shell("printf 'to be or not to be\\n' | leat 'words | countByValue'");
  expect(stdout).toBe('to\t2\nbe\t2\nor\t1\nnot\t1\n');
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('counts words from a file', async () => {
  const { stdout } = await shell(
    "printf 'to be or not to be\\n' > hamlet; leat 'words | countByValue | top(2)' < hamlet",
  );
  expect(stdout).toBe('be\t2\nto\t2\n');
});

test('two clients of one listener are counted together', async () => {
  const run = start([
    '--batch',
    '100ms',
    'listen(0) | flatMap(_.split(" ")) | map([_, 1]) | reduceByKey(_ + _) | running | print',
  ]);
  const [, port] = await run.noted(/listening on 127\.0\.0\.1:(\d+) \(try: nc 127\.0\.0\.1 \1\)/);
  for (const text of ['to be\n', 'or not to be']) connect(Number(port), '127.0.0.1').end(text);
  await run.said(/to\t2\n/);
  await run.said(/be\t2\n/);
  run.child.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
});

test('a wrong program is told before anything is read', async () => {
  const run = start(['words | reduceByKey(_ + _)']);
  const { stderr, stdout, code } = await run.ended;
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('countByValue');
  expect(stderr).toContain('map([_, 1])');
  expect(stderr).toContain('words | reduceByKey(_ + _)\n          ^^^^^^^^^^^');
});

test('Ctrl-C closes the open batch, prints it and ends with 130', async () => {
  const run = start(['--batch', '1h', '--format', 'batches', 'tap | count']);
  run.input('a\nb\n', true);
  await run.noted(/b/);
  run.child.kill('SIGINT');
  const { stdout, code } = await run.ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/"partial":true,.*"records":\[2\]|"records":\[2\],"partial":true/);
});

test('a closed pipe ends the run quietly', async () => {
  const { stdout, stderr, code } = await shell(
    "leat 'rate(100000) | map(.value)' --batch 10ms | head -2; echo $PIPESTATUS",
  );
  expect(stdout).toBe('0\n1\n0\n');
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('a full disk is a failure of the sink', async () => {
  const { stderr, code } = await shell("printf 'a\\nb\\n' | leat lines > /dev/full");
  expect(code).toBe(4);
  expect(stderr).toMatch(/standard output/);
});

test('bad records are told by place, summed up, and kept', async () => {
  const folder = temporaryFolder();
  const { stdout, stderr, code } = await shell(
    `printf '{"ms":1}\\noops\\n{"ms":3}\\n{"ms"\\n' > in.json; leat 'files("in.json") | json | map(.ms)' --bad bad.json; cat bad.json >&2`,
    folder,
  );
  expect(code).toBe(0);
  expect(stdout).toBe('1\n3\n');
  expect(stderr).toContain('in.json:2: oops');
  expect(stderr).toContain('2 bad of 4: 1 not JSON (first in.json:2), 1 a JSON value does not end (first in.json:4)');
  expect(stderr).toMatch(/\{"source":"in\.json","line":4,"reason":"a JSON value does not end",.*"text":"\{\\"ms\\""\}/);
});

test('a file of bad records that cannot be written is a failure, at the start where that is known', async () => {
  const full = await shell("printf 'x\\n' | leat --bad /dev/full json");
  expect(full.code).toBe(4);
  expect(full.stderr).toContain('cannot write to --bad /dev/full: no space left');
  const nowhere = await shell("printf '1\\n' | leat --bad nowhere/bad.json json");
  expect(nowhere).toEqual({
    stdout: '',
    stderr: 'leat: cannot write to --bad nowhere/bad.json: there is no such file or directory\n',
    code: 4,
  });
});

test('--batches gives so many, however fast the source is and however far apart the recorded times are', async () => {
  // What comes first may find the first batch over, so that only how many there are is sure.
  const live = await leat(['--batch', '50ms', '--batches', '2', 'exec("yes") | count']);
  expect(live.stdout.match(/\d+\n/g)).toHaveLength(2);
  const times = ['00.5', '01.5', '08', '09.5'].map((second) => `{"t":"2026-03-01T10:00:${second}Z"}\n`).join('');
  const program = 'json | dedupe(.t, on: .t, within: 1m) | count';
  const recorded = await leat(['--replay', 'max', '--batches', '4', program], times);
  expect(recorded.stdout).toBe('1\n1\n0\n0\n');
  const timed = await leat(['--replay', 'max', '--for', '3s', program], times);
  expect(timed.stdout).toBe('1\n1\n0\n');
});

test('--replay takes times without a year for the year nearest to now, and knows what lines were lost', async () => {
  const minute = new Date(Date.now() - 86_400_000).toISOString().slice(0, 16);
  const [, day, month] = new Date(Date.now() - 86_400_000).toUTCString().split(' ');
  const stamps = ['05', '40'].map(
    (second) => `${month} ${String(Number(day)).padStart(2)} ${minute.slice(11)}:${second}\n`,
  );
  const program = (on: string) => `${on} | count | stamp | map([formatTime(.start, "yyyy-MM-dd'T'HH:mm"), .value])`;
  for (const on of ['window(1m, on: _)', 'map({t: time(_)}) | window(1m, on: .t)']) {
    expect((await leat(['--replay', 'max', program(on)], stamps.join(''))).stdout).toBe(`${minute}\t2\n`);
  }
  const headless = await shell(
    "printf 'gr\\366\\337e,t\\n1,2026-01-01T00:00:00Z\\n' | leat --replay max 'csv | window(1m, on: .t) | count'",
  );
  expect(headless.stdout).toBe('');
  expect(headless.stderr).toContain('the header could not be read');
});

test('--replay of what has no recorded time is wrong usage', async () => {
  const untimed = await leat(['--replay', 'max', 'count'], 'a\n');
  expect([untimed.code, untimed.stdout]).toEqual([2, '']);
  const lists = await leat(['--replay', 'max', 'queue([{t: 1}]) | window(2s, on: .t) | count']);
  expect([lists.code, lists.stdout]).toEqual([2, '']);
  expect(lists.stderr).toContain('the lists of queue');
});

test('an imported function cannot change what other streams have', async () => {
  const { stdout } = await shell(
    `printf 'export const set = (x) => { x.a = 5; return x; };' > set.mjs
     leat --import ./set.mjs 'let s = queue([{a: 1}]); s | map(set(_)); s'`,
  );
  expect(stdout).toBe('{"a":5}\n{"a":1}\n');
  const missing = await leat(['--import', './missing.mjs', 'count']);
  expect([missing.code, missing.stderr]).toEqual([2, 'leat: --import ./missing.mjs: it does not exist\n']);
});

test('too many bad records fail the run', async () => {
  const { code, stderr } = await leat(['--bad-max', '1', 'json'], 'x\ny\nz\n');
  expect(code).toBe(1);
  expect(stderr).toContain('--bad-max');
  expect((await leat(['--bad-max', '3', 'json'], 'x\ny\n1\nz\n')).code).toBe(0);
  expect((await leat(['--bad-max', '2', 'json'], 'x\ny\n1\nz\n')).code).toBe(1);
  expect((await leat(['--bad-max', '50%', 'json'], 'x\n1\n')).code).toBe(0);
  expect((await leat(['--bad-max', '40%', 'json'], 'x\n1\n')).code).toBe(1);
  expect((await leat(['--bad-max', '101%', 'json'], 'x\n1\n')).code).toBe(2);
});

test('a source that cannot be opened ends with 3', async () => {
  const { code, stdout, stderr } = await leat(['files("nothing-here") | count']);
  expect(code).toBe(3);
  expect(stdout).toBe('');
  expect(stderr).toContain('nothing-here');
});

test('wrong usage ends with 2', async () => {
  expect((await leat(['--batch', 'soon', 'count'])).code).toBe(2);
  expect((await leat(['count', 'words'])).stderr).toContain('single quotes');
  expect((await leat([])).code).toBe(2);
  expect(await leat(['-f', 'missing.leat'])).toMatchObject({
    code: 2,
    stderr: 'leat: cannot read the program missing.leat: it does not exist\n',
  });
});

test('a program that is too long is told, and not tried', async () => {
  const { code, stderr } = await leat([`queue([1])${' | map(_ + 1)'.repeat(3000)}`]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error\[too-deep\]: a program has at most 1000 stages\n/);
});

test('a program comes from a file, or from standard input with a source of its own', async () => {
  const { stdout } = await shell(`printf 'queue([1, 2], [3]) | count\\n' > p.leat; leat -f p.leat; leat -f - < p.leat`);
  expect(stdout).toBe('2\n1\n2\n1\n');
  const own = await shell(`echo count | leat -f -`);
  expect(own.code).toBe(2);
  expect(own.stderr).toContain('needs another source');
});

test('a program may have many sources, without a warning about listeners', async () => {
  const many = Array.from({ length: 14 }, (_, i) => `exec("echo ${i}")`).join('; ');
  const { code, stderr } = await leat(['--once', many]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('where every record is bad the run fails, with the word that would read them', async () => {
  const { code, stderr } = await shell(`printf 'a,b\\n1,x\\n2,y\\n' > t.csv; leat 'json | count' < t.csv`);
  expect(code).toBe(1);
  expect(stderr).toContain('leat: stdin looks like CSV: write `csv` for `json`\n');
  expect(stderr).toMatch(/leat: all 3 records are bad\nhelp: write `csv` for `json`\n$/);
  // One good record is an answer, and so is nothing at all.
  expect((await shell(`printf '1\\noops\\n' | leat json`)).code).toBe(0);
  expect((await shell(`leat json < /dev/null`)).code).toBe(0);
  expect((await shell(`printf '1\\n' | leat 'json | filter(_ > 1)'`)).code).toBe(0);
  // Another stream of the program has its answer.
  expect((await shell(`printf 'oops\\n' | leat 'let all = stdin; all | json; all | count'`)).code).toBe(0);
});

test('the code of a signal goes before that of a run without a good record', async () => {
  const run = start(['stdin | json | count']);
  run.input('oops\n', true);
  await run.noted(/bad record/);
  run.child.kill('SIGTERM');
  expect((await run.ended).code).toBe(143);
});

test('what is evidently no text is named, with the command that makes text of it', async () => {
  const { stderr } = await shell(
    `printf '\\377\\376a\\000,\\000b\\000\\n\\000' > u.csv; leat 'files("u.csv") | csv'; ` +
      `printf 'a,b\\r1,x\\r' | leat csv`,
  );
  expect(stderr).toContain('leat: u.csv is UTF-16: exec("iconv -f UTF-16 -t UTF-8 u.csv") | … reads it\n');
  expect(stderr).toContain(
    'leat: stdin ends its lines with \\r alone, a carriage return without \\n: stdin(delimiter: "\\r") reads them\n',
  );
});

test('a join of batches with what is read once is told', async () => {
  const join = `queue(["bob"], ["bob"]) | map([_, 1]) | join(files("t.csv") | map([_, 2]))`;
  const { stdout, stderr } = await shell(`echo bob > t.csv; leat '${join}'; leat --batches 1 '${join}'`);
  expect(stdout).toBe('bob\t[1,2]\nbob\t[1,2]\n');
  expect(stderr).toBe(
    'leat: files("t.csv") is read into the first batch, and join finds nothing of it in later ones: lookup("t.csv", …) keeps a table for all batches\n',
  );
});

test('what live data is, is told when enough of it has come', async () => {
  const run = start(['--batch', '50ms', 'stdin | json | count | none']);
  run.input('a,b\n', true);
  await run.noted(/bad record/);
  run.input('1,2\n3,4\n', true);
  await run.noted(/stdin looks like CSV: write `csv` for `json`/);
  run.input('');
  expect((await run.ended).code).toBe(1);
});

test('a failure of a sink ends with 4, and with what its word knows to do about it', async () => {
  const { stderr, code } = await leat([`queue(["a"]) | send("127.0.0.1", ${await freePort()})`]);
  expect(stderr).toMatch(/^leat: cannot write to 127\.0\.0\.1:\d+: nobody listens there$/m);
  expect(stderr).toContain('help: start the receiver first: `nc -lk PORT`\n');
  expect(code).toBe(4);
});

test('--sparklines is taken by its former name too, which help does not show', async () => {
  for (const option of ['--sparklines', '--spark']) expect((await leat([option, 'count'], 'a')).code).toBe(0);
  const { stdout } = await leat(['--help']);
  expect(stdout).toContain('--sparklines ');
  expect(stdout).not.toContain('--spark ');
});

/** A port at which nobody listens. */

test('what is level with the last of a top in a window is held to --state-max', async () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `{"n":1,"id":"${i}"}\n`).join('');
  const { stderr, code } = await leat(['--state-max', '40kb', 'json | running | top(1, .n, ties: true)'], lines);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('more than 40kb in memory') });
});
