import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path as a shell reads it: `~` and `~/…` are in the user's home. */
export function atHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
