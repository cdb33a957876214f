import { relative } from 'node:path';

/** Names that programs give to files they are still writing. */
export const HALF_WRITTEN = /(?:~|\.(?:tmp|temp|part|partial|crdownload|filepart|swp|swx|_COPYING_))$/i;

/** Whether a file, or a directory on the way to it, has a name that begins with a point. */
export function isHidden(base: string, path: string): boolean {
  return /(?:^|\/)\./.test(relative(base, path));
}
