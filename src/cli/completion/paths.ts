import { readdirSync } from 'node:fs';
import { compareText } from '../../base/compare.ts';
import { atHome } from '../../flow/files/home.ts';
import type { Candidate } from './candidate.ts';

/** Files and directories whose path begins like this; a directory with `/` behind it. Hidden ones only where the dot is there already. */
export function pathsLike(start: string): readonly Candidate[] {
  const slash = start.lastIndexOf('/') + 1;
  const folder = start.slice(0, slash);
  const begin = start.slice(slash);
  try {
    return readdirSync(folder === '' ? '.' : atHome(folder), { withFileTypes: true })
      .filter(({ name }) => name.startsWith(begin) && (begin.startsWith('.') || !name.startsWith('.')))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort(compareText)
      .map((name) => ({ text: folder + name, summary: '' }));
  } catch {
    // No such folder, or not ours to read: nothing to offer.
    return [];
  }
}
