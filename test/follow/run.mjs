/**
 * Writes numbered lines to files that are rotated in every way at random times, with `leat 'tail(…)'` behind them, and counts what came out:
 * each line once, or the loss is told with the path that it was at. `tail -F` of the system may follow beside it, to compare with.
 *
 *     node test/follow/run.mjs [--lines 2000000] [--rate 10000] [--seed 1] [--kinds numbered,dated,…] [--fast] [--gnu] [--json]
 *
 * --lines  lines in all          --rate  lines a second          --kinds  a file for each
 * --fast   rotations 50 to 200 ms apart instead of 50 ms to 2 s          --gnu  with `tail -F` beside it
 *
 * Exit 1 where a line is lost without a word, or came twice.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const LEAT = fileURLToPath(new URL('../../bin/leat.js', import.meta.url));
const KINDS = ['numbered', 'dated', 'old', 'linger', 'copytruncate', 'delete'];
/** ms in which nothing may come before everything has come. */
const STILL = 3000;

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '2000000' },
    rate: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: KINDS.join(',') },
    fast: { type: 'boolean', default: false },
    gnu: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** Numbers from 0 to before 1, the same for the same seed (mulberry32). */
function randomOf(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A log that is rotated in one way. Each of its lines is `name number`. */
class Log {
  constructor(directory, kind, random, longest) {
    this.name = kind;
    this.path = join(directory, `${kind}.log`);
    this.kind = kind;
    this.random = random;
    this.longest = longest;
    this.number = 0;
    this.rotations = 0;
    this.fd = fs.openSync(this.path, 'a');
    this.due = 0;
  }

  /** From 50 ms on, short ones as often as long ones. */
  pause() {
    return 50 * (this.longest / 50) ** this.random();
  }

  write(count, fd = this.fd) {
    let text = '';
    for (let i = 0; i < count; i++) text += `${this.name} ${this.number++}\n`;
    fs.writeSync(fd, text);
  }

  async rotate() {
    this.rotations++;
    this.due = performance.now() + this.pause();
    const { path, kind } = this;
    if (kind === 'numbered' || kind === 'linger' || kind === 'copytruncate') {
      for (let i = 9; i > 0; i--) if (fs.existsSync(`${path}.${i}`)) fs.renameSync(`${path}.${i}`, `${path}.${i + 1}`);
    }
    const target =
      { dated: `${path}-${new Date().toISOString().replaceAll(':', '')}`, old: `${path}.old` }[kind] ?? `${path}.1`;
    if (kind === 'copytruncate') {
      fs.copyFileSync(path, target);
      fs.ftruncateSync(this.fd);
      return;
    }
    if (kind === 'delete') fs.unlinkSync(path);
    else fs.renameSync(path, target);
    const before = this.fd;
    this.fd = fs.openSync(path, 'a');
    if (kind === 'linger') {
      const late = 1 + Math.floor(this.random() * 5);
      await sleep(this.random() * 20);
      this.write(late, before);
    }
    fs.closeSync(before);
    if (kind === 'dated') for (const old of this.oldest()) fs.unlinkSync(old);
  }

  /** Rotations keep ten files. */
  oldest() {
    const directory = join(this.path, '..');
    const dated = fs.readdirSync(directory).filter((name) => name.startsWith('dated.log-'));
    return dated
      .sort()
      .slice(0, -10)
      .map((name) => join(directory, name));
  }
}

/** What came out, by name: how often each number did. */
class Received {
  constructor(logs) {
    this.counts = new Map(logs.map(({ name }) => [name, []]));
    this.lines = 0;
    this.latest = performance.now();
    this.rest = '';
  }

  take(text) {
    this.latest = performance.now();
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop();
    for (const line of lines) {
      const [name, number] = line.split(' ');
      const counts = this.counts.get(name);
      if (counts === undefined) continue;
      this.lines++;
      counts[Number(number)] = (counts[Number(number)] ?? 0) + 1;
    }
  }

  of({ name, number }) {
    const counts = this.counts.get(name);
    let lost = 0;
    let twice = 0;
    const gaps = [];
    for (let i = 0; i < number; i++) {
      if ((counts[i] ?? 0) === 0) {
        lost++;
        if (i === 0 || (counts[i - 1] ?? 0) > 0) gaps.push(i);
      } else if (counts[i] > 1) twice++;
    }
    return { lost, twice, gaps };
  }
}

function follow(command, args, received) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text) => received.take(text));
  child.stderr.setEncoding('utf8').on('data', (text) => {
    told += text;
  });
  return { child, told: () => told, ended: new Promise((resolve) => child.once('close', resolve)) };
}

