import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { seedOfTest, tries } from '../support/effort.ts';
import { Leat } from './harness.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The counts of a file of batches, of the last one. */
function lastCount(path: string): number {
  const batches = readFileSync(path, 'utf8').trimEnd().split('\n');
  return (JSON.parse(batches.at(-1)!) as { readonly records: readonly number[] }).records[0]!;
}

test('a run that is killed again and again writes each line once, and counts each once', async () => {
  const folder = temporaryDirectory();
  const random = new Random(seedOfTest);
  const path = join(folder, 'in.log');
  const program =
    'let all = tail("in.log", from: "start"); all | append("out.log"); all | count | running | append("n.json", format: "batches"); all | save("each/", "txt")';
  const args = ['--checkpoint', 'state', '--batch', '50ms', program];
  const lines: string[] = [];
  const write = (count: number) => {
    const more = Array.from({ length: count }, (_, i) => `line ${lines.length + i} ${'x'.repeat(i % 40)}`);
    lines.push(...more);
    appendFileSync(path, `${more.join('\n')}\n`);
  };
  writeFileSync(path, '');
  for (let life = 0; life < tries(6, 100); life++) {
    const leat = new Leat(args, folder);
    const writing = (async () => {
      for (let i = 0; i < 12; i++) {
        write(random.whole(1, 200));
        await pause(random.whole(1, 30));
      }
    })();
    // It is told when its place in the file is safe.
    if (random.chance(0.8)) await leat.noted(/following in\.log/);
    await pause(random.whole(0, 250));
    leat.child.kill('SIGKILL');
    await Promise.all([leat.ended, writing]);
  }
  const last = new Leat(args, folder);
  await last.noted(/following in\.log/);
  const isAll = () => existsSync(join(folder, 'n.json')) && lastCount(join(folder, 'n.json')) === lines.length;
  for (let tries = 0; tries < 2000 && !isAll(); tries++) await pause(20);
  last.child.kill('SIGTERM');
  expect((await last.ended).code).toBe(143);
  expect(lastCount(join(folder, 'n.json'))).toBe(lines.length);
  expect(readFileSync(join(folder, 'out.log'), 'utf8')).toBe(`${lines.join('\n')}\n`);
  const verified = await new Leat(['checkpoint', 'state', '--verify'], folder).ended;
  expect(verified).toMatchObject({ stdout: 'state is whole\n', code: 0 });
}, 200_000);

test.each([
  ['print', 'print'],
  ['exec', `exec("cat >> got.txt")`],
  ['unix', 'unix("got.sock")'],
])('what was given to %s when the run was killed comes again, and nothing is lost', async (_word, sink) => {
  const folder = temporaryDirectory();
  const lines = Array.from({ length: 40_000 }, (_, i) => `line ${i} ${'x'.repeat(100)}`);
  writeFileSync(join(folder, 'in.log'), '');
  let got = '';
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    // A reader that is slow at first.
    socket.setEncoding('utf8').pause();
    socket.on('data', (text: string) => {
      got += text;
    });
    sockets.push(socket);
  });
  await new Promise<void>((ready) => server.listen(join(folder, 'got.sock'), ready));
  onTestFinished(() => void server.close());
  const start = () => {
    const args = ['--checkpoint', 'state', '--batch', '50ms', `tail("in.log", from: "start") | ${sink}`];
    const child = spawn(process.execPath, [resolve('bin/leat.js'), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  const first = start();
  let said = '';
  first.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  for (let tries = 0; tries < 2000 && !said.includes('following'); tries++) await pause(20);
  for (let i = 0; i < 40; i++) {
    appendFileSync(join(folder, 'in.log'), `${lines.slice(i * 500, (i + 1) * 500).join('\n')}\n`);
    await pause(20);
  }
  first.kill('SIGKILL');
  const read = (child: typeof first) =>
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      got += text;
    });
  read(first);
  for (const socket of sockets) socket.resume();
  await new Promise((closed) => first.once('close', closed));
  // The next line does not go on with one that was torn.
  got += '\n';
  const second = start();
  read(second);
  appendFileSync(join(folder, 'in.log'), `${lines.slice(20_000).join('\n')}\n`);
  const outputOf = () =>
    got + (existsSync(join(folder, 'got.txt')) ? readFileSync(join(folder, 'got.txt'), 'utf8') : '');
  for (let tries = 0; tries < 1000 && !outputOf().endsWith(`${lines.at(-1)}\n`); tries++) {
    for (const socket of sockets) socket.resume();
    await pause(20);
  }
  second.kill('SIGTERM');
  const there = new Set(outputOf().split('\n'));
  expect(lines.filter((line) => !there.has(line))).toEqual([]);
});

