// The long form of the proofs of --checkpoint, every crash point and a hundred kills of each pair, dealt out to several processes.
//   node test/crash/all.mjs [--parts 8] [--jobs 2] [--only 3,5]
// The parts take about as long as one another. What each has given stands in a line of its own, so that those that are missing can be run at another time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: '8' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
    only: { type: 'string' },
  },
});
const parts = Number(options.parts);
const waiting = options.only?.split(',').map(Number) ?? Array.from({ length: parts }, (_, i) => i + 1);
const folder = mkdtempSync(join(tmpdir(), 'leat-crash-'));
const failed = [];

async function run(part) {
  const start = Date.now();
  const log = join(folder, `part-${part}.log`);
  const file = createWriteStream(log);
  await once(file, 'open');
  // Parts are what runs at the same time here.
  const files = ['test/crash', 'test/cli/kills.test.ts', 'test/cli/checkpoint.test.ts'];
  const child = spawn('npx', ['vitest', 'run', '--maxWorkers', '1', ...files], {
    env: { ...process.env, LEAT_LONG: '1', LEAT_CRASH: '1', LEAT_CRASH_PART: `${part}/${parts}`, NO_COLOR: '1' },
    stdio: ['ignore', file, file],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) failed.push(part);
  const minutes = ((Date.now() - start) / 60_000).toFixed(1);
  console.log(
    `part ${part} of ${parts}: ${code === 0 ? 'held' : 'FAILED'}, ${minutes} min, load ${loadavg()[0].toFixed(0)}, ${log}`,
  );
}

async function work() {
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) await run(part);
}

await Promise.all(Array.from({ length: Number(options.jobs) }, work));
process.exitCode = failed.length === 0 ? 0 : 1;
