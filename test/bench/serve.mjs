// What it costs to serve, and to be looked at: the same run that serves nothing, without clients, and with a thousand.
//   node test/bench/serve.mjs [SECONDS] [ROUNDS]
// 300,000 records a second, of whose 1,000 keys 10 change in a second. Clients look at events on this machine's loopback only, for so many seconds. Linux.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './measure.mjs';

const LEAT = resolve(dirname(fileURLToPath(import.meta.url)), '../../bin/leat.js');
const SECONDS = Number(process.argv[2] ?? 8);
const ROUNDS = Number(process.argv[3] ?? 15);
const CLIENTS = 1000;
/** Of these so many read nothing. */
const STUCK = 100;
/** So many ask for the whole result once a second besides. */
const ASKING = 5;
/** Most processor time of a second, as a share of one, and bytes of a second, that clients may cost. */
const MOST_CORE = 0.2;
const MOST_BYTES = 2000;

const RATE = 300_000;
const PROGRAM = `rate(${RATE}) | map(_.value < 1000 ? _.value : (floor(_.value / ${RATE}) * 10) % 990 + _.value % 10) | map({key: "/a/path/like/any/other/" + _}) | groupBy(.key, {n: count()}) | running`;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Seconds of processors that a process has taken; proc(5), in hundredths. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const text = (url) =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let all = '';
      response.on('data', (piece) => {
        all += piece;
      });
      response.on('end', () => resolve(all));
    }).on('error', reject);
  });

/** How old an answer is when it is there: ms since the end of its batch. One in so many clients reads it. */
const READS = 20;
const ageOf = (text) => Date.now() - Number(/"time":(\d+)/.exec(text)?.[1]);

/** Looks at events, counting bytes, or takes none. */
function client(address, isStuck, seen, number) {
  const socket = connect(Number(new URL(address).port), '127.0.0.1', () => {
    socket.write('GET /v/key/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  });
  socket.on('error', () => {});
  if (isStuck) socket.pause();
  else
    socket.on('data', (piece) => {
      seen.bytes += piece.length;
      const text = number % READS === 0 ? piece.toString('latin1') : '';
      if (/^event: (?:change|result)$/m.test(text)) seen.ages.push(ageOf(text));
    });
  return socket;
}

/** Processor time of a second of the run, and the bytes that a client is sent in it. @param clients undefined where nothing is served. */
async function measure(clients) {
  const isServed = clients !== undefined;
  const program = `${PROGRAM} | ${isServed ? 'serve(0, name: "key")' : 'none'}`;
  const child = spawn(process.execPath, [LEAT, program], { stdio: ['ignore', 'ignore', 'pipe'] });
  let notes = '';
  child.stderr.on('data', (piece) => {
    notes += piece;
  });
  const seen = { bytes: 0, ages: [], asked: [] };
  let sockets = [];
  const asking = [];
  if (isServed) {
    while (!notes.includes(' shows ')) await once(child.stderr, 'data');
    const address = /(http:\S+)\/ shows/.exec(notes)[1];
    await text(`${address}/v/key.json?wait=30s&after=0`);
    sockets = Array.from({ length: clients }, (_, i) => client(address, i < STUCK, seen, i));
    // Who asks does so once a second, and not at the tick.
    for (let i = 0; i < ASKING; i++) {
      const ask = async () => seen.asked.push(ageOf(await text(`${address}/v/key.json`)));
      await pause(1000 / ASKING);
      asking.push(setInterval(() => ask().catch(() => {}), 1000));
    }
  }
  await pause(4000);
  seen.ages = [];
  seen.asked = [];
  const [before, bytes, start] = [cpuOf(child.pid), seen.bytes, performance.now()];
  await pause(SECONDS * 1000);
  const seconds = (performance.now() - start) / 1000;
  const used = (cpuOf(child.pid) - before) / seconds;
  const sent = (seen.bytes - bytes) / seconds / Math.max(1, sockets.length - STUCK);
  for (const timer of asking) clearInterval(timer);
  for (const socket of sockets) socket.destroy();
  child.kill('SIGINT');
  await once(child, 'close');
  return { used, sent, ages: seen.ages, asked: seen.asked };
}

const WAYS = [undefined, 0, CLIENTS];
const rounds = [];
for (let i = 0; i < ROUNDS; i++) {
  const got = [];
  for (const way of i % 2 === 0 ? [0, 1, 2] : [2, 1, 0]) got[way] = await measure(WAYS[way]);
  rounds.push(got);
  const [none, served, looked] = got.map(({ used }) => `${(used * 100).toFixed(1)} %`);
  console.log(
    `of a core: not served ${none}, served ${served}, with ${CLIENTS} clients ${looked}; ${got[2].sent.toFixed(0)} B/s a client`,
  );
}
const ratio = (a, b) => median(rounds.map((got) => got[a].used / got[b].used));
const more = median(rounds.map((got) => got[2].used - got[1].used));
const sent = median(rounds.map((got) => got[2].sent));
console.log(
  `medians of ${ROUNDS}: served to nobody ${ratio(1, 0).toFixed(3)} times what it takes unserved; ${CLIENTS} clients ${ratio(2, 1).toFixed(3)} times that, ${more.toFixed(3)} of a core; ${sent.toFixed(0)} B/s a client`,
);
const quantile = (all, share) => all.sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))];
const ages = rounds.flatMap((got) => got[2].ages);
const asked = rounds.flatMap((got) => got[2].asked);
console.log(
  `age of an answer, ms: pushed p50 ${quantile(ages, 0.5)}, p99 ${quantile(ages, 0.99)} (${ages.length}); asked for once a second p50 ${quantile(asked, 0.5)}, p99 ${quantile(asked, 0.99)} (${asked.length})`,
);
if (more > MOST_CORE || sent > MOST_BYTES) process.exitCode = 1;