test('what a directory keeps is shown, and what is broken in it is named', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'in.txt'), 'a b\nc\n');
  const run = await new Leat(
    ['--checkpoint', 'state', 'files("in.txt") | words | countByValue | append("out.txt")'],
    folder,
  ).ended;
  expect(run.code).toBe(0);
  const shown = await new Leat(['checkpoint', 'state'], folder).ended;
  expect(shown.stdout).toMatch(/^program {2}files\("in\.txt"\) \| words \| countByValue \| append\("out\.txt"\)$/m);
  expect(shown.stdout).toMatch(/^batch {4}1, finished$/m);
  expect(shown.stdout).toMatch(/^source {3}files\("in\.txt"\): in\.txt read to its end \(line 2\)$/m);
  expect(shown.stdout).toMatch(/^output {3}append out\.txt: 12 bytes$/m);
  const path = join(folder, 'state', 'base-000001');
  const bytes = readFileSync(path);
  bytes[100]! ^= 1;
  writeFileSync(path, bytes);
  const verified = await new Leat(['checkpoint', 'state', '--verify'], folder).ended;
  expect(verified.code).toBe(1);
  expect(verified.stderr).toMatch(
    /state\/base-000001: it is not what was written; nothing that was kept can be gone on from/,
  );
  const again = await new Leat(
    ['--checkpoint', 'state', 'files("in.txt") | words | countByValue | append("out.txt")'],
    folder,
  ).ended;
  expect(again.code).toBe(3);
  rmSync(path);
  const gone = await new Leat(['checkpoint', 'state', '--verify'], folder).ended;
  expect(gone.stderr).toMatch(/base-000001: it is not there any more/);
});

test('results that were served are verified too, though a run goes on without them', async () => {
  const folder = temporaryDirectory();
  const program = 'queue(["a"], ["b"]) | countByValue';
  expect((await new Leat(['--checkpoint', 'state', '--save', 'page.html', program], folder).ended).code).toBe(0);
  const verify = () => new Leat(['checkpoint', 'state', '--verify'], folder).ended;
  expect(await verify()).toMatchObject({ stdout: 'state is whole\n', code: 0 });
  const path = join(folder, 'state', 'results-000001');
  const bytes = readFileSync(path);
  bytes[60]! ^= 1;
  writeFileSync(path, bytes);
  const told = (how: string) => `leat: state/results-000001: ${how}; what was shown before is lost\n`;
  expect(await verify()).toMatchObject({ stderr: told('it is not what was written'), code: 1 });
  rmSync(path);
  expect(await verify()).toMatchObject({ stderr: told('it is not there any more'), code: 1 });
});

test('a directory that a run uses is refused to another one', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'in.log'), '');
  const first = new Leat(['--checkpoint', 'state', 'tail("in.log")'], folder);
  await first.noted(/following/);
  const second = await new Leat(['--checkpoint', 'state', 'tail("in.log")'], folder).ended;
  expect(second.code).toBe(3);
  expect(second.stderr).toMatch(new RegExp(`state is in use by process ${first.child.pid}`));
  first.child.kill('SIGINT');
  expect((await first.ended).code).toBe(130);
});

