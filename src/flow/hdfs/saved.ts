import { posix } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { RunFailure, type TextFault } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Intents } from '../define/intents.ts';
import type { SinkStart } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { sinkFailure } from '../output/failure.ts';
import type { Saved, SavedTarget } from '../output/saved-files.ts';
import { isLeft, temporaryName } from '../output/temporary.ts';
import type { PackedAs } from '../packings/pack.ts';
import { persist } from '../remote/persist.ts';
import { hdfsFault, readHdfsAddress } from './address.ts';
import { isMissing, mayPass, WebHdfs } from './web-hdfs.ts';

/** A file is sent in parts of so many bytes, each of which can be sent again whole. */
const PART = 32 * 1024 * 1024;

interface SavedInHdfsOptions {
  /** An address, which the paths of all of them begin with. */
  readonly prefix: string;
  /** The name that HDFS is told. */
  readonly user: string | undefined;
  /** How they are packed, if they are. */
  readonly packed?: PackedAs | undefined;
  /** How long what may pass is tried again, ms. */
  readonly within: number;
  /** Absent where nobody will go back. */
  readonly intents: Intents | undefined;
  readonly note: (message: string) => void;
  /** Bytes of a part, and by what retries wait; only tests give others. */
  readonly part?: number;
  readonly clock?: Clock;
}

/** Files are about to be written under names that are not their own, or one is to be given its name. */
type Intent = { readonly number: number } & (
  | { readonly temporary: string }
  /** `id`: the number by which the name node knows the file. `replaces`: there was one of that name before. */
  | { readonly name: string; readonly id: number; readonly replaces: boolean }
);

/** Where a run that goes back begins: how many intents were written before. */
interface Mark {
  readonly intents: number;
}

/** What is wrong with where files are to be saved, if anything. */
export function hdfsPrefixFault(prefix: string): TextFault | string | undefined {
  if (readHdfsAddress(prefix) === undefined)
    return 'it is the HTTP address of a name node with a path behind it, as in `"hdfs://namenode:9870/out/hits"`';
  return (
    hdfsFault(prefix) ?? (prefix.includes(',') ? 'HDFS takes no comma where parts of a file are joined' : undefined)
  );
}

/** Files in HDFS, see {@link SavedInHdfs}. */
export function savedInHdfs(options: SavedInHdfsOptions): Saved {
  return new SavedInHdfs(options);
}

/**
 * Files in HDFS that get their names when they are whole. As those of this machine do, until then they stand in the same directory under names that
 * begin with a point, and who goes back to a mark removes what was named behind it.
 *
 *     write ──▶ part, to 32 MB ──▶ temporary 1, 2, … ──close──▶ joined ──▶ renamed
 *                                  └─ again from the name node on, for as long as `retry:` says
 */
class SavedInHdfs implements Saved {
  private readonly options: SavedInHdfsOptions;
  private readonly hdfs: WebHdfs;
  /** How the address begins, before its path. */
  private readonly root: string;
  /** The path alone. */
  private readonly prefix: string;
  private readonly directory: string;
  private readonly part: number;
  /** Files that are not whole. */
  private readonly begun = new Set<PartedFile>();
  /** How many intents were written, those of the runs before too. */
  private number = 0;

  constructor(options: SavedInHdfsOptions) {
    const { root, path } = readHdfsAddress(options.prefix)!;
    this.options = options;
    this.hdfs = new WebHdfs(root, options.user);
    this.root = options.prefix.slice(0, options.prefix.length - path.length);
    this.prefix = path;
    this.part = options.part ?? PART;
    this.directory = posix.dirname(`${path}x`);
  }

  /** Looks whether files may be made there, and removes what runs that were killed have left. */
  async begin(): Promise<void> {
    const { hdfs, directory, prefix } = this;
    await this.persist(directory, async () => {
      let nearest = directory;
      let status = await hdfs.status(nearest);
      for (; status === undefined && nearest !== '/'; status = await hdfs.status(nearest))
        nearest = posix.dirname(nearest);
      if (status?.isDirectory === false)
        throw new RunFailure('sink-failed', 4, `cannot write to ${this.called(directory)}: ${nearest} is a file`);
      await hdfs.checkAccess(nearest, '-wx');
    });
    const there = await this.persist(directory, () => hdfs.list(directory));
    // Of files of other machines alone the age is asked.
    let isAsked = false;
    const ask = () => {
      isAsked = true;
      return undefined;
    };
    for (const { name } of there ?? []) isLeft(prefix, name, ask);
    const now = isAsked ? await this.timeThere() : undefined;
    for (const { name, changed } of there ?? []) {
      // Who is still at work keeps his own; what cannot be removed does no harm.
      const isOver = isLeft(prefix, name, () => (now === undefined ? undefined : now - changed));
      if (isOver) await hdfs.remove(posix.join(directory, name)).catch(() => {});
    }
  }

  /** What time it is by the clock of the name node, which the times of files are of, ms since the epoch: a file that is made says so. Undefined where none can be made. */
  private async timeThere(): Promise<number | undefined> {
    const { hdfs } = this;
    const path = temporaryName(this.prefix);
    try {
      await hdfs.create(path, Buffer.alloc(0));
      return (await hdfs.status(path))?.changed;
    } catch {
      return undefined;
    } finally {
      await hdfs.remove(path).catch(() => {});
    }
  }

