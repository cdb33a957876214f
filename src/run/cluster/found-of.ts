import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseJson, toJson } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import type { PlainData } from '../../flow/define/position.ts';

/** Where it is, in the directory that Spark keeps a stream in. */
const FOLDER = 'found';

/**
 * What else belongs to a batch, beside what Spark writes down of it in its log of offsets: asked for when the batch is begun for the first time, and
 * safe before anything is done with it, so that it is the same if the batch has to be done again. What was written of batches before the last is removed.
 *
 * @returns undefined where nobody can say, at the end of the run.
 */
export async function foundOf(
  directory: string,
  batch: number,
  find: () => Promise<PlainData | undefined>,
): Promise<PlainData | undefined> {
  const folder = join(directory, FOLDER);
  const path = join(folder, `${batch}`);
  if (existsSync(path)) return parseJson(readFileSync(path, 'utf8')) as PlainData;
  const found = await find();
  if (found === undefined) return undefined;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const beside = `${path}.new`;
  safely(beside, 'w', (fd) => void writeSync(fd, toJson(found as Value)));
  renameSync(beside, path);
  safely(folder, 'r', () => {});
  rmSync(join(folder, `${batch - 2}`), { force: true });
  return found;
}

/** What is done is safe from a power cut. */
function safely(path: string, flags: string, work: (fd: number) => void): void {
  const fd = openSync(path, flags, 0o600);
  try {
    work(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
