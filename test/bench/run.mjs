// Measures leat and its peers on the same work, in turn: npm run bench -- [--size 200mb] [--rounds 3] [--jobs 1,4] [--write]
// test/bench/README.md says what each job is, and what is measured.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { difference } from './answers.mjs';
import { inputs, jobs } from './jobs.mjs';
import { listenJob, runListen } from './listen.mjs';
import { measure, median } from './measure.mjs';
import { findPeers } from './peers.mjs';
import { linesOf, pageOf } from './report.mjs';

const BENCH = dirname(fileURLToPath(import.meta.url));
/** Rows of measurements unless it is said. */
const ROWS = '10000000';
const PAGE = join(BENCH, '../../docs/benchmarks.md');

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '200mb' },
    /** Of the One Billion Row Challenge. */
    rows: { type: 'string', default: ROWS },
    rounds: { type: 'string', default: '3' },
    jobs: { type: 'string' },
    /** Where inputs are made and kept. */
    data: { type: 'string', default: join(tmpdir(), 'leat-bench') },
    /** Where test/bench/peers.sh put what Debian does not have. */
    peers: { type: 'string', default: process.env.LEAT_BENCH_PEERS ?? join(tmpdir(), 'leat-bench/peers') },
    /** Seconds that each part of job 10 takes. */
    seconds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const wanted = options.jobs?.split(',');
const isWanted = ({ id }) =>
  wanted === undefined || wanted.some((name) => id === name || id.replace(/[a-z]$/, '') === name);
const chosen = jobs.filter(isWanted);
if (
  !/^\d+mb$/.test(options.size) ||
  !/^[1-9]\d*$/.test(options.rows) ||
  !(rounds >= 1) ||
  (chosen.length === 0 && !isWanted(listenJob))
) {
  const known = [...jobs, listenJob].map(({ id }) => id).join(', ');
  process.stderr.write(
    `usage: npm run bench -- [--size 200mb] [--rows 10000000] [--rounds 3] [--jobs 1,4] [--write]; jobs: ${known}\n`,
  );
  process.exit(2);
}

// Inputs of another generator are other inputs.
const generation = createHash('sha256')
  .update(readFileSync(join(BENCH, 'generate.mjs')))
  .digest('hex')
  .slice(0, 8);
const sizes = options.rows === ROWS ? options.size : `${options.size}-${options.rows}`;
const folder = join(resolve(options.data), `${sizes}-${generation}`);
const peersFolder = resolve(options.peers);
mkdirSync(folder, { recursive: true });

const env = {
  ...process.env,
  PATH: `${join(peersFolder, 'bin')}:${process.env.PATH}`,
  LC_ALL: 'C',
  BENCH,
  LEAT: resolve(BENCH, '../../bin/leat.js'),
};
const say = (text) => process.stderr.write(`${text}\n`);

/** Makes an input unless it is there. */
async function make(name) {
  const path = join(folder, name);
  if (existsSync(path)) return;
  const { kind, copiesOf, copies, packed, generator, text } = inputs[name];
  say(`making ${name}`);
  if (text !== undefined) {
    writeFileSync(`${path}.part`, text);
  } else if (generator !== undefined) {
    execFileSync(process.execPath, [join(BENCH, generator), options.rows, `${path}.part`]);
  } else if (packed !== undefined) {
    await make(packed);
    await pipeline(createReadStream(join(folder, packed)), createGzip(), createWriteStream(`${path}.part`));
  } else if (copiesOf === undefined) {
    execFileSync(process.execPath, [join(BENCH, 'generate.mjs'), kind, options.size, `${path}.part`]);
  } else {
    await make(copiesOf);
    const whole = await readFile(join(folder, copiesOf));
    const file = await open(`${path}.part`, 'w');
    for (let i = 0; i < copies; i++) await file.writeFile(whole);
    await file.close();
  }
  renameSync(`${path}.part`, path);
}

/** Runs a job: for each command that is there, the medians and the last answer; the others are named. */
async function run(job, versions) {
  for (const name of job.inputs) await make(name);
  // All inputs are read once, so that nobody waits for the disk, the first one least of all.
  for (const name of job.inputs) execFileSync('cat', [join(folder, name)], { stdio: 'ignore' });
  const toolOf = (label) =>
    ({ leat: 'node', wc: 'sort', cut: 'sort' })[label.split(/[ ,]/)[0]] ?? label.split(/[ ,]/)[0];
  const commands = Object.entries({ leat: job.leat, ...job.peers }).map(([name, command]) => ({
    name,
    command,
    isThere: versions[toolOf(name)] !== undefined,
    runs: [],
    fault: undefined,
  }));
  let answer;
  for (let round = 0; round < rounds * job.repeat; round++) {
    for (const each of commands) {
      const { name, command, isThere, runs } = each;
      if (!isThere || each.fault !== undefined) continue;
      const { output, fault, ...run } = await measure(command, { folder, env });
      if (name === 'leat') answer = output;
      const isCompared = fault === undefined && answer !== undefined && !job.floors.includes(name);
      const differs = isCompared ? difference(answer, output, job.looser[name] ?? job.tolerances) : undefined;
      each.fault = differs === undefined ? fault : `another answer: ${differs}`;
      if (each.fault === undefined) runs.push(run);
      if (job.repeat === 1) say(`  ${job.id} ${name}: ${each.fault ?? `${run.ms.toFixed(0)} ms`}`);
    }
  }
  const results = {};
  for (const { name, runs, fault } of commands) {
    if (fault !== undefined || runs.length === 0) continue;
    const times = runs.map(({ ms }) => ms);
    const [peaks, busy] = ['peak', 'busy'].map((what) => runs.flatMap((run) => run[what] ?? []));
    results[name] = {
      ms: median(times),
      least: Math.min(...times),
      most: Math.max(...times),
      busy: busy.length > 0 ? median(busy) : undefined,
      peak: peaks.length > 0 ? Math.max(...peaks) : undefined,
    };
  }
  if (results.leat !== undefined) results.leat.output = answer;
  const faults = commands.flatMap(({ name, fault }) => (fault === undefined ? [] : [{ name, fault }]));
  return { job, results, faults, absent: commands.flatMap(({ name, isThere }) => (isThere ? [] : [name])) };
}

const versions = findPeers(env);
const loadBefore = loadavg()[0];
const measured = [];
for (const job of chosen) {
  say(`${job.id}: ${job.title}`);
  measured.push(await run(job, versions));
}
let listening;
if (isWanted(listenJob)) {
  say(`${listenJob.id}: ${listenJob.title}`);
  await make('words.txt');
  listening = await runListen({
    leat: env.LEAT,
    words: join(folder, 'words.txt'),
    seconds: Number(options.seconds),
    say,
  });
}

const report = {
  machine: { cpu: cpus()[0].model, cores: cpus().length, memory: totalmem(), load: loadBefore },
  versions: { leat: JSON.parse(readFileSync(join(BENCH, '../../package.json'), 'utf8')).version, ...versions },
  date: new Date().toISOString().slice(0, 10),
  size: options.size,
  rounds,
  measured,
  listening,
};
process.stdout.write(linesOf(report));
if (options.write) writeFileSync(PAGE, pageOf(report));
const isFaulty =
  measured.some(({ faults }) => faults.length > 0) || listening?.some(({ fault }) => fault !== undefined);
process.exitCode = isFaulty ? 1 : 0;