test('what came by a pipe and was not worked on is, by the next run, which says that a pipe is new input', async () => {
  const folder = temporaryDirectory();
  const args = ['--checkpoint', 'state', '--workers', '2', 'stdin | append("out.txt")'];
  const first = new Leat([...args, '--batch', '1h'], folder);
  first.input('a\nb\nhal', true);
  await first.noted(/a pipe that is piped in again is new input, and only files are gone on with: files\("…"\)/);
  const isIn = () =>
    existsSync(join(folder, 'state/input-000001')) && readFileSync(join(folder, 'state/input-000001')).includes('hal');
  for (let tries = 0; tries < 2000 && !isIn(); tries++) await pause(20);
  first.child.kill('SIGKILL');
  await first.ended;
  const shown = await new Leat(['checkpoint', 'state'], folder).ended;
  expect(shown.stdout).toMatch(/^input {4}7b that came and was not worked on$/m);
  const second = new Leat([...args, '--batch', '1h'], folder);
  second.input('c\n');
  expect(await second.ended).toMatchObject({ code: 0, stdout: '' });
  expect((await second.ended).stderr).toMatch(/: 7b that came before and was not worked on/);
  expect((await second.ended).stderr).toMatch(/--workers is left aside: with --checkpoint one thread reads/);
  expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe('a\nb\nhal\nc\n');
  const ended = await new Leat(['checkpoint', 'state'], folder).ended;
  expect(ended.stdout).toMatch(/^source {3}stdin: ended$/m);
});

test('how much each stage keeps is shown, and is read by its name', async () => {
  const folder = temporaryDirectory();
  const program = 'queue(["a", "b"], ["a"], []) | countByValue as "all" | running | dedupe | append("out.txt")';
  const run = await new Leat(['--checkpoint', 'state', '--batches', '2', program], folder).ended;
  expect(run.code).toBe(0);
  const shown = await new Leat(['checkpoint', 'state'], folder).ended;
  expect(shown.stdout).toMatch(/^stage {4}countByValue as "all": 2 entries, \d+b$/m);
  expect(shown.stdout).toMatch(/^stage {4}dedupe: \d+b$/m);
  const read = await new Leat(['checkpoint("state", "all")'], folder).ended;
  expect(read).toMatchObject({ code: 0, stdout: 'a\t2\nb\t1\n' });
  const other = await new Leat(['checkpoint("state", "none")'], folder).ended;
  expect(other.code).toBe(3);
  expect(other.stderr).toContain('state keeps no stage called "none", but: countByValue as "all", dedupe');
});

test('a program that goes on with the stages of another one is the one that is shown', async () => {
  const folder = temporaryDirectory();
  const lists = Array.from({ length: 9 }, () => '["a", "b"]').join(', ');
  const start = (batches: number, stages: string) =>
    new Leat(
      ['--checkpoint', 'state', '--batches', String(batches), `queue(${lists}) | ${stages} | append("out.txt")`],
      folder,
    ).ended;
  const shown = async () =>
    /^program {2}(.*)$/m.exec((await new Leat(['checkpoint', 'state'], folder).ended).stdout)?.[1];
  expect((await start(2, 'countByValue as "n" | running')).code).toBe(0);
  expect(await shown()).toContain('| countByValue as "n" | running');
  expect((await start(5, 'filter(_ != "b") | countByValue as "n" | running')).code).toBe(0);
  expect(await shown()).toContain('| filter(_ != "b") | countByValue as "n" | running');
});

test('states begin with what a stage of another run remembers, which a run that goes on does not read again', async () => {
  const folder = temporaryDirectory();
  const sums = 'mapWithState((k, v, s) => [v + (s ?? 0), [k, v + (s ?? 0)]]';
  const old = `queue([["a", 1]], [["b", 2], ["a", 3]]) | ${sums}) as "sums" | none`;
  expect((await new Leat(['--checkpoint', 'old', old], folder).ended).code).toBe(0);
  const program = `queue([["a", 1]], [["c", 1]], [["b", 1]]) | ${sums}, initial: checkpoint("old", "sums")) | append("out.txt")`;
  const start = (...args: string[]) => new Leat(['--checkpoint', 'new', ...args, program], folder).ended;
  expect((await start('--batches', '1')).code).toBe(0);
  rmSync(join(folder, 'old'), { recursive: true });
  expect(await start()).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe('a\t5\nc\t1\nb\t3\n');
  const missing = await new Leat([program], folder).ended;
  expect(missing).toMatchObject({ code: 3, stdout: '', stderr: 'leat: cannot read old: it does not exist\n' });
});

