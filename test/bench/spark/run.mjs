// leat inside Spark beside programs of Spark's own, each in a JVM that has done the job before (of leat's stream only as a batch), and beside leat alone:
// node test/bench/spark/run.mjs [--size 200mb] [--rounds 3] [--spark FOLDER] [--data FOLDER]. Exit code 1 if an answer differs.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { difference } from '../answers.mjs';
import { bundle } from '../bundle.mjs';
import { median } from '../measure.mjs';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '200mb' },
    rounds: { type: 'string', default: '3' },
    /** The environment of Python that has Spark. */
    spark: { type: 'string', default: 'node_modules/.cache/servers/spark-4' },
    /** Where inputs are made and kept. */
    data: { type: 'string', default: join(tmpdir(), 'leat-bench-spark') },
  },
});
const rounds = Number(options.rounds);
const bin = resolve(options.spark, 'bin');
if (!/^\d+mb$/.test(options.size) || !(rounds >= 1) || !existsSync(join(bin, 'spark-submit'))) {
  process.stderr.write(
    'usage: node test/bench/spark/run.mjs [--size 200mb] [--rounds 3] [--spark FOLDER] [--data FOLDER]\n',
  );
  process.stderr.write(
    'FOLDER of Spark is an environment of Python with pyspark; bash test/servers/spark.sh makes one\n',
  );
  process.exit(2);
}
/** GNU time, which knows what a process that has ended took. */
const TIME = '/usr/bin/time';
/** Of how much each job is done before it is measured, so that what the JVM compiles while it runs has been. */
const WARM = '20mb';
const CORES = Math.min(2, availableParallelism());
const MASTER = `local[${CORES}]`;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const data = resolve(options.data);

/** What is done with the lines of an input; what of it is a number that may differ in its last digits. */
const jobs = [
  { name: 'words', kind: 'words', stages: 'words | countByValue', tolerances: {} },
  {
    name: 'json',
    kind: 'json',
    stages: 'json | groupBy(.status, {n: count(), mean: avg(.latency_ms)})',
    tolerances: { 2: 1e-9 },
  },
];

/** @returns the folder with the file of a job. */
function makeInput({ name, kind }, size) {
  const folder = join(data, size, name);
  const file = join(folder, 'lines.txt');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const { status } = spawnSync(process.execPath, [here('../generate.mjs'), kind, size, `${folder}.new`]);
    if (status !== 0) throw new Error('the input cannot be made');
    renameSync(`${folder}.new`, file);
  }
  // From now on it comes from the page cache.
  readFileSync(file);
  return folder;
}

/** Processor seconds of a process and all that it started, as far as they are there or were waited for. */
function busyOf(root) {
  const stats = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1).split(' ');
      stats.set(Number(name), {
        parent: Number(fields[1]),
        ticks: fields.slice(11, 15).reduce((sum, n) => sum + Number(n), 0),
      });
    } catch {
      // It has ended.
    }
  }
  const isOurs = (pid) => pid === root || (stats.has(pid) && isOurs(stats.get(pid).parent));
  let ticks = 0;
  for (const [pid, stat] of stats) if (isOurs(pid)) ticks += stat.ticks;
  return ticks / 100;
}

