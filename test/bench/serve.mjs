// What it costs to serve, and to be looked at by a thousand.
//   node test/bench/serve.mjs [ROUNDS] [SECONDS]
// 300,000 records a second, of whose 1,000 keys 10 change in a second. In each round one process serves, and is measured in turn with nobody who looks
// and with a thousand clients, so that nothing but those differs; before or after it another one does the same and serves nothing. Clients are a process
// of their own, on this machine's loopback; what is counted is the time that the threads of the server were at work. Linux.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { median } from './measure.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const LEAT = resolve(HERE, '../../bin/leat.js');
const ROUNDS = Number(process.argv[2] ?? 8);
/** Of each part of a round. */
const SECONDS = Number(process.argv[3] ?? 6);
const CLIENTS = 1000;
/** Of these so many read nothing. */
const STUCK = 100;
/** So many ask for the whole result once a second besides, which is measured by itself. */
const ASKING = 5;
/** What a thousand clients may cost: seconds of processors a second, times that of the run, times the time from a tick to what is printed; and bytes a second for each. */
const MOST = { core: 0.2, run: 1.15, print: 1.3, bytes: 2000 };

const RATE = 300_000;
const RUN = `rate(${RATE}) | map(_.value < 1000 ? _.value : (floor(_.value / ${RATE}) * 10) % 990 + _.value % 10) | map({key: "/a/path/like/any/other/" + _}) | groupBy(.key, {n: count()}) | running`;
/** What is printed of a batch: its tick. */
const PRINT = 'count | map(n => now())';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Seconds that the threads of a process have been at work; see "schedstat" in proc(5). */
function workOf(pid) {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce(
    (sum, task) => sum + Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0]) / 1e9,
    0,
  );
}

/** A run, and how long after each tick its line came, ms. */
function begin(sink) {
  const child = spawn(process.execPath, [LEAT, `${RUN} | ${sink}${PRINT}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  const run = { child, late: [], notes: '', isEnding: false };
  child.stderr.on('data', (piece) => {
    run.notes += piece;
  });
  child.on('close', (code) => {
    if (run.isEnding) return;
    console.error(`the run ended with ${code}:\n${run.notes}`);
    process.exit(1);
  });
  createInterface({ input: child.stdout }).on('line', (line) => run.late.push(Date.now() - Number(line)));
  return run;
}

async function end(run) {
  const { child } = run;
  run.isEnding = true;
  child.kill('SIGINT');
  await once(child, 'close');
}

/** A part of a round: what the run takes of a processor, and how long from tick to line. */
async function part({ child, late }) {
  late.length = 0;
  const [before, start] = [workOf(child.pid), performance.now()];
  await pause(SECONDS * 1000);
  const seconds = (performance.now() - start) / 1000;
  return { used: (workOf(child.pid) - before) / seconds, late: [...late], seconds };
}

async function unserved() {
  const run = begin('');
  await once(run.child.stdout, 'data');
  await pause(4000);
  const got = await part(run);
  await end(run);
  return got;
}

const clients = fork(join(HERE, 'serve-clients.mjs'));

async function tell(message) {
  clients.send(message);
  const [answer] = await once(clients, 'message');
  return answer;
}

/** With nobody, with clients, with clients, with nobody: what the machine does more and more, or less and less, is the same for both. */
async function served() {
  const run = begin('serve(0, name: "key") | ');
  while (!run.notes.includes(' shows ')) await once(run.child.stderr, 'data');
  const port = Number(/:(\d+)\/ shows/.exec(run.notes)[1]);
  await once(run.child.stdout, 'data');
  await pause(4000);
  const parts = [];
  for (const count of [0, CLIENTS, CLIENTS, 0]) {
    const stuck = Math.min(count, STUCK);
    await tell({ port, clients: count, stuck, asking: 0 });
    await pause(2500);
    await tell({ ask: true });
    const got = await part(run);
    const { bytes, ages } = await tell({ ask: true });
    parts.push({ ...got, sent: bytes / got.seconds / Math.max(1, count - stuck), ages });
  }
  // How old answers are that are asked for, beside those that are pushed.
  await tell({ port, clients: CLIENTS, stuck: STUCK, asking: ASKING });
  await tell({ ask: true });
  await pause(SECONDS * 1000);
  const { asked } = await tell({ ask: true });
  await tell({ port, clients: 0, stuck: 0, asking: 0 });
  await end(run);
  const [none, some, again, last] = parts;
  return {
    pairs: [
      { none, some },
      { none: last, some: again },
    ],
    asked,
  };
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const rounds = [];
for (let i = 0; i < ROUNDS; i++) {
  const first = i % 2 === 0 ? await unserved() : undefined;
  const { pairs, asked } = await served();
  const bare = first ?? (await unserved());
  rounds.push({ bare, pairs, asked });
  const told = pairs.map(({ none, some }) => `${percent(none.used)} and ${percent(some.used)}`).join(', ');
  console.log(
    `of a core: not served ${percent(bare.used)}; served to nobody and to ${CLIENTS} clients ${told}; ${pairs[0].some.sent.toFixed(0)} B/s a client`,
  );
}
clients.disconnect();

/** Where the middle of 95 of 100 samples of the same numbers lies. */
function interval(numbers) {
  const middles = Array.from({ length: 2000 }, () =>
    median(numbers.map(() => numbers[Math.floor(Math.random() * numbers.length)])),
  ).sort((a, b) => a - b);
  return [middles[50], middles[1949]];
}
const told = (numbers, digits = 3) => {
  const [low, high] = interval(numbers);
  return `${median(numbers).toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
};
const quantile = (all, share) => {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

const pairs = rounds.flatMap((round) => round.pairs);
const ratios = pairs.map(({ none, some }) => some.used / none.used);
const more = pairs.map(({ none, some }) => some.used - none.used);
const sent = pairs.map(({ some }) => some.sent);
const serving = rounds.map(({ bare, pairs }) => median(pairs.map(({ none }) => none.used)) / bare.used);
const late = (of) => pairs.flatMap((pair) => pair[of].late);
const print = quantile(late('some'), 0.99) / quantile(late('none'), 0.99);
const ages = pairs.flatMap(({ some }) => some.ages);
const asked = rounds.flatMap((round) => round.asked);
const ms = (all) => `p50 ${quantile(all, 0.5)} ms, p99 ${quantile(all, 0.99)} ms (${all.length})`;
console.log(`medians of ${pairs.length} pairs [95 %]:`);
console.log(`  served to nobody: ${told(serving)} times what it takes unserved`);
console.log(`  ${CLIENTS} clients: ${told(ratios)} times that, ${told(more)} of a core; ${told(sent, 0)} B/s for each`);
console.log(`from tick to line: nobody ${ms(late('none'))}; clients ${ms(late('some'))}: ${print.toFixed(2)} times`);
console.log(`age of an answer: pushed ${ms(ages)}; asked for once a second ${ms(asked)}`);
const isPast = median(ratios) > MOST.run || median(more) > MOST.core || median(sent) > MOST.bytes || print > MOST.print;
if (isPast) process.exitCode = 1;