  async goBack(start: SinkStart): Promise<void> {
    const { hdfs } = this;
    // Both are what this class has given.
    const mark = start.mark as unknown as Mark;
    const intents = start.intents as unknown as readonly Intent[];
    this.number = Math.max(mark.intents, ...intents.map(({ number }) => number + 1));
    for (const intent of intents) {
      if (intent.number < mark.intents) continue;
      const path = 'temporary' in intent ? intent.temporary : intent.name;
      await this.persist(path, async () => {
        if ('temporary' in intent) await hdfs.remove(path);
        else if (!intent.replaces && (await hdfs.status(path))?.id === intent.id) await hdfs.remove(path);
      });
    }
  }

  async open(nameOf: (span: Span) => string): Promise<SavedTarget> {
    const { packed } = this.options;
    const file = new PartedFile(() => temporaryName(this.prefix));
    this.begun.add(file);
    return {
      write: async (bytes) => {
        file.add(packed === undefined ? Buffer.from(bytes) : await packed.pack(bytes));
        if (file.held >= this.part) await this.send(file);
        // Of all files together two parts wait at most.
        while (this.held > 2 * this.part) await this.send(this.largest());
      },
      // It is open only while a part is sent.
      async pause() {},
      close: async (span) => {
        await this.sendRest(file);
        await this.publish(file.parts, nameOf(span!).slice(this.root.length));
        this.begun.delete(file);
      },
      putAside: async () => {
        await this.sendRest(file);
        this.begun.delete(file);
        return file.parts;
      },
      abandon: async () => {
        this.begun.delete(file);
        await this.remove(file.parts);
      },
    };
  }

  adopt(aside: Value, name: string): Promise<void> {
    return this.publish(aside as readonly string[], name.slice(this.root.length));
  }

  /** What cannot be removed does no harm: nobody looks at it. */
  async remove(aside: Value): Promise<void> {
    for (const part of aside as readonly string[]) await this.hdfs.remove(part).catch(() => {});
  }

  /** Where they are. What the name node has answered is safe, as far as HDFS keeps it so. */
  async mark(): Promise<Value> {
    return { intents: this.number } satisfies Mark;
  }

  private get held(): number {
    let held = 0;
    for (const file of this.begun) held += file.held;
    return held;
  }

  private largest(): PartedFile {
    let largest: PartedFile | undefined;
    for (const file of this.begun) if (largest === undefined || file.held > largest.held) largest = file;
    return largest!;
  }

  /** Sends what a file holds as a part of its own. */
  private async send(file: PartedFile): Promise<void> {
    const { path, bytes } = file.cut();
    await this.intend({ temporary: path });
    await this.persist(path, () => this.hdfs.create(path, bytes));
  }

  /** Sends all that a file holds: it is whole. */
  private async sendRest(file: PartedFile): Promise<void> {
    const { packed } = this.options;
    // No bytes at all are nothing that a program would unpack.
    if (packed !== undefined && file.held === 0 && file.parts.length === 0)
      file.add(await packed.pack(Buffer.alloc(0)));
    if (file.held > 0 || file.parts.length === 0) await this.send(file);
  }

  /** Gives a file that is whole its name. @param parts the paths of what it is made of. */
  private async publish(parts: readonly string[], name: string): Promise<void> {
    const { hdfs } = this;
    const [first, ...others] = parts;
    if (others.length > 0) {
      await this.persist(name, async () => {
        // The answer to a try before may have been lost.
        if ((await hdfs.status(others[0]!)) !== undefined) await hdfs.concat(first!, others);
      });
    }
    const id = await this.persist(name, async () => (await hdfs.status(first!))?.id);
    if (id === undefined)
      throw new RunFailure('sink-failed', 4, `cannot write to ${this.called(name)}: ${first} is gone`);
    if (this.options.intents !== undefined) {
      const replaces = (await this.persist(name, () => hdfs.status(name))) !== undefined;
      await this.intend({ name, id, replaces });
    }
    await this.persist(name, async () => {
      try {
        await hdfs.rename(first!, name);
      } catch (error) {
        if (!isMissing(error) || (await hdfs.status(name))?.id !== id) throw error;
      }
    });
  }

  private async intend(
    intent: { readonly temporary: string } | { readonly name: string; readonly id: number; readonly replaces: boolean },
  ): Promise<void> {
    await this.options.intents?.write({ number: this.number++, ...intent });
  }

  /** What users call a path. */
  private called(path: string): string {
    return `${this.root}${path}`;
  }

  /** Does something until it does not fail for a reason that may pass. Rejects with exit 4. */
  private persist<T>(path: string, work: () => Promise<T>): Promise<T> {
    const failure = (error: unknown) => sinkFailure(this.called(path), error);
    return persist(work, { ...this.options, mayPass, failure });
  }
}

/** A file that is not whole: the parts that are there, and what is held. */
class PartedFile {
  /** Paths, in order. */
  readonly parts: string[] = [];
  /** Bytes that are not sent. */
  held = 0;
  private pieces: Uint8Array[] = [];
  private readonly pathOf: () => string;

  constructor(pathOf: () => string) {
    this.pathOf = pathOf;
  }

  add(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.held += bytes.length;
  }

  /** What is held, as the next part. */
  cut(): { readonly path: string; readonly bytes: Buffer } {
    const bytes = Buffer.concat(this.pieces, this.held);
    this.pieces = [];
    this.held = 0;
    const path = this.pathOf();
    this.parts.push(path);
    return { path, bytes };
  }
}
