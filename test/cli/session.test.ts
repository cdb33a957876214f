import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Leat, leat, shell, start, temporaryFolder } from './harness.ts';

/** Records a program that listens, with what `feed` does; gives what it printed. */
async function recorded(
  folder: string,
  program: string,
  feed: (send: (name: string, text: string) => void, run: Leat) => Promise<void>,
): Promise<{ stdout: string; stderr: string }> {
  const run = start(
    ['--batch', '50ms', '--format', 'batches', '--record', 's.jsonl', `listen(0) | ${program}`],
    folder,
  );
  const [, port] = await run.noted(/listening on 127\.0\.0\.1:(\d+)/);
  const clients = new Map<string, ReturnType<typeof connect>>();
  const send = (name: string, text: string) => {
    const client = clients.get(name) ?? connect(Number(port), '127.0.0.1');
    clients.set(name, client);
    client.write(text);
  };
  await feed(send, run);
  for (const client of clients.values()) client.end();
  run.child.kill('SIGINT');
  const ended = await run.ended;
  expect(ended.code).toBe(130);
  return ended;
}

const replayed = (folder: string, program: string, ...flags: string[]) =>
  leat(['--batch', '50ms', '--format', 'batches', ...flags, `replay("s.jsonl") | ${program}`], '', folder);

test('a replayed session gives the same batches, of several clients, empty ones and the cut one too', async () => {
  const folder = temporaryFolder();
  const program = 'words | countByValue';
  const live = await recorded(folder, program, async (send, run) => {
    send('a', 'to be or\n');
    await run.said(/"or",1/);
    send('b', 'not to be\n');
    await run.said(/"not",1/);
    await run.said(/"records":\[\]\}\n.*"records":\[\]\}\n$/);
    send('a', 'that is\r\nthe question');
    await run.said(/"is",1/);
  });
  const again = await replayed(folder, program);
  expect(again.stdout).toBe(live.stdout);
  expect(again.stdout.split('\n').length).toBeGreaterThan(4);
  expect(again.code).toBe(0);
});

test('windows, headers of each client and bad lines are as they were', async () => {
  const folder = temporaryFolder();
  const program = 'csv | countBy(.kind) | window(200ms, 100ms)';
  const live = await recorded(folder, program, async (send, run) => {
    send('a', 'kind,n\nred,1\n');
    send('b', 'n,kind\n1,blue\n2,red,3\n');
    await run.said(/"blue",1/);
    await run.said(/"records":\[\]\}\n$/);
    send('a', 'red,2\n');
    await run.said(/"records":\[\["red",1\]\]/);
  });
  const again = await replayed(folder, program);
  expect(again.stdout).toBe(live.stdout);
  const bad = /^leat: (bad record|\d+ bad of).*$/gm;
  expect(again.stderr.match(bad)).toEqual(live.stderr.match(bad));
  expect(again.stderr).toMatch(/127\.0\.0\.1:\d+:3/);
});

test('a session of a file is one batch again', async () => {
  const folder = temporaryFolder();
  const { stdout } = await shell(
    `printf 'b\\na\\377\\n\\nb\\r\\n' > in
     leat --record s.jsonl --format batches 'countByValue | window(1h)' < in > first
     leat --format batches 'replay("s.jsonl") | countByValue | window(1h)' > second
     cmp first second && cat second | grep -o '"records".*'`,
    folder,
  );
  expect(stdout).toBe('"records":[["b",2],["",1]]}\n');
});

test('values keep what JSON has no numbers for, and one source can be taken of several', async () => {
  const folder = temporaryFolder();
  await shell(`leat --record s.jsonl 'queue([12345678901234567890, null]) | union(queue(["x"], ["y"]))'`, folder);
  const whole = await shell(`leat 'replay("s.jsonl")'`, folder);
  expect(whole.stdout).toBe('12345678901234567890\nnull\nx\ny\n');
  const second = await shell(`leat 'replay("s.jsonl", source: 2)'`, folder);
  expect(second.stdout).toBe('x\ny\n');
});

test('another batch interval cuts the session anew by the times of arrival', async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 's.jsonl'),
    [
      '{"session":1,"start":0,"interval":1000,"live":true,"whole":false}',
      ...[200, 700, 1300, 2900].map((time) => `{"time":${time},"source":1,"origin":1,"name":"a","text":"${time}"}`),
      '{"tick":3000}',
      '',
    ].join('\n'),
  );
  const { stdout } = await leat(['--batch', '500ms', 'replay("s.jsonl") | count'], '', folder);
  expect(stdout).toBe('1\n1\n1\n0\n0\n1\n');
  const whole = await leat(['--batch', '2s', 'replay("s.jsonl") | count'], '', folder);
  expect(whole.stdout).toBe('3\n1\n');
});

