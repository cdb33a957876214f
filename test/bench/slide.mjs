// What a slide costs does not depend on how long the window is: 10,000 keys, a slide of 1 s, lengths 1 min and 1 h.
//   node test/bench/slide.mjs [sum|max|p99 …]
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

const KEYS = 10_000;
const RECORDS_PER_BATCH = 1_000;
const MEASURED = 600;
const LENGTHS = { '1m': 60, '1h': 3600 };
const AGGREGATES = { sum: 'sum(_[1])', max: 'max(_[1])', p99: 'p99(_[1])' };

/** Records of every batch: random keys and values, the same for every run. */
function batchesOf(count, onBatch) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state;
  };
  return (index) => {
    onBatch(index);
    if (index >= count) return undefined;
    return Array.from({ length: RECORDS_PER_BATCH }, () => [next() % KEYS, (next() % 100_000) / 100]);
  };
}

/** The median time of a slide once the window is full, in ms. */
async function slide(aggregate, length) {
  const starts = [];
  const filled = LENGTHS[length];
  const feed = {
    ...sources.find(({ name }) => name === 'queue'),
    parameters: {},
    gives: () => ({ kind: 'pair', key: { kind: 'number' }, value: { kind: 'number' } }),
    behaviour: () => ({
      kind: 'batches',
      open: () => batchesOf(filled + MEASURED, (index) => starts.push([index, performance.now()])),
    }),
  };
  const time = { time: 0 };
  const plan = compileProgram(`queue | groupBy(_[0], {x: ${AGGREGATES[aggregate]}}) | window(${length}, 1s) | none`, {
    words: { sources: sources.with(feed), stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => time.time }),
    interval: 1000,
  });
  const run = new LocalRun(
    plan,
    {
      interval: 1000,
      once: false,
      clock: new VirtualClock(),
      stdin: 'file',
      stdout: new TextOutput(),
      format: 'text',
      color: false,
      kernels: true,
      stateMax: 2 ** 40,
      tell: (line) => process.stderr.write(`${line}\n`),
      trace() {},
    },
    time,
  );
  await run.run();
  const took = starts.slice(1).map(([index, at], i) => [index, at - starts[i][1]]);
  const sorted = took
    .filter(([index]) => index > filled)
    .map(([, ms]) => ms)
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const wanted = process.argv.slice(2);
for (const aggregate of wanted.length > 0 ? wanted : Object.keys(AGGREGATES)) {
  const short = await slide(aggregate, '1m');
  const long = await slide(aggregate, '1h');
  console.log(
    `${aggregate}: ${short.toFixed(2)} ms a slide at 1m, ${long.toFixed(2)} ms at 1h, 1h / 1m = ${(long / short).toFixed(2)}`,
  );
}
