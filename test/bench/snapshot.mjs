// What it takes to write down and to read back 1,000,000 groups, beside what it took to make them of input: processor seconds, the least of some rounds.
//   node test/bench/snapshot.mjs [rounds, 3 unless given]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const folder = mkdtempSync(join(tmpdir(), 'leat-snapshot-'));
const outfile = join(folder, 'snapshot.mjs');
try {
  await bundle(fileURLToPath(new URL('./snapshot.ts', import.meta.url)), outfile);
  process.exitCode =
    spawnSync(process.execPath, ['--max-old-space-size=4096', outfile, ...process.argv.slice(2)], { stdio: 'inherit' })
      .status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
