import { readFileSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { filesOf, pathPattern } from '../../flow/files/paths.ts';

/** Bits of a mode, of those that belong to others; three more to the left are those of the group. */
const READ = 0o4;
const ENTER = 0o1;

/** What is to be in order to read. */
interface Access {
  /** Groups that let their members read what is not for everybody. */
  readonly groups: readonly string[];
  /** The first path that only its owner may read. */
  readonly closed?: { readonly path: string; readonly owner: string };
}

/**
 * What a user of no other rights has to be to read all of these.
 *
 * @param paths absolute paths and globs; of what is not there yet, the directories that are.
 */
export async function groupsToRead(paths: readonly string[]): Promise<Access> {
  const groups = new Set<string>();
  for (const text of paths) {
    const pattern = pathPattern(text);
    const found = pattern.isGlob ? await filesOf(pattern, () => {}) : [];
    for (const path of [pattern.base, ...found].flatMap(withDirectories)) {
      const status = statSync(path, { throwIfNoEntry: false });
      if (status === undefined) continue;
      const access = accessOf(status, [...found, pattern.base].includes(path));
      if (access === 'owner') return { groups: [...groups], closed: { path, owner: nameOf('passwd', status.uid) } };
      if (access === 'group') groups.add(nameOf('group', status.gid));
    }
  }
  return { groups: [...groups] };
}

/** A path, and all directories to it. */
function withDirectories(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [...withDirectories(above), path];
}

/** Who may read it, of those who are not its owner, or go through it where it is a directory on the way. */
function accessOf(status: Stats, isRead: boolean): 'all' | 'group' | 'owner' {
  const needed = (isRead ? READ : 0) | (status.isDirectory() ? ENTER : 0);
  if ((status.mode & needed) === needed) return 'all';
  return ((status.mode >> 3) & needed) === needed ? 'group' : 'owner';
}

/** The name of a user or group; its number where the system has no name for it. */
function nameOf(table: 'group' | 'passwd', id: number): string {
  const lines = readFileSync(`/etc/${table}`, 'utf8').split('\n');
  return lines.map((line) => line.split(':')).find(([, , number]) => number === String(id))?.[0] ?? String(id);
}