test('a program that cannot be kept, or is another one, is refused before it opens or writes anything', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'bad.txt'), 'of before\n');
  const start = (...args: string[]) => new Leat(['--checkpoint', 'state', '--bad', 'bad.txt', ...args], folder).ended;
  const answers = await start('sqlite("none.db", "select 1 as n") | append("out.txt")');
  expect(answers).toMatchObject({ code: 2, stdout: '' });
  expect(answers.stderr).toMatch(/^leat: --checkpoint cannot go on with sqlite: .*\nhelp: .*\n$/);
  expect(readdirSync(folder)).toEqual(['bad.txt']);
  expect((await start('--batches', '1', 'queue(["a"], ["b"]) | count | running | append("out.txt")')).code).toBe(0);
  writeFileSync(join(folder, 'bad.txt'), 'of before\n');
  const before = readdirSync(join(folder, 'state'));
  const others = [
    'listen(0) | count | running | append("other.txt")',
    `queue(["a"], ["b"]) | count | running | count | running | exec("touch other.txt")`,
  ];
  for (const other of others) {
    const changed = await start(other);
    expect(changed).toMatchObject({ code: 2, stdout: '' });
    expect(changed.stderr).toMatch(/^leat: the program is not the one that state was kept for; .*\nhelp: .*\n$/);
  }
  expect(readdirSync(folder).sort()).toEqual(['bad.txt', 'out.txt', 'state']);
  expect(readFileSync(join(folder, 'bad.txt'), 'utf8')).toBe('of before\n');
  expect(readdirSync(join(folder, 'state'))).toEqual(before);
});

test('a directory that another version has written is left to that one', async () => {
  const folder = temporaryDirectory();
  const args = ['--checkpoint', 'state', 'queue(["a"]) | countByValue'];
  expect(await new Leat(args, folder).ended).toMatchObject({ code: 0 });
  const base = join(folder, 'state/base-000001');
  const [, format] = /^leat-base (\d+)\n/.exec(readFileSync(base, 'latin1'))!;
  for (const name of readdirSync(join(folder, 'state'))) {
    const path = join(folder, 'state', name);
    writeFileSync(path, readFileSync(path, 'latin1').replace(/(?<=^leat-[a-z]+ )\d+(?=\n)/, '99'), 'latin1');
  }
  const { code, stderr } = await new Leat(args, folder).ended;
  expect(code).toBe(3);
  expect(stderr).toContain(`it has format 99, and this leat reads format ${format}`);
  expect(stderr).toContain('help: go on with the version of leat that has written it, or begin anew');
});

