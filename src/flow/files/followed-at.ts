import type { FileAt } from './file-progress.ts';

/** A file that is followed, as the position has it. */
export type FollowedAt = FileAt & {
  /** What it is called, and that path without links when it was opened. */
  readonly path: string;
  readonly real: string;
  /** When it was made, ns. */
  readonly made: string;
  /** Those that are read before it have a lower one. */
  readonly rank: number;
  /** Its size and time of change (ns) when reading began behind the last whole line in it, and the half line there was not read. */
  readonly passedOver?: { readonly size: number; readonly changed: string } | undefined;
  /** Its first bytes when it was opened, in base64, while nothing of it was read: by these a copy of it is known. */
  readonly first?: string | undefined;
};
