import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** So many bytes of all objects together are held in memory. */
const MOST_HELD = 32 * 1024 * 1024;

/** Where something stands in the file. */
interface Place {
  readonly at: number;
  readonly size: number;
}

/**
 * Objects that are not whole: an object of S3 has its name from the beginning on, and that of a batch is known at its end. What is too much to
 * be held goes into a file without a name, which is gone with the process.
 */
export class HeldObjects {
  readonly all = new Set<HeldObject>();
  private readonly most: number;
  private file: FileHandle | undefined;
  private end = 0;
  /** Bytes of all in memory. */
  private held = 0;

  /** @param most bytes; only tests give another. */
  constructor(most = MOST_HELD) {
    this.most = most;
  }

  begin(): HeldObject {
    const object = new HeldObject(this);
    this.all.add(object);
    return object;
  }

  /** So many bytes more are held, or fewer. */
  count(bytes: number): void {
    this.held += bytes;
  }

  /** Where too much is held, puts the largest aside until it is half of that: it is looked for once in a while, not at each write. Rejects with the system's error, as where the disk is full. */
  async makeRoom(): Promise<void> {
    if (this.held <= this.most) return;
    for (const object of [...this.all].sort((a, b) => b.held - a.held)) {
      if (this.held <= this.most / 2) return;
      await object.putAside();
    }
  }

  async write(bytes: Uint8Array): Promise<Place> {
    this.file ??= await nameless();
    const place = { at: this.end, size: bytes.length };
    this.end += bytes.length;
    for (let done = 0; done < bytes.length; ) {
      done += (await this.file.write(bytes, done, bytes.length - done, place.at + done)).bytesWritten;
    }
    return place;
  }

  async read({ at, size }: Place): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(size);
    for (let done = 0; done < size; ) {
      const { bytesRead } = await this.file!.read(bytes, done, size - done, at + done);
      if (bytesRead === 0) throw new Error('what was put aside is gone');
      done += bytesRead;
    }
    return bytes;
  }

  /** An object is written, or given up. */
  async forget(object: HeldObject): Promise<void> {
    if (this.all.delete(object)) this.held -= object.held;
    if (this.all.size > 0) return;
    const { file } = this;
    this.file = undefined;
    this.end = 0;
    await file?.close();
  }
}

/** An object that is not whole. */
export class HeldObject {
  /** Bytes in memory. */
  held = 0;
  /** Bytes in all. */
  size = 0;
  private readonly among: HeldObjects;
  private readonly aside: Place[] = [];
  private pieces: Uint8Array[] = [];

  constructor(among: HeldObjects) {
    this.among = among;
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.pieces.push(bytes);
    this.held += bytes.length;
    this.size += bytes.length;
    this.among.count(bytes.length);
    await this.among.makeRoom();
  }

  async putAside(): Promise<void> {
    const bytes = Buffer.concat(this.pieces, this.held);
    this.among.count(-this.held);
    this.pieces = [];
    this.held = 0;
    this.aside.push(await this.among.write(bytes));
  }

  /** All of it in order, in parts of one size but for the last. None where it is empty. */
  async *parts(size: number): AsyncIterable<Buffer> {
    let pieces: Uint8Array[] = [];
    let held = 0;
    for await (const bytes of this.inOrder(size)) {
      for (let at = 0; at < bytes.length; ) {
        const piece = bytes.subarray(at, at + size - held);
        pieces.push(piece);
        held += piece.length;
        at += piece.length;
        if (held < size) continue;
        yield Buffer.concat(pieces, held);
        pieces = [];
        held = 0;
      }
    }
    if (held > 0) yield Buffer.concat(pieces, held);
  }

  forget(): Promise<void> {
    return this.among.forget(this);
  }

  private async *inOrder(most: number): AsyncIterable<Uint8Array> {
    for (const { at, size } of this.aside) {
      for (let done = 0; done < size; done += most) {
        yield await this.among.read({ at: at + done, size: Math.min(most, size - done) });
      }
    }
    yield* this.pieces;
  }
}

/** Opens a file for reading and writing whose name is taken away at once. Rejects with the system's error. */
async function nameless(): Promise<FileHandle> {
  const directory = mkdtempSync(join(tmpdir(), 'leat-'));
  try {
    return await open(join(directory, 'held'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