test('a run goes on from the time that it had where the clock is set back, and says so', async () => {
  const folder = temporaryDirectory();
  // What the process takes for the time of the machine: after it has begun, and from its start on.
  writeFileSync(
    join(folder, 'clock.cjs'),
    `const time = Date.now; const [from, by] = process.env.SET_BACK.split(' ').map(Number);
     Date.now = () => time() - (performance.now() > from ? by : 0);`,
  );
  const leat = (setBack: string, batches: string) => {
    const args = ['--require', './clock.cjs', resolve('bin/leat.js'), '--checkpoint', 'state', '--batch', '50ms'];
    const program = 'rate(100) | count | append("n.json", format: "batches")';
    const child = spawn(process.execPath, [...args, '--batches', batches, program], {
      cwd: folder,
      env: { ...process.env, SET_BACK: setBack },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    return new Promise<string>((ended) => child.once('close', () => ended(said)));
  };
  // Of the first run some batches are there by then, or none, or it is over.
  await leat('1500 3600000', '20');
  const said = await leat('0 7200000', '4');
  expect(said).toMatch(/the clock is .* behind what state was kept at: time goes on from there/);
  const ends = readFileSync(join(folder, 'n.json'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => (JSON.parse(text) as { readonly end: number }).end);
  expect(ends.length).toBeGreaterThanOrEqual(5);
  expect(ends).toEqual([...ends].sort((a, b) => a - b));
  expect(ends.at(-1)! - ends[0]!).toBeLessThan(1_800_000);
});

test('what a run that is killed and gone on with has recorded gives what it gave', async () => {
  const folder = temporaryDirectory();
  const random = new Random(seedOfTest);
  const program = (source: string) =>
    `${source} | words | countByValue | window(200ms, 100ms) | append("${source.slice(0, 4)}.txt", format: "batches")`;
  const args = ['--checkpoint', 'state', '--record', 's.jsonl', '--batch', '50ms'];
  const path = join(folder, 'in.log');
  writeFileSync(path, '');
  let written = 0;
  for (let life = 0; life <= tries(3, 30); life++) {
    const isLast = life === tries(3, 30);
    const leat = new Leat([...args, program('tail("in.log", from: "start")')], folder);
    await leat.noted(/following in\.log/);
    for (let i = 0; i < 4; i++) {
      appendFileSync(path, `line ${written++} ${'x'.repeat(random.whole(1, 9))}\n`);
      await pause(random.whole(1, 60));
    }
    const session = () => (existsSync(join(folder, 's.jsonl')) ? readFileSync(join(folder, 's.jsonl'), 'utf8') : '');
    if (isLast) for (let i = 0; i < 2000 && !session().includes(`"line ${written - 1} `); i++) await pause(20);
    leat.child.kill(isLast ? 'SIGTERM' : 'SIGKILL');
    await leat.ended;
  }
  // Nothing is waited for any more: what is open is closed.
  const last = new Leat([...args, '--final', '--batches', '1', program('tail("in.log", from: "start")')], folder);
  expect((await last.ended).code).toBe(0);
  const again = await new Leat(['--batch', '50ms', program('replay("s.jsonl")')], folder).ended;
  expect(again).toMatchObject({ code: 0, stderr: '' });
  const [given, replayed] = ['tail.txt', 'repl.txt'].map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(given).toContain(`["${written - 1}",1]`);
  expect(replayed).toBe(given);
}, 200_000);

test('a session is gone on with in its own file, and no other one is written over', async () => {
  const folder = temporaryDirectory();
  const start = (...args: string[]) => new Leat(['--checkpoint', 'state', ...args], folder).ended;
  const program = 'queue(["a"], ["b"], ["c"], ["d"], ["e"], ["f"])';
  expect(await start('--record', 's.jsonl', '--batches', '1', program)).toMatchObject({ code: 0, stdout: 'a\n' });
  writeFileSync(join(folder, 'other.jsonl'), 'of somebody\n');
  const other = await start('--record', 'other.jsonl', '--batches', '1', program);
  expect(other).toMatchObject({ code: 2, stdout: '' });
  expect(other.stderr).toMatch(
    /^leat: --record other\.jsonl: it is not what the run in state was recorded to .*\nhelp: /,
  );
  expect(readFileSync(join(folder, 'other.jsonl'), 'utf8')).toBe('of somebody\n');
  const device = await start('--record', '/dev/null', '--batches', '1', program);
  expect(device).toMatchObject({ code: 2, stdout: '' });
  expect(await start('--record', 's.jsonl', '--batches', '1', program)).toMatchObject({ code: 0, stdout: 'b\n' });
  // Without one there is a gap, behind which a session begins that says so.
  expect(await start('--batches', '1', program)).toMatchObject({ code: 0, stdout: 'c\n' });
  expect(await start('--record', 's.jsonl', '--batches', '1', program)).toMatchObject({ code: 2, stdout: '' });
  const anew = await start('--record', 't.jsonl', '--batches', '1', program);
  expect(anew).toMatchObject({ code: 0, stdout: 'd\n' });
  expect(anew.stderr).toContain('recorded from batch 4 on: what state kept before is not in the session');
  expect((await start('--record', 't.jsonl', program)).stdout).toBe('e\nf\n');
  const before = readFileSync(join(folder, 't.jsonl'), 'utf8');
  expect(await start('--record', 't.jsonl', program)).toMatchObject({ code: 0, stdout: '' });
  expect(await start('--record', 'u.jsonl', program)).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(join(folder, 't.jsonl'), 'utf8')).toBe(before);
  expect(existsSync(join(folder, 'u.jsonl'))).toBe(false);
  expect((await new Leat(['replay("s.jsonl")'], folder).ended).stdout).toBe('a\nb\n');
  expect((await new Leat(['replay("t.jsonl")'], folder).ended).stdout).toBe('d\ne\nf\n');
});

test('what was bad in a batch that a stop left open is there once when the run goes on', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'in.log'), '');
  const args = ['--checkpoint', 'state', '--bad', 'bad.txt', '--record', 's.jsonl', '--batch', '1h'];
  const program = 'tail("in.log", from: "start") | tap | json | append("out.txt")';
  for (let life = 1; life <= 4; life++) {
    const isLast = life === 4;
    const leat = new Leat([...args, ...(isLast ? ['--final'] : []), program], folder);
    await leat.noted(/following in\.log/);
    if (!isLast) appendFileSync(join(folder, 'in.log'), `no json ${life}\n`);
    await leat.noted(new RegExp(`no json ${Math.min(life, 3)}\n`));
    leat.child.kill('SIGTERM');
    expect((await leat.ended).code).toBe(143);
  }
  const texts = readFileSync(join(folder, 'bad.txt'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).text);
  expect(texts).toEqual(['no json 1', 'no json 2', 'no json 3']);
});

