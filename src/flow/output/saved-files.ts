import { dirname } from 'node:path';
import type { Value } from '../../base/value.ts';
import type { FileSystem, OpenFile } from '../define/file-system.ts';
import type { Intents } from '../define/intents.ts';
import type { SinkStart } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import type { PackedAs } from '../packings/pack.ts';
import { makeDirectories, SafeNames } from './directory.ts';
import { sinkFailure } from './failure.ts';
import type { Pausable } from './open-files.ts';
import type { Target } from './target.ts';
import { removeLeft, temporaryName } from './temporary.ts';

interface SavedFilesOptions {
  readonly files: FileSystem;
  /** How the paths of all of them begin. */
  readonly prefix: string;
  /** How they are packed, if they are. */
  readonly packed?: PackedAs | undefined;
  /** Absent where nobody will go back. */
  readonly intents?: Intents | undefined;
}

/** A file is about to be written under a name that is not its own, or to be given its name. */
type Intent = { readonly number: number } & (
  | { readonly temporary: string }
  /** `replaces`: there was a file of that name before. */
  | { readonly name: string; readonly identity: string; readonly replaces: boolean }
);

/** What is told of a file that was put aside. */
interface Aside {
  readonly temporary: string;
}

/** Where a run that goes back begins. */
interface Mark {
  /** The name of the last file. */
  readonly last: string | null;
  /** How many intents were written before it. */
  readonly intents: number;
}

/** A file that gets its name when it is whole. */
export interface SavedTarget extends Target, Pausable {
  /**
   * It is whole, and keeps for now the name under which nobody sees it. Called instead of `close`, with the name that it will be given. Resolves, when it is safe, with plain data by which
   * another process finds it ({@link Saved.adopt}).
   */
  putAside(name: string): Promise<Value>;
}

/** Files that get their names when they are whole, wherever they stand. */
export interface Saved {
  /** Removes what killed runs have left, and finds what can be known to be wrong before there is something to write; called first. */
  begin(): Promise<void>;
  /** Takes back what was done behind a mark. */
  goBack(start: SinkStart): Promise<void>;
  /** Opens the next one. @param nameOf its path, given the span that it is closed with. */
  open(nameOf: (span: Span) => string): Promise<SavedTarget>;
  /** Gives a file its name that another process has put aside for it. */
  adopt(aside: Value, name: string): Promise<void>;
  /** Removes one that was put aside and is not wanted. */
  remove(aside: Value): Promise<void>;
  /** Where they are, when all of them are safe. */
  mark(): Promise<Value>;
}

/**
 * Files that get their names when they are whole. Until then they stand in the same directory under names that start with a dot, which
 * `watch` and Spark's file stream pass over, so that nobody reads half a batch. Who goes back to a mark removes the files that were
 * named behind it.
 */
export class SavedFiles implements Saved {
  private readonly options: SavedFilesOptions;
  private readonly directory: string;
  private readonly names: SafeNames;
  /** There are names that are not safe from a power cut. */
  private isUnsafe = false;
  private last: string | null = null;
  /** How many intents were written, those of the runs before too. */
  private number = 0;

  constructor(options: SavedFilesOptions) {
    this.options = options;
    this.directory = dirname(`${options.prefix}x`);
    this.names = new SafeNames(options.files, this.directory);
  }

  /** Removes what runs that were killed have left. */
  async begin(): Promise<void> {
    removeLeft(this.options.files, this.options.prefix);
  }

  async goBack(start: SinkStart): Promise<void> {
    const { files } = this.options;
    // Both are what this class has given.
    const mark = start.mark as unknown as Mark;
    const intents = start.intents as unknown as readonly Intent[];
    this.last = mark.last;
    this.number = Math.max(mark.intents, ...intents.map(({ number }) => number + 1));
    // What is taken away must stay so, also where a run that went back before ended just then; there may be no directory yet.
    this.isUnsafe = this.number > mark.intents && files.status(this.directory) !== undefined;
    for (const intent of intents) {
      if (intent.number < mark.intents) continue;
      if ('temporary' in intent) {
        if (files.status(intent.temporary) !== undefined) files.remove(intent.temporary);
      } else if (!intent.replaces && files.status(intent.name)?.identity === intent.identity) {
        files.remove(intent.name);
      }
    }
  }

  async open(nameOf: (span: Span) => string): Promise<SavedTarget> {
    const { files, prefix, intents, packed } = this.options;
    await makeDirectories(files, this.directory);
    const temporary = temporaryName(prefix);
    await intents?.write({ number: this.number++, temporary });
    let file: OpenFile | undefined = await files.open(temporary, 'new');
    const opened = async () => (file ??= await files.open(temporary, 'append'));
    let isEmpty = true;
    const write = async (plain: Uint8Array) => {
      isEmpty = false;
      await (await opened()).write(packed === undefined ? plain : await packed.pack(plain));
    };
    const pause = async () => {
      const open = file;
      file = undefined;
      await open?.close();
    };
    const complete = async (isSafe: boolean) => {
      // No bytes at all are nothing that a program would unpack.
      if (isEmpty && packed !== undefined) await write(Buffer.alloc(0));
      if (isSafe) await (await opened()).sync();
      await pause();
    };
    return {
      write,
      pause,
      close: async (span) => {
        await complete(intents !== undefined);
        await this.name(temporary, nameOf(span!));
      },
      putAside: async () => {
        await complete(true);
        return { temporary };
      },
      async abandon() {
        await pause().catch(() => {});
        try {
          files.remove(temporary);
        } catch {}
      },
    };
  }

  async adopt(aside: Value, name: string): Promise<void> {
    await this.name((aside as unknown as Aside).temporary, name);
  }

  async remove(aside: Value): Promise<void> {
    const { files } = this.options;
    const { temporary } = aside as unknown as Aside;
    if (files.status(temporary) !== undefined) files.remove(temporary);
  }

  /** Gives a file that is whole its name. */
  private async name(temporary: string, name: string): Promise<void> {
    const { files, intents } = this.options;
    if (intents !== undefined) {
      const identity = files.status(temporary)?.identity ?? '';
      const replaces = files.status(name) !== undefined;
      await intents.write({ number: this.number++, name, identity, replaces });
      this.isUnsafe = true;
    }
    await files.rename(temporary, name).catch((error) => {
      throw sinkFailure(name, error);
    });
    this.last = name;
  }

  /** Where they are, when all of them are safe from a power cut. */
  async mark(): Promise<Value> {
    if (this.isUnsafe) await this.names.sync();
    this.isUnsafe = false;
    return { last: this.last, intents: this.number };
  }
}
