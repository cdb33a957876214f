import { dirname } from 'node:path';
import type { FileSystem } from '../define/file-system.ts';

/**
 * Makes a directory and those above it, where they are missing. Node's own `recursive` never comes back where a file
 * system knows a directory and lets nobody make one in it (`/proc`).
 */
export async function makeDirectories(files: FileSystem, path: string): Promise<void> {
  const error = await tryToMake(files, path);
  if (error === undefined) return;
  if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
  await makeDirectories(files, dirname(path));
  const again = await tryToMake(files, path);
  if (again !== undefined) throw again;
}

/** Undefined where there is something of that name now; if that is a file, whoever opens one below it is told. */
async function tryToMake(files: FileSystem, path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await files.makeDirectory(path);
    return undefined;
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    return error.code === 'EEXIST' || error.code === 'EISDIR' ? undefined : error;
  }
}

/**
 * The names in a directory, made safe from a power cut when they are asked for: the first time with all above it, since a run that was
 * killed may have made them just before.
 */
export class SafeNames {
  private readonly files: FileSystem;
  private readonly directory: string;
  private isAboveSafe = false;

  constructor(files: FileSystem, directory: string) {
    this.files = files;
    this.directory = directory;
  }

  async sync(): Promise<void> {
    await this.files.syncDirectory(this.directory);
    if (this.isAboveSafe) return;
    for (let at = this.directory; dirname(at) !== at; at = dirname(at)) await this.files.syncDirectory(dirname(at));
    this.isAboveSafe = true;
  }
}