/** A process that does what it is told by a line, and says when it is done. */
class Server {
  constructor(command, args) {
    this.child = spawn(command, args, {
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, SPARK_LOCAL_IP: '127.0.0.1', PYTHONUNBUFFERED: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.log = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      this.log = (this.log + text).slice(-4000);
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async heard(word) {
    for (;;) {
      const { done, value } = await this.lines.next();
      if (done) throw new Error(`it has ended: ${this.log}`);
      if (value === word) return;
    }
  }

  /** Has it do something. @returns seconds, on the wall and of processors. */
  async ask(line) {
    const before = busyOf(this.child.pid);
    const start = performance.now();
    this.child.stdin.write(`${line}\n`);
    await this.heard('done');
    return { wall: (performance.now() - start) / 1000, busy: busyOf(this.child.pid) - before };
  }

  async close() {
    const ended = new Promise((resolve) => this.child.on('close', resolve));
    this.child.stdin.end();
    await ended;
  }
}

async function bundled() {
  const folder = mkdtempSync(join(tmpdir(), 'leat-inside-'));
  const outfile = join(folder, 'inside.mjs');
  await bundle(here('inside.ts'), outfile);
  return { outfile, remove: () => rmSync(folder, { recursive: true }) };
}

/** leat alone, a whole process. */
function alone(program, out) {
  const start = performance.now();
  const { status, stdout } = spawnSync(
    TIME,
    ['-f', '%U %S', '-o', `${out}.time`, process.execPath, 'bin/leat.js', program],
    {
      maxBuffer: 2 ** 30,
    },
  );
  const wall = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`leat failed: ${program}`);
  writeFileSync(out, stdout);
  const [user, system] = readFileSync(`${out}.time`, 'utf8').trim().split(' ').map(Number);
  return { wall, busy: user + system };
}

/** What Spark has written as a folder. */
const partIn = (folder) =>
  readFileSync(
    join(
      folder,
      readdirSync(folder).find((name) => /^part-.*csv$/.test(name)),
    ),
    'utf8',
  );

/** The program of a job over what is there, and over what comes, of which that is all. */
const batchOf = ({ stages }, folder) => `files("${folder}/*") | ${stages}`;
const streamOf = ({ stages }, folder) => `watch("${folder}", existing: true) | ${stages}`;

const WAYS = ['leat alone', 'leat in Spark, batch', 'leat in Spark, stream', 'Spark SQL, batch', 'Spark, stream'];
const ALONE = WAYS[0];

const out = mkdtempSync(join(tmpdir(), 'leat-bench-out-'));
const { outfile, remove } = await bundled();
let isSame = true;

/** A Spark with leat in it, which has done each job before. */
async function inside(small) {
  const server = new Server(process.execPath, [outfile, MASTER, String(CORES)]);
  await server.heard('ready');
  for (const job of jobs) await server.ask(JSON.stringify([batchOf(job, small.get(job)), join(out, 'warm')]));
  return server;
}

/** One run of each way. */
async function round(job, folder, { own, leat, small }, taken) {
  const answers = new Map(WAYS.map((way) => [way, join(out, `${job.name}-${WAYS.indexOf(way)}`)]));
  const take = (way, used) => taken.get(way).push(used);
  take(ALONE, alone(batchOf(job, folder), answers.get(ALONE)));
  take(WAYS[1], await leat.ask(JSON.stringify([batchOf(job, folder), answers.get(WAYS[1])])));
  const streaming = await inside(small);
  take(WAYS[2], await streaming.ask(JSON.stringify([streamOf(job, folder), answers.get(WAYS[2])])));
  await streaming.close();
  take(WAYS[3], await own.ask(`sql ${job.name} ${folder} ${answers.get(WAYS[3])}`));
  take(WAYS[4], await own.ask(`stream ${job.name} ${folder} ${answers.get(WAYS[4])}`));
  const expected = readFileSync(answers.get(ALONE), 'utf8');
  for (const [i, way] of WAYS.entries()) {
    const given = i < 3 ? readFileSync(answers.get(way), 'utf8') : partIn(answers.get(way));
    const other = difference(expected, given, job.tolerances);
    if (other === undefined) continue;
    isSame = false;
    process.stdout.write(`${job.name}: ${way} gave another answer: ${other}\n`);
  }
}

const folders = new Map(jobs.map((job) => [job, makeInput(job, options.size)]));
const small = new Map(jobs.map((job) => [job, makeInput(job, WARM)]));
const own = new Server(join(bin, 'python'), [here('own.py'), MASTER, String(CORES)]);
await own.heard('ready');
const leat = await inside(small);
for (const job of jobs) {
  for (const way of ['sql', 'stream']) await own.ask(`${way} ${job.name} ${small.get(job)} ${join(out, 'warm-own')}`);
}
const loads = [loadavg()[0]];
process.stdout.write(
  `${options.size} each, ${MASTER}, medians of ${rounds} rounds: seconds on the wall (of processors)\n`,
);
for (const job of jobs) {
  const taken = new Map(WAYS.map((way) => [way, []]));
  for (let i = 0; i < rounds; i++) {
    await round(job, folders.get(job), { own, leat, small }, taken);
    loads.push(loadavg()[0]);
  }
  const middle = (way, what) => median(taken.get(way).map((used) => used[what]));
  for (const way of WAYS) {
    const ratio = middle(way, 'wall') / middle(ALONE, 'wall');
    process.stdout.write(
      `${job.name.padEnd(6)} ${way.padEnd(22)} ${middle(way, 'wall').toFixed(2)} (${middle(way, 'busy').toFixed(2)})  ${ratio.toFixed(1)} x\n`,
    );
  }
}
process.stdout.write(`load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}\n`);
await Promise.all([own.close(), leat.close()]);
remove();
rmSync(out, { recursive: true });
process.exitCode = isSame ? 0 : 1;
