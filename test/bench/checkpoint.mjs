// What --checkpoint costs a live run: processor seconds of leat's process with and without it, over pairs in turn, and how soon after a tick its answer is there.
//   node test/bench/checkpoint.mjs [--pairs 15] [--seconds 10] [--jobs words,running] [--rate 100000]
// Each job follows a file to which lines are written at a fixed rate. The ratio is the mean of the ratios of all pairs, with its interval of 95 %.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './measure.mjs';

const LEAT = resolve(dirname(fileURLToPath(import.meta.url)), '../../bin/leat.js');
/** Lines are written every so many ms. */
const STEP = 20;
const MILLION = 1_000_000;

const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '10' },
    jobs: { type: 'string' },
    rate: { type: 'string', default: '100000' },
  },
});

/** Numbers that look random, the same for every run. */
function random() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 8;
  };
}

const event = (keys) => () => {
  const next = random();
  return (at) =>
    `{"path":"/item/${next() % keys}","status":${200 + (next() % 5)},"ms":${next() % 5000},"ts":${at},"user":"u${next() % 10_000}"}\n`;
};
const word = (keys) => () => {
  const next = random();
  return () => `word-${next() % keys}\n`;
};

/** `first` is written before the rest, as fast as it is taken: what there is to remember already. */
const jobs = [
  { name: 'words', program: 'words | countByValue', line: word(20_000) },
  { name: 'group', program: 'json | groupBy(.path, {n: count(), p99: p99(.ms)})', line: event(1000) },
  { name: 'running', program: 'json | groupBy(.path, {n: count(), mean: avg(.ms)}) | running', line: event(1000) },
  {
    name: 'slide',
    program: 'json | groupBy(.path, {n: count(), most: max(.ms)}) | window(10s, 1s)',
    line: event(1000),
  },
  {
    name: 'event',
    program: 'json | window(10s, on: .ts) | groupBy(.path, {n: count(), most: max(.ms)})',
    line: event(1000),
  },
  { name: 'session', program: 'json | session(.user, {n: count()}, gap: 5s, on: .ts)', line: event(1000), share: 0.5 },
  {
    name: 'state',
    program: 'json | map([.user, .ms]) | mapWithState((k, v, s) => [v + (s ?? 0), null])',
    line: event(1000),
    share: 0.5,
  },
  { name: 'dedupe', program: 'json | dedupe(.user, within: 5s) | count', line: event(1000), share: 0.5 },
  {
    name: 'million',
    program: 'json | groupBy(.k, {n: count(), mean: avg(.v)}) | running | count',
    line: million,
    first: true,
    share: 0.1,
  },
  {
    name: 'million-state',
    program: 'json | map([.k, .v]) | mapWithState((k, v, s) => [v + (s ?? 0), null])',
    line: million,
    first: true,
    share: 0.1,
  },
];

/** A million keys, then some of them again. */
function million() {
  const next = random();
  let count = 0;
  return () => {
    const key = count++ < MILLION ? count : next() % MILLION;
    return `{"k":"user-${key}","v":${next() % 1000}}\n`;
  };
}

/** Processor seconds of all threads of a process so far; those that ended meanwhile are few, and are none of its work. */
function secondsOf(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'latin1').split(' ')[0]),
  );
  return nanoseconds.reduce((a, b) => a + b) / 1e9;
}

function peakOf(pid) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Writes to a file until the process says that it is through, or so many seconds are over. */
class Writer {
  constructor(path, line, rate) {
    this.file = openSync(path, 'w');
    this.line = line();
    this.rate = rate;
    this.due = 0;
  }

  write(count) {
    const at = Date.now();
    for (let left = count; left > 0; left -= 10_000) {
      let text = '';
      for (let i = Math.min(left, 10_000); i > 0; i--) text += this.line(at);
      writeSync(this.file, text);
    }
  }

  async during(seconds) {
    const start = Date.now();
    for (let written = 0; Date.now() < start + seconds * 1000; await sleep(STEP)) {
      const due = Math.floor(((Date.now() - start) / 1000) * this.rate);
      this.write(due - written);
      written = due;
    }
  }
}

