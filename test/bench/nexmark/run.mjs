// Events a processor second of each query of Nexmark, read from a file by one thread, as a table: node test/bench/nexmark/run.mjs [EVENTS] [--rounds 3] [--queries 0,5,7]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, median } from '../measure.mjs';
import { queries } from './oracle.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const LEAT = fileURLToPath(new URL('../../../bin/leat.js', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    queries: { type: 'string' },
    data: { type: 'string' },
  },
});
const count = Number(positionals[0] ?? 1_000_000);
const chosen = values.queries === undefined ? queries : values.queries.split(',').map((number) => `q${number}`);
const folder = values.data ?? mkdtempSync(join(tmpdir(), 'leat-nexmark-'));
mkdirSync(folder, { recursive: true });
const events = join(folder, `events-${count}.jsonl`);
if (!existsSync(events)) {
  const args = [join(HERE, 'generate.mjs'), String(count), '--side', join(folder, 'side_input.csv')];
  execFileSync(process.execPath, args, { stdio: ['ignore', openSync(events, 'w'), 'inherit'] });
}

const env = { ...process.env, LC_ALL: 'C' };
const commandOf = (what) => `"${process.execPath}" "${LEAT}" --workers 1 ${what} < "${events}" > /dev/null`;
const commands = new Map([
  ['counting them', commandOf("'json | count'")],
  ...chosen.map((query) => [query, commandOf(`-f "${join(HERE, query)}.leat"`)]),
]);
const taken = new Map([...commands.keys()].map((name) => [name, []]));

try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, command] of commands) {
      const { busy, ms, peak, fault } = await measure(command, { folder, env });
      if (fault !== undefined) throw new Error(`${name} failed: ${fault}`);
      taken.get(name).push({ busy: busy ?? ms, peak: peak ?? Number.NaN });
    }
  }
  console.log('| query | thousand events a processor second | memory, MB |\n| --- | ---: | ---: |');
  for (const [name, runs] of taken) {
    const busy = median(runs.map((run) => run.busy));
    const peak = median(runs.map((run) => run.peak)) / 2 ** 20;
    console.log(`| ${name} | ${Math.round(count / busy)} | ${Math.round(peak)} |`);
  }
} finally {
  if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
}
