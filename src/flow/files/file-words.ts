import type { Split } from '../define/position.ts';
import type { DONE, FileAt } from './file-progress.ts';

/** How far a file was read, in words: `app.log at byte 1,204 (line 37)`. */
export function fileInWords({ key, at, origin }: Split): string {
  const { path = key, offset, isDone } = at as Partial<FileAt & typeof DONE> & { readonly path?: string };
  const lines = origin === undefined ? '' : ` (line ${origin.lines.toLocaleString('en-US')})`;
  if (offset !== undefined) return `${path} at byte ${offset.toLocaleString('en-US')}${lines}`;
  return isDone === true ? `${path} read to its end${lines}` : path;
}