test('a run that goes on with --bad after one without it writes over nothing', async () => {
  const folder = temporaryDirectory();
  const start = (...args: string[]) =>
    new Leat(['--checkpoint', 'state', '--batches', '1', ...args, 'queue(["x"], ["y"], ["z"], ["{}"]) | json'], folder)
      .ended;
  await start('--bad', 'bad.txt');
  await start();
  await start('--bad', 'bad.txt');
  expect(readFileSync(join(folder, 'bad.txt'), 'utf8').match(/"text":"."/g)).toEqual(['"text":"x"', '"text":"z"']);
});

test('what a run begins to keep that goes on is cut back as well, if it is killed before its first batch is over', async () => {
  const folder = temporaryDirectory();
  const files = ['--bad', 'bad.txt', '--record', 's.jsonl'];
  const start = (...args: string[]) =>
    new Leat(['--checkpoint', 'state', '--batch', '1h', ...args, 'watch("in", existing: true) | json'], folder);
  const left = async (leat: Leat) => {
    leat.child.kill('SIGTERM');
    expect((await leat.ended).code).toBe(143);
  };
  mkdirSync(join(folder, 'in'));
  const before = start();
  await before.noted(/watching in/);
  await left(before);
  // More than is collected before it goes out.
  const lines = Array.from({ length: 3000 }, (_, i) => `no json ${i} ${'x'.repeat(40)}`);
  writeFileSync(join(folder, 'in', 'a.log'), `${lines.join('\n')}\n`);
  const textOf = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
  const killed = start(...files);
  while (textOf('bad.txt') === '' || textOf('s.jsonl') === '') await pause(20);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const last = start(...files);
  await last.noted(/no json 0 /);
  await left(last);
  for (const name of ['bad.txt', 's.jsonl']) {
    const given = textOf(name).match(/(?<="text":")no json [^"]*/g) ?? [];
    expect(given.length).toBeGreaterThan(0);
    expect([name, ...given]).toEqual([name, ...lines.slice(0, given.length)]);
  }
  expect(textOf('s.jsonl').match(/"session"/g)).toHaveLength(1);
});

test('a run whose directory is removed ends, and says so; one without a name is refused', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'in.log'), 'a\n');
  const args = ['--batch', '50ms', 'tail("in.log") | append("out.txt")'];
  const leat = new Leat(['--checkpoint', 'state', ...args], folder);
  await leat.noted(/following in\.log/);
  rmSync(join(folder, 'state'), { recursive: true });
  const { code, stderr } = await leat.ended;
  expect(code).toBe(3);
  expect(stderr).toMatch(/^leat: state, or its lock, was removed while the run was at work: .*\nhelp: /m);
  expect(existsSync(join(folder, 'state'))).toBe(false);
  const nameless = await new Leat(['--checkpoint', '', ...args], folder).ended;
  expect(nameless).toMatchObject({ code: 2, stdout: '' });
  expect(nameless.stderr).toContain('--checkpoint needs the name of a directory');
});
