import { basename, dirname } from 'node:path';
import type { FileStatus, FileSystem, OpenFile, OpenMode } from '../../flow/define/file-system.ts';
import type { Random } from './random.ts';

/** What is done to a file, in order: bytes at an offset, or a new size. */
type Change = { readonly at: number; readonly bytes: Uint8Array } | { readonly size: number };

/** What is done to a directory at once: what names stand for from now on; undefined: nothing. */
type Naming = readonly (readonly [name: string, node: Node | undefined])[];

/** A file: what a reader sees, and what a power cut leaves of it for certain, with what may be lost. */
class File {
  readonly kind = 'file';
  bytes: Buffer = Buffer.alloc(0);
  private safe: Buffer = this.bytes;
  private later: Change[] = [];
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  change(change: Change): void {
    this.bytes = changed(this.bytes, change);
    this.later.push(change);
  }

  sync(): void {
    this.safe = this.bytes;
    this.later = [];
  }

  /** Some of what was not synced is lost: all from some change on, which may be there in part, or any of it. */
  losePower(random: Random): void {
    const isOrdered = random.chance(0.7);
    let end = random.whole(0, this.later.length);
    for (const change of this.later) {
      if (isOrdered ? end-- > 0 : random.chance(0.5)) this.safe = changed(this.safe, change);
      else if (isOrdered) {
        this.safe = changed(this.safe, torn(change, random));
        break;
      }
    }
    this.bytes = this.safe;
    this.later = [];
  }
}

class Directory {
  readonly kind = 'directory';
  names = new Map<string, Node>();
  private safe = new Map<string, Node>();
  private later: Naming[] = [];
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  change(naming: Naming): void {
    name(this.names, naming);
    this.later.push(naming);
  }

  /** It was there all along. */
  had(key: string, directory: Directory): Directory {
    this.names.set(key, directory);
    this.safe.set(key, directory);
    return directory;
  }

  sync(): void {
    this.safe = new Map(this.names);
    this.later = [];
  }

  /** Names are kept in a journal: what was done is lost from some point on, and nothing before it. */
  losePower(random: Random): void {
    for (const naming of this.later.slice(0, random.whole(0, this.later.length))) name(this.safe, naming);
    this.names = new Map(this.safe);
    this.later = [];
  }
}

type Node = File | Directory;

function changed(bytes: Buffer, change: Change): Buffer {
  const { length } = bytes;
  if ('size' in change) {
    return change.size <= length ? bytes.subarray(0, change.size) : zeros(bytes, change.size);
  }
  const end = change.at + change.bytes.length;
  const next = zeros(bytes, Math.max(length, end));
  next.set(change.bytes, change.at);
  return next;
}

function zeros(bytes: Buffer, size: number): Buffer {
  const next = Buffer.alloc(size);
  next.set(bytes);
  return next;
}

function torn(change: Change, random: Random): Change {
  if ('size' in change) return change;
  return { at: change.at, bytes: change.bytes.subarray(0, random.whole(0, change.bytes.length)) };
}

function name(names: Map<string, Node>, naming: Naming): void {
  for (const [key, node] of naming) {
    if (node === undefined) names.delete(key);
    else names.set(key, node);
  }
}

/** The process is gone: what it was about to do is not done, and nobody is there to be told. */
class Gone extends Error {}

/** What happens to one life of a process, by the number of the call (from 1). */
export interface Fate {
  /** The process ends in this call, which may have come about or not, or in part. */
  readonly endsAt?: number;
  /** This call fails, with the code of the system; a write may have come about in part. */
  readonly failsAt?: number;
  readonly code?: 'ENOSPC' | 'EIO';
}

/**
 * A disk in memory. What was not synced is lost in a power cut, in part or as a whole: bytes that were written, and names that were given
 * in a directory. All that is left to chance comes from one seed.
 */
export class Disk {
  private nodes = 0;
  private readonly root = new Directory(this.nodes++);
  private readonly random: Random;
  private readonly hasAll: boolean;

  /** @param hasAll every directory is there in which a file is opened. */
  constructor(random: Random, hasAll = false) {
    this.random = random;
    this.hasAll = hasAll;
  }

  /** The disk as one process sees it, until its end. */
  life(fate: Fate = {}): Life {
    return new Life(this, this.random, fate);
  }

  /** The power is cut while no process is at work. */
  losePower(): void {
    const visit = (node: Node) => {
      node.losePower(this.random);
      if (node.kind === 'directory') for (const inner of node.names.values()) visit(inner);
    };
    visit(this.root);
  }

  // What the system does when it is called. Errors are those of the system.

