/** Real processes that are killed again and again, and what they have left: each record is counted. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { isEveryCrash, isOfPart, seedOfTest, tries } from '../support/effort.ts';
import { freePort } from '../support/ports.ts';
import { Leat } from './harness.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const random = new Random(seedOfTest);
/** How often each is killed: all of it takes a quarter of an hour, so that `npm run test:all` has a share, and `npm run test:crash` the whole. */
const LIVES = isEveryCrash ? 100 : tries(2, 30);
const KEPT = ['--checkpoint', 'state', '--batch', '50ms'];
const TIME = 60_000 + LIVES * 15_000;

let pairs = 0;
/** A test of one pair, in the part of the tests that it belongs to. */
function killing(name: string, body: () => Promise<void>): void {
  test.skipIf(!isOfPart(pairs++))(name, { timeout: TIME }, body);
}

/** A line of a sender, told from the start and the end of one: without the sign in front of it the end of a line of sender 11 that is cut in two would be one of sender 1. */
const line = (sender: number, i: number) => `#${sender}-${i} ${'x'.repeat(i % 50)}.`;
const WHOLE = /^#(\d+)-(\d+) x*\.$/;

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}

/** What of each sender is in the output or in the log of input, up to which number, while no process is at work. */
function keptIn(folder: string): ReadonlyMap<number, number> {
  const state = join(folder, 'state');
  const inputs = existsSync(state) ? readdirSync(state).filter((name) => /^input-\d+$/.test(name)) : [];
  const texts = [textOf(join(folder, 'out.txt')), ...inputs.map((name) => textOf(join(state, name)))];
  const most = new Map<number, number>();
  for (const [, sender, i] of texts.join('\n').matchAll(/#(\d+)-(\d+) x*\.\n/g)) {
    most.set(Number(sender), Math.max(most.get(Number(sender)) ?? -1, Number(i)));
  }
  return most;
}

/** Whole lines of each sender in the output, and what is none. */
function linesIn(folder: string): {
  readonly bySender: ReadonlyMap<number, readonly number[]>;
  readonly torn: readonly string[];
} {
  const bySender = new Map<number, number[]>();
  const torn: string[] = [];
  for (const text of textOf(join(folder, 'out.txt')).split('\n').slice(0, -1)) {
    const match = WHOLE.exec(text);
    if (match === null || text !== line(Number(match[1]), Number(match[2]))) torn.push(text);
    else {
      const sender = Number(match[1]);
      const numbers = bySender.get(sender) ?? [];
      if (numbers.length === 0) bySender.set(sender, numbers);
      numbers.push(Number(match[2]));
    }
  }
  return { bySender, torn };
}

/** Waits until something is so, however long the machine takes. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    expect(tries).toBeLessThan(3000);
    await pause(20);
  }
}

async function verify(folder: string): Promise<void> {
  const verified = await new Leat(['checkpoint', 'state', '--verify'], folder).ended;
  expect(verified).toMatchObject({ stdout: 'state is whole\n', code: 0 });
}

/** Of each sender, from its first line on, as many as were read, each once and in order; all that was in the log when its process ended is among them. */
function holdSenders(folder: string, floors: readonly ReadonlyMap<number, number>[]): void {
  const { bySender, torn } = linesIn(folder);
  for (const [sender, numbers] of bySender) {
    expect(numbers, `sender ${sender}`).toEqual(numbers.map((_number, i) => i));
  }
  for (const floor of floors) {
    for (const [sender, most] of floor)
      expect(bySender.get(sender)?.length ?? 0, `sender ${sender}`).toBeGreaterThan(most);
  }
  // A line that was cut by a kill is the last of its sender, and comes by itself.
  for (const text of torn) {
    const isStart = [...bySender].some(([sender, { length }]) => line(sender, length).startsWith(text));
    expect(isStart || /^#(?:\d+(?:-0?)?(?: )?)?$/.test(text), `torn: ${text}`).toBe(true);
  }
  expect(torn.length).toBeLessThanOrEqual(floors.length * 2);
}

/** Sends lines until it is told to stop, or the other end is gone. @returns how many. */
async function send(socket: Socket, sender: number, most: () => number): Promise<number> {
  let sent = 0;
  socket.on('error', () => {});
  while (!socket.destroyed && sent < most()) {
    const count = Math.min(most() - sent, random.whole(1, 300));
    const bytes = Buffer.from(Array.from({ length: count }, (_, i) => `${line(sender, sent + i)}\n`).join(''));
    // In pieces that end anywhere.
    const cut = random.whole(0, bytes.length);
    socket.write(bytes.subarray(0, cut));
    if (random.chance(0.2)) await pause(1);
    socket.write(bytes.subarray(cut));
    sent += count;
    await pause(random.whole(0, 5));
  }
  return sent;
}

killing('clients of listen', async () => {
  const folder = temporaryDirectory();
  const args = [...KEPT, 'listen(0) | append("out.txt")'];
  const floors: ReadonlyMap<number, number>[] = [];
  let senders = 0;
  for (let life = 0; life <= LIVES; life++) {
    const isLast = life === LIVES;
    const leat = new Leat(args, folder);
    const [, port] = await leat.noted(/listening on 127\.0\.0\.1:(\d+)/);
    const own = Array.from({ length: 3 }, () => senders++);
    const clients = own.map((sender) => {
      const socket = createConnection(Number(port), '127.0.0.1');
      return send(socket, sender, () => (isLast ? 500 : Number.POSITIVE_INFINITY)).then((sent) => {
        socket.end();
        return sent;
      });
    });
    if (isLast) {
      await until(() => own.every((sender) => linesIn(folder).bySender.get(sender)?.length === 500));
      leat.child.kill('SIGTERM');
    } else {
      await pause(random.whole(20, 400));
      leat.child.kill('SIGKILL');
    }
    await leat.ended;
    await Promise.all(clients);
    if (!isLast) floors.push(keptIn(folder));
  }
  holdSenders(folder, floors);
  await verify(folder);
});

/** Posts lines, some at a time, each of these with a key, and again until they are taken. @returns how many. */
async function postWhile(isWanted: () => boolean, sender: number, portNow: () => number): Promise<number> {
  let sent = 0;
  for (let number = 0; isWanted(); number++) {
    const count = random.whole(1, 300);
    const body = Array.from({ length: count }, (_, i) => `${line(sender, sent + i)}\n`).join('');
    const headers = { 'idempotency-key': `${sender}/${number}` };
    for (let isTaken = false; !isTaken; ) {
      const answer = await fetch(`http://127.0.0.1:${portNow()}/`, { method: 'POST', body, headers }).catch(
        () => undefined,
      );
      await answer?.arrayBuffer().catch(() => {});
      isTaken = answer?.status === 204;
      if (!isTaken) await pause(10);
    }
    sent += count;
  }
  return sent;
}

killing('clients of http that send again what was not answered', async () => {
  const folder = temporaryDirectory();
  const args = [...KEPT, 'http(0) | append("out.txt")'];
  let port = 1;
  // Posts go on until the last life has taken some, however fast they are taken.
  let isWanted = true;
  const posted = Promise.all(
    [0, 1, 2].map((sender) =>
      postWhile(
        () => isWanted,
        sender,
        () => port,
      ),
    ),
  );
  for (let life = 0; life <= LIVES; life++) {
    const leat = new Leat(args, folder);
    port = Number((await leat.noted(/listening on http:\/\/127\.0\.0\.1:(\d+)/))[1]);
    await pause(random.whole(20, 400));
    if (life === LIVES) {
      isWanted = false;
      const counts = await posted;
      // What a stop finds in the open batch stays in the checkpoint.
      await until(() => counts.every((count, sender) => (linesIn(folder).bySender.get(sender)?.length ?? 0) === count));
    }
    leat.child.kill(life === LIVES ? 'SIGTERM' : 'SIGKILL');
    await leat.ended;
  }
  const { bySender, torn } = linesIn(folder);
  expect(torn).toEqual([]);
  for (const [sender, count] of (await posted).entries()) {
    expect(bySender.get(sender)).toEqual(Array.from({ length: count }, (_, i) => i));
  }
  await verify(folder);
});

/** Sends a process to another, and kills either of them again and again: each record is there once, in order. */
async function holdPair(
  senderProgram: (port: number) => string,
  receiverProgram: (port: number) => string,
  heard: RegExp,
): Promise<void> {
  const [from, to] = [temporaryDirectory(), temporaryDirectory()];
  const lines = 4000 + LIVES * 3000;
  const port = await freePort();
  const start = {
    sender: () => new Leat([...KEPT, senderProgram(port)], from),
    receiver: () => new Leat([...KEPT, receiverProgram(port)], to),
  };
  let receiver = start.receiver();
  await receiver.noted(heard);
  let sender = start.sender();
  writeFileSync(join(from, 'in.txt'), '');
  await sender.noted(/following/);
  let written = 0;
  for (let kill = 0; kill < LIVES * 2; kill++) {
    const count = Math.floor(lines / (LIVES * 2));
    appendFileSync(join(from, 'in.txt'), Array.from({ length: count }, () => `${line(0, written++)}\n`).join(''));
    await pause(random.whole(0, 300));
    if (random.chance(0.5)) {
      sender.child.kill('SIGKILL');
      await sender.ended;
      sender = start.sender();
    } else {
      receiver.child.kill('SIGKILL');
      await receiver.ended;
      receiver = start.receiver();
    }
    // Most are killed at work, some while they begin.
    if (random.chance(0.7)) await Promise.all([receiver.noted(heard), sender.noted(/following/)]);
  }
  await until(() => (linesIn(to).bySender.get(0)?.length ?? 0) >= written);
  // One that was begun a moment ago hears no signals yet, and has nothing to send any more.
  await Promise.all([receiver.noted(heard), sender.noted(/following/)]);
  for (const process of [sender, receiver]) {
    process.child.kill('SIGTERM');
    expect((await process.ended).code).toBe(143);
  }
  const { bySender, torn } = linesIn(to);
  expect(torn).toEqual([]);
  expect(bySender.get(0)).toEqual(Array.from({ length: written }, (_, i) => i));
  for (const folder of [from, to]) await verify(folder);
}

/** A port that nobody listens at. */
killing('one that posts to another, either of them killed', async () => {
  await holdPair(
    (port) => `tail("in.txt") | http("http://127.0.0.1:${port}/", format: "text", retry: 1h)`,
    (port) => `http(${port}) | append("out.txt")`,
    /listening on http/,
  );
});

killing('one that sends to another that acknowledges, either of them killed', async () => {
  await holdPair(
    (port) => `tail("in.txt") | send("127.0.0.1", ${port}, acked: true, retry: 1h)`,
    (port) => `listen(${port}, acked: true) | append("out.txt")`,
    /listening on/,
  );
});

killing('a peer of connect', async () => {
  const folder = temporaryDirectory();
  const floors: ReadonlyMap<number, number>[] = [];
  let senders = 0;
  let isLast = false;
  const server = createServer((socket) => {
    const most = isLast ? 500 : random.whole(50, 5000);
    void send(socket, senders++, () => most).then(() => {
      // It leaves now and then.
      if (!isLast) socket.end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const args = [...KEPT, `connect("127.0.0.1", ${port}) | append("out.txt")`];
  for (let life = 0; life <= LIVES; life++) {
    isLast = life === LIVES;
    const last = senders;
    const leat = new Leat(args, folder);
    await leat.noted(/connected to/);
    if (isLast) {
      await until(() => linesIn(folder).bySender.get(last)?.length === 500);
      leat.child.kill('SIGTERM');
    } else {
      await pause(random.whole(20, 400));
      leat.child.kill('SIGKILL');
    }
    await leat.ended;
    if (!isLast) floors.push(keptIn(folder));
  }
  holdSenders(folder, floors);
  await verify(folder);
});

killing('a command of exec, which is started again', async () => {
  const folder = temporaryDirectory();
  const floors: ReadonlyMap<number, number>[] = [];
  writeFileSync(
    join(folder, 'lines.cjs'),
    `const id = Date.now(); let i = 0; process.stdout.on('error', () => process.exit());
     setInterval(() => { let text = ''; for (const end = i + 40; i < end; i++) text += '#' + id + '-' + i + ' ' + 'x'.repeat(i % 50) + '.\\n'; process.stdout.write(text); }, 2);`,
  );
  const args = [...KEPT, `exec("'${process.execPath}' lines.cjs") | append("out.txt")`];
  for (let life = 0; life <= LIVES; life++) {
    // One that was killed before anything of it came out is not new, though it comes out only now.
    const before = new Set([...linesIn(folder).bySender.keys(), ...floors.flatMap((floor) => [...floor.keys()])]);
    const leat = new Leat(args, folder);
    const comesAnew = (count: number) =>
      [...linesIn(folder).bySender].some(([sender, { length }]) => !before.has(sender) && length > count);
    await until(() => comesAnew(life === LIVES ? 500 : 0) || (life < LIVES && random.chance(0.02)));
    await pause(random.whole(0, 300));
    leat.child.kill(life === LIVES ? 'SIGTERM' : 'SIGKILL');
    await leat.ended;
    if (life < LIVES) floors.push(keptIn(folder));
  }
  holdSenders(folder, floors);
  await verify(folder);
});

killing('a pipe with a name, of which the writer stays', async () => {
  const folder = temporaryDirectory();
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const fifo = openSync(join(folder, 'pipe'), 'r+');
  const writer = spawn('cat', [], { stdio: ['pipe', fifo, 'ignore'] });
  closeSync(fifo);
  onTestFinished(() => void writer.kill('SIGKILL'));
  writer.stdin!.on('error', () => {});
  // What nobody reads yet stays in the pipe.
  const holder = openSync(join(folder, 'pipe'), 'r+');
  onTestFinished(() => closeSync(holder));
  let sent = 0;
  let isOver = false;
  const sending = (async () => {
    while (!isOver) {
      const count = random.whole(1, 60);
      const text = Array.from({ length: count }, (_, i) => `${line(0, sent + i)}\n`).join('');
      sent += count;
      if (!writer.stdin!.write(text)) await new Promise((drained) => writer.stdin!.once('drain', drained));
      await pause(random.whole(0, 4));
    }
  })();
  const start = () => {
    const leat = [process.execPath, resolve('bin/leat.js'), ...KEPT, 'stdin | append("out.txt")'];
    return spawn('sh', ['-c', 'exec "$@" < pipe', 'sh', ...leat], { cwd: folder, stdio: 'ignore' });
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  };
  const floors: number[] = [];
  const countOut = () => linesIn(folder).bySender.get(0)?.length ?? 0;
  for (let life = 0; life <= LIVES; life++) {
    const child = start();
    onTestFinished(() => void child.kill('SIGKILL'));
    const before = countOut();
    await until(() => countOut() > before || random.chance(0.01));
    if (life === LIVES) {
      isOver = true;
      await sending;
      await until(() => linesIn(folder).bySender.get(0)?.at(-1) === sent - 1);
    } else await pause(random.whole(0, 300));
    await end(child, life === LIVES ? 'SIGTERM' : 'SIGKILL');
    if (life < LIVES) floors.push(keptIn(folder).get(0) ?? -1);
  }
  const { bySender, torn } = linesIn(folder);
  const numbers = bySender.get(0)!;
  // Each once and in order. What was read and not yet in the file went with its process, which is one gap for each.
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  const gaps = numbers.filter((number, i) => i > 0 && number !== numbers[i - 1]! + 1);
  expect(gaps.length).toBeLessThanOrEqual(LIVES);
  expect(torn.length).toBeLessThanOrEqual(2 * LIVES);
  for (const floor of floors) if (floor >= 0) expect(numbers).toContain(floor);
  await verify(folder);
});

killing('files that watch finds', async () => {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, 'in'));
  const args = [...KEPT, 'watch("in") | append("out.txt")'];
  let files = 0;
  const lines: string[] = [];
  const put = () => {
    const own = Array.from({ length: random.whole(1, 3000) }, (_, i) => line(files, i));
    writeFileSync(join(folder, 'being-written'), `${own.join('\n')}\n`);
    renameSync(join(folder, 'being-written'), join(folder, 'in', `${files++}.txt`));
    lines.push(...own);
  };
  for (let life = 0; life <= LIVES; life++) {
    const leat = new Leat(args, folder);
    // Those that were there before are none that come.
    if (life === 0) await leat.noted(/watching in/);
    for (let i = 0; i < 3; i++) {
      put();
      await pause(random.whole(0, 120));
    }
    if (life === LIVES) await until(() => textOf(join(folder, 'out.txt')).split('\n').length > lines.length);
    leat.child.kill(life === LIVES ? 'SIGTERM' : 'SIGKILL');
    await leat.ended;
  }
  expect(textOf(join(folder, 'out.txt')).split('\n').slice(0, -1).sort()).toEqual(lines.sort());
  await verify(folder);
});

killing('the numbers of rate', async () => {
  const folder = temporaryDirectory();
  const args = [...KEPT, 'rate(2000) | map(_.value) | append("out.txt")'];
  for (let life = 0; life <= LIVES; life++) {
    const before = textOf(join(folder, 'out.txt')).length;
    const leat = new Leat(args, folder);
    await until(() => textOf(join(folder, 'out.txt')).length > before || random.chance(0.01));
    await pause(random.whole(0, 300));
    leat.child.kill(life === LIVES ? 'SIGTERM' : 'SIGKILL');
    await leat.ended;
  }
  const numbers = textOf(join(folder, 'out.txt')).split('\n').slice(0, -1).map(Number);
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers).toEqual(numbers.map((_number, i) => i));
  await verify(folder);
});

killing('a session that is played', async () => {
  const folder = temporaryDirectory();
  const events: string[] = ['{"session":1,"start":0,"interval":1000,"live":true,"whole":false}'];
  for (let tick = 1; tick <= 1500; tick++) {
    for (let i = 0; i < 40; i++) {
      const time = (tick - 1) * 1000 + i * 20 + 1;
      events.push(`{"time":${time},"source":1,"origin":1,"name":"a","text":"${line(tick % 7, i)}"}`);
    }
    events.push(`{"tick":${tick * 1000}}`);
  }
  writeFileSync(join(folder, 's.jsonl'), `${events.join('\n')}\n`);
  const program = (out: string) =>
    `replay("s.jsonl") | countBy(len(_)) | running | append("${out}", format: "batches")`;
  await new Leat([program('plain.txt')], folder).ended;
  let kills = 0;
  for (let life = 0; ; life++) {
    const before = textOf(join(folder, 'out.txt')).length;
    const leat = new Leat(['--checkpoint', 'state', program('out.txt')], folder);
    let isOver = false;
    void leat.ended.then(() => {
      isOver = true;
    });
    if (life < LIVES) {
      await until(() => isOver || textOf(join(folder, 'out.txt')).length > before || random.chance(0.01));
      await pause(random.whole(0, 60));
      leat.child.kill('SIGKILL');
    }
    const { code } = await leat.ended;
    if (code === 0) break;
    kills++;
  }
  expect(kills).toBeGreaterThan(0);
  expect(textOf(join(folder, 'out.txt'))).toBe(textOf(join(folder, 'plain.txt')));
  await verify(folder);
});
