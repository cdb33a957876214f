import type { FSWatcher } from 'chokidar';
import type { SourceContext } from '../batch/context.ts';
import { identityOf } from './done-files.ts';
import { reasonOf } from './fault.ts';
import { statOf } from './paths.ts';

/**
 * Rings when something happens in a directory. What happened is left to those who look: events come late, twice, under the name
 * of another event, or not at all, so they only say when to look, and the source also looks without them.
 */
export class Observer {
  private readonly directory: string;
  private readonly depth: number;
  private readonly isWanted: (path: string) => boolean;
  private readonly context: SourceContext;
  private readonly ring: () => void;
  private watcher: FSWatcher | undefined;
  /** Of the directory that is watched; another one may take its place. */
  private identity: string | undefined;

  /**
   * @param depth how many levels of directories below it count as well.
   * @param isWanted the files that count.
   */
  constructor(
    directory: string,
    depth: number,
    isWanted: (path: string) => boolean,
    context: SourceContext,
    ring: () => void,
  ) {
    this.directory = directory;
    this.depth = depth;
    this.isWanted = isWanted;
    this.context = context;
    this.ring = ring;
  }

  /** Watches the directory that is there now. To be called before each look, so that nothing comes between. */
  async renew(): Promise<void> {
    const found = await statOf(this.directory);
    const identity = found === undefined ? undefined : identityOf(found);
    if (identity === this.identity) return;
    // Few programs watch, and it takes several ms to load.
    const { watch } = await import('chokidar');
    await this.close();
    this.identity = identity;
    if (identity === undefined) return;
    const watcher = watch(this.directory, {
      ignoreInitial: true,
      ignorePermissionErrors: true,
      // Each file that it knows of costs it a watch of the system's.
      ignored: (path, stats) => stats?.isFile() === true && !this.isWanted(path),
      ...(Number.isFinite(this.depth) ? { depth: this.depth } : {}),
    });
    watcher.on('all', this.ring);
    watcher.on('error', (error) => {
      this.context.note(`${this.directory} cannot be watched for events (${reasonOf(error)}); looking every second`);
    });
    this.watcher = watcher;
    // What came before it was ready gives no event.
    watcher.on('ready', this.ring);
  }

  async close(): Promise<void> {
    const watcher = this.watcher;
    this.watcher = undefined;
    await watcher?.close();
  }
}