  find(path: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const part of partsOf(path)) {
      if (node?.kind === 'file') throw systemError('ENOTDIR');
      node = node?.names.get(part);
    }
    return node;
  }

  directory(path: string): Directory {
    const node = this.find(path);
    if (node === undefined) throw systemError('ENOENT');
    if (node.kind === 'file') throw systemError('ENOTDIR');
    return node;
  }

  open(path: string, mode: OpenMode): File {
    if (this.hasAll) this.makeAll(dirname(path));
    const above = this.directory(dirname(path));
    const found = above.names.get(basename(path));
    if (found?.kind === 'directory') throw systemError('EISDIR');
    if (found !== undefined && mode === 'new') throw systemError('EEXIST');
    const file = found ?? new File(this.nodes++);
    if (found === undefined) above.change([[basename(path), file]]);
    else if (mode === 'anew') found.change({ size: 0 });
    return file;
  }

  makeDirectory(path: string): void {
    if (partsOf(path).length === 0) throw systemError('EEXIST');
    const above = this.directory(dirname(path));
    if (above.names.has(basename(path))) throw systemError('EEXIST');
    above.change([[basename(path), new Directory(this.nodes++)]]);
  }

  private makeAll(path: string): void {
    let at = this.root;
    for (const part of partsOf(path)) {
      const found = at.names.get(part);
      if (found?.kind === 'file') return;
      at = found ?? at.had(part, new Directory(this.nodes++));
    }
  }

  rename(from: string, to: string): void {
    const above = this.directory(dirname(from));
    const node = above.names.get(basename(from));
    if (node === undefined) throw systemError('ENOENT');
    if (this.directory(dirname(to)) !== above) throw systemError('EXDEV');
    above.change([
      [basename(from), undefined],
      [basename(to), node],
    ]);
  }

  remove(path: string): void {
    const above = this.directory(dirname(path));
    if (!above.names.has(basename(path))) throw systemError('ENOENT');
    above.change([[basename(path), undefined]]);
  }
}

/** What one process does with the disk, call by call. */
export class Life implements FileSystem {
  /** How many calls there were. */
  calls = 0;
  isOver = false;
  private readonly disk: Disk;
  private readonly random: Random;
  private readonly fate: Fate;

  constructor(disk: Disk, random: Random, fate: Fate) {
    this.disk = disk;
    this.random = random;
    this.fate = fate;
  }

  /** The process is killed between two calls. */
  kill(): void {
    this.isOver = true;
  }

  /**
   * One call. Anything else that outlives the process can be one too.
   *
   * @param partly what is done of it where it fails or is cut off in the middle.
   * @throws Gone where the process is over, or ends in it.
   */
  call<T>(act: () => T, partly: () => void = () => {}): T {
    if (this.isOver) throw new Gone();
    this.calls++;
    const { endsAt, failsAt, code = 'EIO' } = this.fate;
    if (this.calls === endsAt) {
      this.isOver = true;
      this.random.pick([act, partly, () => {}])();
      throw new Gone();
    }
    if (this.calls === failsAt) {
      partly();
      throw systemError(code);
    }
    return act();
  }

  async open(path: string, mode: OpenMode): Promise<OpenFile> {
    await undefined;
    return this.openNow(path, mode);
  }

  openNow(path: string, mode: OpenMode): OpenFile {
    const file = this.call(() => this.disk.open(path, mode));
    const later = async <T>(act: () => T, partly?: () => void): Promise<T> => {
      await undefined;
      return this.call(act, partly);
    };
    const append = (bytes: Uint8Array) => file.change({ at: file.bytes.length, bytes: bytes.slice() });
    return {
      write: (bytes) =>
        later(
          () => append(bytes),
          () => append(bytes.subarray(0, this.random.whole(0, bytes.length))),
        ),
      cut: (size) => later(() => file.change({ size })),
      sync: () => later(() => file.sync()),
      status: () => this.call(() => statusOf(file)),
      close: () => later(() => {}),
    };
  }

  status(path: string): FileStatus | undefined {
    return this.call(() => {
      const node = this.disk.find(path);
      return node && statusOf(node);
    });
  }

  read(path: string, from: number, size: number): Buffer {
    return this.call(() => {
      const node = this.disk.find(path);
      if (node?.kind !== 'file') throw systemError(node === undefined ? 'ENOENT' : 'EISDIR');
      return Buffer.from(node.bytes.subarray(from, from + size));
    });
  }

  list(directory: string): readonly string[] {
    return this.call(() => [...this.disk.directory(directory).names.keys()]);
  }

  async makeDirectory(path: string): Promise<void> {
    await undefined;
    this.call(() => this.disk.makeDirectory(path));
  }

  async rename(from: string, to: string): Promise<void> {
    await undefined;
    this.call(() => this.disk.rename(from, to));
  }

  remove(path: string): void {
    this.call(() => this.disk.remove(path));
  }

  async syncDirectory(path: string): Promise<void> {
    await undefined;
    this.call(() => this.disk.directory(path).sync());
  }
}

function statusOf(node: Node): FileStatus {
  const isRegular = node.kind === 'file';
  return { identity: `disk:${node.id}`, size: isRegular ? node.bytes.length : 0, changed: 0, isRegular };
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code} of the disk`), { code });
}
