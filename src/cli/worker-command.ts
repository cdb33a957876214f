import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { workOnFrames } from '../run/cluster/worker.ts';

declare const LEAT_VERSION: string;

/** All of the command. */
const SCRIPTS = ['leat.cjs', 'leat-rest.cjs'];

/** The version of leat, and of what exactly: whoever works on a run has to be of the same. */
export function exactVersion(): string {
  const hash = createHash('sha256');
  for (const script of SCRIPTS) hash.update(readFileSync(new URL(script, import.meta.url)));
  return `${LEAT_VERSION} (${hash.digest('hex').slice(0, 12)})`;
}

/** Works on tasks that come on standard input, as Spark's executors have them, until no more do. */
export async function workerCommand(): Promise<void> {
  await workOnFrames(process.stdin, process.stdout, exactVersion());
}
