// Job 10: how many lines a second `listen` takes, how soon after a tick its answer is there, and whether memory grows.
//   node test/bench/listen.mjs WORDS-FILE [SECONDS]
// Clients send as fast as they are let, on this machine's loopback only, for so many seconds and at most MOST_LINES lines.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { median } from './measure.mjs';

const HOST = '127.0.0.1';
const CLIENTS = [1, 100];
const MOST_LINES = 200_000_000;
/** Bytes that a client sends at once, the last line whole. */
const STRETCH = 64 * 1024;
/** Bytes of the words that are sent again and again. */
const SENT = 8 * 1024 * 1024;

export const listenJob = {
  id: '10',
  title: 'word count per second of what clients send',
  program: 'listen(0) | words | countByValue',
};

/** The words in stretches of whole lines. */
function stretchesOf(path) {
  const buffer = Buffer.alloc(SENT);
  const file = openSync(path, 'r');
  const words = buffer.subarray(0, readSync(file, buffer));
  closeSync(file);
  const stretches = [];
  for (let start = 0; start < words.length; ) {
    const end = words.lastIndexOf(10, Math.min(start + STRETCH, words.length) - 1) + 1;
    if (end <= start) break;
    const text = words.toString('latin1', start, end);
    stretches.push({
      bytes: words.subarray(start, end),
      lines: text.split('\n').length - 1,
      words: text.match(/\S+/g)?.length ?? 0,
    });
    start = end;
  }
  return stretches;
}

/** One client until the deadline, in ms since the epoch: adds to `sent`, and resolves when the other end has taken everything. */
async function send(port, stretches, first, deadline, sent) {
  const socket = connect({ port, host: HOST });
  await once(socket, 'connect');
  socket.resume();
  const closed = once(socket, 'close');
  for (let i = first; Date.now() < deadline && sent.lines < MOST_LINES && !socket.destroyed; i++) {
    const { bytes, lines, words } = stretches[i % stretches.length];
    sent.lines += lines;
    sent.words += words;
    if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), closed]);
  }
  socket.end();
  await closed;
}

/** All clients, in a thread of their own so that reading the answers does not wait for them. */
async function sendAll({ port, clients, path, seconds }) {
  const stretches = stretchesOf(path);
  const sent = { lines: 0, words: 0 };
  const start = Date.now();
  const deadline = start + seconds * 1000;
  await Promise.all(Array.from({ length: clients }, (_, i) => send(port, stretches, i, deadline, sent)));
  return { ...sent, ms: Date.now() - start };
}

/** Resident memory of a process now, in bytes; undefined where /proc does not tell. */
function residentOf(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** The lines of leat's output, with the time of their ends in ms since the epoch; they are parsed when all is over. */
function collect(stream) {
  const lines = [];
  let open = [];
  stream.on('data', (chunk) => {
    const time = Date.now();
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      lines.push({ time, parts: [...open, chunk.subarray(start, end)] });
      open = [];
      start = end + 1;
    }
    if (start < chunk.length) open.push(chunk.subarray(start));
  });
  return lines;
}

/** One measurement with so many clients. */
async function listenWith(clients, { leat, words, seconds }) {
  const child = spawn(leat, ['--format', 'batches', listenJob.program], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const lines = collect(child.stdout);
  let said = '';
  const port = await new Promise((found, failed) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      const match = /listening on \S+:(\d+)/.exec(said);
      if (match !== null) found(Number(match[1]));
    });
    child.once('close', () => failed(new Error(said)));
  });
  const memory = [];
  const sampler = setInterval(() => memory.push(residentOf(child.pid)), 250);
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { port, clients, path: words, seconds } });
  const [sent] = await once(worker, 'message').finally(() => {
    clearInterval(sampler);
    // The end prints the open batch too.
    child.kill('SIGINT');
  });
  await ended;
  const batches = lines.map(({ time, parts }) => ({ time, batch: JSON.parse(Buffer.concat(parts).toString()) }));
  const counted = batches.flatMap(({ batch }) => batch.records).reduce((sum, [, count]) => sum + count, 0);
  const latencies = batches
    .filter(({ batch }) => batch.records.length > 0 && batch.partial !== true)
    .map(({ time, batch }) => time - batch.time)
    .sort((a, b) => a - b);
  const quarter = Math.floor(memory.length / 4);
  return {
    sent,
    fault: counted === sent.words ? undefined : `${sent.words} words were sent, ${counted} were counted\n${said}`,
    perSecond: sent.lines / (sent.ms / 1000),
    ticks: latencies.length,
    middle: latencies.length > 0 ? median(latencies) : Number.NaN,
    p99: latencies[Math.ceil(latencies.length * 0.99) - 1] ?? Number.NaN,
    // The first quarter fills what has a size once and for all.
    early: median(memory.slice(quarter, 2 * quarter)),
    late: median(memory.slice(3 * quarter)),
  };
}

/** What was found, beside each target. */
function judged({ fault, perSecond, ticks, middle, p99, early, late }) {
  if (fault !== undefined) return [{ says: 'every word is counted', found: fault, met: false }];
  const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  return [
    { says: '≥ 1 M lines/s', found: `${(perSecond / 1e6).toFixed(2)} M lines/s`, met: perSecond >= 1e6 },
    {
      says: 'tick to print: p99 < 50 ms',
      found: `${p99} ms, median ${middle} ms, ${ticks} ticks`,
      met: p99 < 50,
    },
    {
      says: 'no growth in memory',
      found: `${megabytes(early)} in the second quarter, ${megabytes(late)} in the last`,
      met: late <= early * 1.1,
    },
  ];
}

/** The job with each number of clients. */
export async function runListen({ leat, words, seconds, say }) {
  const parts = [];
  for (const clients of CLIENTS) {
    const found = await listenWith(clients, { leat, words, seconds }).catch(({ message }) => ({ fault: message }));
    const title = `${listenJob.title}, ${clients === 1 ? '1 client' : `${clients} clients`}`;
    const targets = judged(found);
    say(`  ${title}: ${targets[0].found}`);
    parts.push({ id: listenJob.id, title, fault: found.fault, targets });
  }
  return parts;
}

if (!isMainThread) {
  parentPort.postMessage(await sendAll(workerData));
} else if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [words, seconds = '20'] = process.argv.slice(2);
  const leat = resolve(dirname(fileURLToPath(import.meta.url)), '../../bin/leat.js');
  const parts = await runListen({
    leat,
    words,
    seconds: Number(seconds),
    say: (text) => process.stderr.write(`${text}\n`),
  });
  for (const { title, targets } of parts) {
    for (const { says, found, met } of targets) console.log(`${title}: ${says}: ${found}: ${met ? 'met' : 'missed'}`);
  }
  process.exitCode = parts.some(({ fault }) => fault !== undefined) ? 1 : 0;
}