async function main() {
  const directory = fs.mkdtempSync(join(tmpdir(), 'follow-'));
  const random = randomOf(Number(values.seed));
  const logs = values.kinds.split(',').map((kind) => new Log(directory, kind, random, values.fast ? 200 : 2000));
  const ours = new Received(logs);
  const theirs = new Received(logs);
  const leat = follow(
    process.execPath,
    [LEAT, `tail("${directory}/*.log") | print`, '--format', 'text', '--batch', '100ms'],
    ours,
  );
  const gnu = values.gnu && follow('tail', ['-q', '-n', '+1', '-F', ...logs.map(({ path }) => path)], theirs);
  while (!leat.told().includes('following')) await sleep(20);
  const begin = performance.now();
  for (const log of logs) log.due = begin + log.pause();
  let written = 0;
  for (let at = begin; written < Number(values.lines); ) {
    await sleep(1 + random() * 3);
    const now = performance.now();
    const count = Math.ceil(((now - at) * Number(values.rate)) / 1000 / logs.length);
    at = now;
    for (const log of logs) log.write(count);
    written += count * logs.length;
    for (const log of logs) if (now >= log.due) await log.rotate();
  }
  const seconds = (performance.now() - begin) / 1000;
  const deadline = performance.now() + 60_000;
  while (performance.now() - Math.max(ours.latest, theirs.latest) < STILL && performance.now() < deadline)
    await sleep(50);
  for (const { child } of [leat, ...(gnu ? [gnu] : [])]) child.kill('SIGINT');
  await Promise.all([leat.ended, ...(gnu ? [gnu.ended] : [])]);
  fs.rmSync(directory, { recursive: true });
  const result = {
    seconds: Math.round(seconds),
    logs: logs.map((log) => report(log, ours, gnu && theirs, leat.told())),
  };
  if (values.json) console.log(JSON.stringify(result));
  else {
    console.log(`${logs.reduce((sum, { number }) => sum + number, 0)} lines in ${result.seconds} s`);
    console.table(result.logs);
    console.log(
      leat
        .told()
        .split('\n')
        .slice(0, process.env.DBG ? 9000 : 12)
        .join('\n'),
    );
  }
  process.exitCode = result.logs.every(({ lost, told, twice }) => twice === 0 && told >= Math.min(lost, 1)) ? 0 : 1;
}

/** Lost lines are told of where as many losses are told at the path as there are gaps. */
function report(log, ours, theirs, told) {
  const { lost, twice, gaps } = ours.of(log);
  const lines = told.split('\n').filter((line) => line.includes(`${log.path} `));
  let toldFiles = 0;
  for (const line of lines) {
    if (line.includes('is lost)')) toldFiles++;
  }
  const latest = lines.findLast((line) => line.includes('lost: '));
  toldFiles += Number(/lost: (\d+) files?/.exec(latest ?? '')?.[1] ?? 0);
  const row = {
    kind: log.kind,
    lines: log.number,
    rotations: log.rotations,
    lost,
    twice,
    gaps: process.env.DBG ? gaps.join(' ') : gaps.length,
    told: toldFiles,
  };
  return theirs ? { ...row, gnuLost: theirs.of(log).lost, gnuTwice: theirs.of(log).twice } : row;
}

await main();