test('a batch that the end of a run cut short ends there where the run was gone on with', async () => {
  const folder = temporaryFolder();
  const record = (time: number, text: string) => `{"time":${time},"source":1,"origin":1,"name":"a","text":"${text}"}`;
  const head = '{"session":1,"start":0,"interval":1000,"live":true,"whole":false,"kept":true}';
  const events = [record(200, 'a'), '{"tick":1000,"partial":true}', record(1300, 'b'), '{"tick":2000}'];
  writeFileSync(
    join(folder, 's.jsonl'),
    [head, ...events, record(2100, 'c'), '{"tick":3000,"partial":true}', ''].join('\n'),
  );
  const replay = async (...flags: string[]) => {
    const { stdout } = await leat([...flags, '--format', 'batches', 'replay("s.jsonl") | count'], '', folder);
    return stdout.split('\n').flatMap((line) => {
      if (line === '') return [];
      const { end, partial = false, records } = JSON.parse(line);
      return [[end, partial, ...records]];
    });
  };
  expect(await replay('--batch', '1s')).toEqual([
    [1000, true, 1],
    [2000, false, 1],
    [3000, true, 1],
  ]);
  // Where batches end otherwise, none of them was cut short there.
  expect(await replay('--batch', '2s')).toEqual([
    [2000, false, 2],
    [4000, true, 1],
  ]);
  expect(await replay('--batch', '1s', '--batches', '1')).toEqual([[1000, true, 1]]);
});

test('a session that was cut off is read up to there; anything else is told', async () => {
  const folder = temporaryFolder();
  await shell("leat --record s.jsonl 'queue([1], [2])'", folder);
  const text = readFileSync(join(folder, 's.jsonl'), 'utf8');
  writeFileSync(join(folder, 'cut.jsonl'), text.slice(0, -8));
  writeFileSync(join(folder, 'other.jsonl'), '{"a":1}\n');
  writeFileSync(join(folder, 'broken.jsonl'), text.replace('"value"', '"walue"'));
  const cut = await leat(['replay("cut.jsonl")'], '', folder);
  expect(cut.stdout).toBe('1\n2\n');
  expect(cut.stderr).toBe('leat: the last line of cut.jsonl, line 6, is cut off: what it held is left out\n');
  const other = await leat(['replay("other.jsonl")'], '', folder);
  expect(other.stderr).toContain('other.jsonl is not a recorded session');
  expect(other.code).toBe(3);
  expect((await leat(['replay("broken.jsonl")'], '', folder)).stderr).toContain(
    'broken.jsonl:3 is no line of a session',
  );
  expect((await leat(['replay("none.jsonl")'], '', folder)).code).toBe(3);
});

test('a session is not written over while it is read, and stands beside nothing that has its own time', async () => {
  const folder = temporaryFolder();
  await shell("leat --record s.jsonl 'queue([1], [2])'", folder);
  const over = await leat(['--record', './s.jsonl', 'replay("s.jsonl")'], '', folder);
  expect(over.code).toBe(2);
  expect((await leat(['replay("s.jsonl")'], '', folder)).stdout).toBe('1\n2\n');
  const beside = await leat(['replay("s.jsonl") | union(rate(1))'], '', folder);
  expect(beside.code).toBe(2);
  expect(beside.stderr).toContain('`rate` beside it does not');
});

test('a full disk under the session is a failure', async () => {
  const { code, stderr } = await shell("printf 'a\\n' | leat --record /dev/full lines");
  expect(stderr).toContain('/dev/full');
  expect(code).toBe(4);
});

test('a replayed session knows the header of a file that was followed from its end', async () => {
  const folder = temporaryFolder();
  const table = join(folder, 't.csv');
  writeFileSync(table, 'a,b\n1,2\n');
  const run = start(['--batch', '50ms', '--record', 's.jsonl', 'tail("t.csv") | csv'], folder);
  await run.noted(/following t\.csv/);
  appendFileSync(table, '3,4\n');
  await run.said(/"b":4/);
  run.child.kill('SIGINT');
  expect((await run.ended).stdout).toBe('{"a":3,"b":4}\n');
  expect((await leat(['replay("s.jsonl") | csv'], '', folder)).stdout).toBe('{"a":3,"b":4}\n');
});
