import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it, where they are missing. Node's own `recursive` never comes back where a file
 * system knows a directory and lets nobody make one in it (`/proc`).
 */
export async function makeDirectory(path: string): Promise<void> {
  const error = await tryToMake(path);
  if (error === undefined) return;
  if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
  await makeDirectory(dirname(path));
  const again = await tryToMake(path);
  if (again !== undefined) throw again;
}

/** Undefined where there is something of that name now; if that is a file, whoever opens one below it is told. */
async function tryToMake(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    return error.code === 'EEXIST' || error.code === 'EISDIR' ? undefined : error;
  }
}
