// What `running` keeps for 1,000,000 keys, however many records there were: the most resident memory that the process ever had (Linux).
//   node test/bench/running.mjs [how many records, 100000000 unless given] [count|groupBy …]

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  aggregates,
  compileProgram,
  createScope,
  functions,
  LocalRun,
  sinks,
  sources,
  stages,
  TextOutput,
  VirtualClock,
} from '../../dist/index.js';

const KEYS = 1_000_000;
const RECORDS_PER_BATCH = 100_000;
const MOST = 1024;
const PROGRAMS = {
  count: 'queue | map(_[0]) | countByValue | running | none',
  groupBy: 'queue | groupBy(_[0], {n: count(), total: sum(_[1])}) | running | none',
};

/** Batches of pairs of a text and a number, made when they are asked for: random, the same for every run. */
function batchesOf(records) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 8;
  };
  let left = records;
  return () => {
    const length = Math.min(left, RECORDS_PER_BATCH);
    left -= length;
    return length === 0 ? undefined : Array.from({ length }, () => [`user-${next() % KEYS}`, (next() % 100_000) / 100]);
  };
}

async function run(program, records) {
  const feed = {
    ...sources.find(({ name }) => name === 'queue'),
    parameters: {},
    gives: () => ({ kind: 'pair', key: { kind: 'string' }, value: { kind: 'number' } }),
    behaviour: () => ({ kind: 'batches', open: () => batchesOf(records) }),
  };
  const time = { time: 0 };
  const plan = compileProgram(PROGRAMS[program], {
    words: { sources: [feed], stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => time.time }),
    interval: 1000,
  });
  const settings = {
    interval: 1000,
    once: false,
    clock: new VirtualClock(),
    stdinIsFile: true,
    stdout: new TextOutput(),
    format: 'text',
    color: false,
    kernels: true,
    stateMax: 2 ** 40,
    tell: (line) => process.stderr.write(`${line}\n`),
    trace() {},
  };
  const start = performance.now();
  await new LocalRun(plan, settings, time).run();
  const seconds = (performance.now() - start) / 1000;
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  console.log(
    `${program}: ${records / 1e6} million records in ${seconds.toFixed(0)} s, ${peak.toFixed(0)} MB at most (${peak < MOST ? 'below' : 'ABOVE'} ${MOST})`,
  );
}

const [records = '100000000', ...programs] = process.argv.slice(2);
if (programs.length === 1) await run(programs[0], Number(records));
else {
  // Each in a process of its own, since what was most is never forgotten.
  for (const program of programs.length > 0 ? programs : Object.keys(PROGRAMS)) {
    execFileSync(process.execPath, [process.argv[1], records, program], { stdio: 'inherit' });
  }
}
