import type { BigIntStats } from 'node:fs';

/** ms after which a file that is gone is forgotten. */
const FORGET = 5000;

/** What is looked at to tell one file from another. */
export type FileStats = Pick<BigIntStats, 'dev' | 'ino' | 'birthtimeNs' | 'mtimeNs' | 'ctimeNs'>;

/** A file that is done, as plain data. */
export type WrittenDone = {
  readonly made: string;
  readonly changed: string;
  readonly size?: string | undefined;
};

interface Done {
  /** When it was made, and last changed when it was done, ns. */
  readonly made: bigint;
  readonly changed: bigint;
  /** How many bytes were read; undefined if it was passed over. */
  readonly size: bigint | undefined;
  /** Since when it has not been found, ms. */
  missingSince?: number;
}

/** What may become of a file that is done. */
export type Change = 'grown' | 'written anew' | 'written after it was passed over';

/** What a file keeps when it is renamed: device and inode. The system gives it to another file once this one is gone. */
export function identityOf(found: Pick<FileStats, 'dev' | 'ino'>): string {
  return `${found.dev}:${found.ino}`;
}

/** The files that need not be read again, told by themselves and not by name or time. */
export class DoneFiles {
  private readonly done = new Map<string, Done>();
  /** Devices that know when a file was made; others give nothing, or the time of the last change. */
  private readonly dated = new Set<bigint>();

  /** Learns from anything that is seen whether its device knows when files were made. */
  learn(found: FileStats): void {
    if (0n < found.birthtimeNs && found.birthtimeNs < found.ctimeNs) this.dated.add(found.dev);
  }

  /** @param size how many bytes of it were read; undefined if it is passed over. */
  add(found: FileStats, size?: bigint): void {
    this.done.set(identityOf(found), { made: found.birthtimeNs, changed: found.mtimeNs, size });
  }

  /** A file that an earlier run was done with. What has become of it since then is not known. */
  restore(identity: string, { made, changed, size }: WrittenDone): void {
    const missingSince = Number.POSITIVE_INFINITY;
    const read = size === undefined ? undefined : BigInt(size);
    this.done.set(identity, { made: BigInt(made), changed: BigInt(changed), size: read, missingSince });
  }

  /** How many bytes of this very file were read, see `isSame`; undefined if none were, or if it is not known. */
  sizeOf(found: FileStats): bigint | undefined {
    return this.isSame(found) ? this.done.get(identityOf(found))?.size : undefined;
  }

  /** Whether the device of a file knows when it was made. */
  isDated(found: Pick<FileStats, 'dev'>): boolean {
    return this.dated.has(found.dev);
  }

  /** The same as `has`, where nobody looks whether a number is missing for a while. */
  isSame(found: FileStats): boolean {
    this.learn(found);
    const done = this.done.get(identityOf(found));
    if (done === undefined) return false;
    return this.dated.has(found.dev) ? done.made === found.birthtimeNs : done.changed === found.mtimeNs;
  }

  /** What has become of a file that is done, since then: undefined where nothing has. */
  changeOf(found: FileStats & Pick<BigIntStats, 'size'>): Change | undefined {
    const done = this.done.get(identityOf(found));
    if (done === undefined) return undefined;
    if (done.size === undefined) return done.changed === found.mtimeNs ? undefined : 'written after it was passed over';
    if (found.size > done.size) return 'grown';
    return found.size < done.size || done.changed !== found.mtimeNs ? 'written anew' : undefined;
  }

  /**
   * Whether this very file was done. Another that got its number is told by when it was made, or, where that is not known and the
   * number was missing for a while, by when it was last changed.
   */
  has(found: FileStats): boolean {
    this.learn(found);
    const done = this.done.get(identityOf(found));
    if (done === undefined) return false;
    if (this.dated.has(found.dev)) return done.made === found.birthtimeNs;
    return done.missingSince === undefined || done.changed === found.mtimeNs;
  }

  /** Forgets, after a while, the files that are not among those `present` at `now` (ms). @returns which. */
  forgetMissing(present: ReadonlySet<string>, now: number): readonly string[] {
    const forgotten: string[] = [];
    for (const [identity, done] of this.done) {
      if (present.has(identity)) delete done.missingSince;
      else if (done.missingSince === undefined || done.missingSince > now) done.missingSince = now;
      else if (now - done.missingSince >= FORGET) {
        this.done.delete(identity);
        forgotten.push(identity);
      }
    }
    return forgotten;
  }
}

/** A file as one that is done, as plain data. @param size see `DoneFiles.add`. */
export function writtenDone({ birthtimeNs, mtimeNs }: FileStats, size?: bigint): WrittenDone {
  return { made: `${birthtimeNs}`, changed: `${mtimeNs}`, size: size === undefined ? undefined : `${size}` };
}