/** How late a batch comes out behind its tick, ms. */
function latenessOf(chunks) {
  const late = [];
  let open = '';
  for (const { time, text } of chunks) {
    const lines = (open + text).split('\n');
    open = lines.pop();
    for (const line of lines) if (line.startsWith('{')) late.push(time - Number(/"time":(\d+)/.exec(line)?.[1]));
  }
  return late;
}

async function run({ program, line, first, share = 1 }, isKept, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'leat-cost-'));
  // Nothing else is beside it, since its directory is watched.
  mkdirSync(join(folder, 'input'));
  const input = join(folder, 'input/lines');
  const writer = new Writer(input, line, Number(options.rate) * share);
  const state = join(folder, 'state');
  const args = ['--batch', '1s', '--format', 'batches', ...(isKept ? ['--checkpoint', state] : [])];
  const child = spawn(process.execPath, [LEAT, ...args, `tail(${JSON.stringify(input)}) | ${program}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const chunks = [];
  child.stdout.on('data', (bytes) => chunks.push({ time: Date.now(), text: bytes.toString('latin1') }));
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  while (!said.includes('following')) {
    if (child.exitCode !== null) throw new Error(said);
    await sleep(10);
  }
  if (first) {
    writer.write(MILLION);
    // Until all of it is read, and what it left behind is over.
    for (let used = 0, now = secondsOf(child.pid); used === 0 || now - used > 0.1; ) {
      await sleep(2000);
      used = now;
      now = secondsOf(child.pid);
    }
  }
  chunks.length = 0;
  const before = secondsOf(child.pid);
  await writer.during(seconds);
  // The last tick, and what is kept behind it.
  await sleep(500);
  const used = secondsOf(child.pid) - before;
  const peak = peakOf(child.pid);
  child.kill('SIGTERM');
  await ended;
  closeSync(writer.file);
  const size = isKept ? readdirSync(state).reduce((sum, name) => sum + statSync(join(state, name)).size, 0) : 0;
  rmSync(folder, { recursive: true });
  return { used, peak, late: latenessOf(chunks), size };
}

/** Of the t distribution, two-sided, 95 %; for more it is that of many. */
const T = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145];

function interval(ratios) {
  const mean = ratios.reduce((a, b) => a + b) / ratios.length;
  const variance = ratios.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (ratios.length - 1);
  const half = (T[ratios.length - 2] ?? 1.96) * Math.sqrt(variance / ratios.length);
  return `${mean.toFixed(3)} [${(mean - half).toFixed(3)}, ${(mean + half).toFixed(3)}]`;
}

const p99 = (numbers) => numbers.sort((a, b) => a - b)[Math.ceil(numbers.length * 0.99) - 1];
const wanted = options.jobs?.split(',');
console.log(`load ${loadavg()[0].toFixed(1)}; ${options.pairs} pairs of ${options.seconds} s`);
for (const job of jobs.filter(({ name }) => wanted === undefined || wanted.includes(name))) {
  const runs = { without: [], with: [] };
  for (let pair = 0; pair < Number(options.pairs); pair++) {
    const order = pair % 2 === 0 ? ['without', 'with'] : ['with', 'without'];
    for (const which of order) runs[which].push(await run(job, which === 'with', Number(options.seconds)));
  }
  const ratios = runs.with.map(({ used }, i) => used / runs.without[i].used);
  const of = (which, what) => median(runs[which].map((figures) => figures[what]));
  const lateness = ['without', 'with'].map((which) => p99(runs[which].flatMap(({ late }) => late)));
  console.log(
    `${job.name.padEnd(14)} ${of('without', 'used').toFixed(2)} s, ${of('with', 'used').toFixed(2)} s: ${interval(ratios)}; ` +
      `p99 from tick to print ${lateness.join(', ')} ms; at most ${of('without', 'peak').toFixed(0)}, ${of('with', 'peak').toFixed(0)} MB; kept ${(of('with', 'size') / 1e6).toFixed(1)} MB`,
  );
}
