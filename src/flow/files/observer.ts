import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FSWatcher } from 'chokidar';
import type { SourceContext } from '../define/context.ts';
import { reasonOf } from '../input/fault.ts';
import { identityOf } from './done-files.ts';
import { statOf } from './paths.ts';

/** Systems that tell of what is written to a file to those who watch its directory. Elsewhere each file has a watch of its own. */
const TELLS_DIRECTORY = ['linux', 'darwin', 'win32'].includes(process.platform);

/** What a directory is watched for. */
interface Observed {
  readonly directory: string;
  /** How many levels of directories below it count as well. */
  readonly depth: number;
  /** The files that count. */
  readonly isWanted: (path: string) => boolean;
  /** Something happened, to whatever. */
  readonly ring: () => void;
  /** A file came to a path, or left it; in order, as often as the system says so. */
  readonly renamed?: (path: string) => void;
  /** Called before a ring where something happened that was not told of, or not by name. */
  readonly isUnsure?: () => void;
}

/**
 * Rings when something happens in a directory. What happened is left to those who look: events come late, twice, under the name
 * of another event, or not at all, so they only say when to look, and the source also looks without them.
 *
 * The events are the system's own. Chokidar's are fewer: it tells of no change within 50 ms of another.
 */
export class Observer {
  private readonly observed: Observed;
  private readonly context: SourceContext;
  private watcher: FSWatcher | undefined;
  /** Resolves when what happens in the directory is told of, or will not be. */
  isReady: Promise<void> = Promise.resolve();
  /** Of the directory that is watched; another one may take its place. */
  private identity: string | undefined;

  constructor(observed: Observed, context: SourceContext) {
    this.observed = observed;
    this.context = context;
  }

  /** Watches the directory that is there now. To be called before each look, so that nothing comes between. */
  async renew(): Promise<void> {
    const { directory, depth, ring } = this.observed;
    const found = await statOf(directory).catch(() => undefined);
    const identity = found === undefined ? undefined : identityOf(found);
    if (identity === this.identity) return;
    // Few programs watch, and it takes several ms to load.
    const { watch } = await import('chokidar');
    await this.close();
    this.identity = identity;
    if (identity === undefined) return;
    const watcher = watch(directory, {
      ignoreInitial: true,
      ignorePermissionErrors: true,
      // Each file that it knows of costs it a watch of the system's.
      ignored: (path, stats) => stats?.isFile() === true && !this.needsWatch(path),
      ...(Number.isFinite(depth) ? { depth } : {}),
    });
    watcher.on('raw', (event: string, name: string | null, details: unknown) => this.happened(event, name, details));
    // What happened in a directory that came, before it was watched, gives no event, nor what came before all are ready.
    const unsure = () => {
      this.observed.isUnsure?.();
      ring();
    };
    watcher.on('addDir', unsure);
    watcher.on('error', (error) => {
      this.context.note(`${directory} cannot be watched for events (${reasonOf(error)}); looking every second`);
    });
    this.watcher = watcher;
    watcher.on('ready', unsure);
    this.isReady = new Promise((resolve) => {
      for (const event of ['ready', 'error'] as const) watcher.once(event, () => resolve());
    });
  }

  async close(): Promise<void> {
    const watcher = this.watcher;
    this.watcher = undefined;
    await watcher?.close();
  }

  /** Nobody else tells of what is written behind a link. */
  private needsWatch(path: string): boolean {
    if (!this.observed.isWanted(path)) return false;
    return !TELLS_DIRECTORY || lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  }

  private happened(event: string, name: string | null, details: unknown): void {
    const { isWanted, ring, renamed, isUnsure } = this.observed;
    const { watchedPath } = details as { readonly watchedPath: string };
    if (name === null) {
      isUnsure?.();
      ring();
      return;
    }
    // The watch of a single file gives its own name.
    const isOwn = basename(watchedPath) === name && isWanted(watchedPath);
    const path = isOwn ? watchedPath : join(watchedPath, name);
    if (event === 'rename' && !isOwn) renamed?.(path);
    if (event === 'rename' || isWanted(path)) ring();
  }
}
