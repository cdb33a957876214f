import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  fsync,
  ftruncate,
  open,
  openSync,
  readdirSync,
  readSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { FileStatus, FileSystem, OpenFile, OpenMode } from '../define/file-system.ts';
import { channelOf } from './channel.ts';

const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC, O_EXCL } = constants;

const FLAGS: { readonly [mode in OpenMode]: number } = {
  append: O_WRONLY | O_CREAT | O_APPEND,
  anew: O_WRONLY | O_CREAT | O_APPEND | O_TRUNC,
  new: O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
};

/** A directory that nobody may read cannot be made safe, and some file systems keep the names in them safe by themselves. */
const UNSYNCED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP']);

const openLater = promisify(open);
const cutLater = promisify(ftruncate);
const syncLater = promisify(fsync);

/** The file system of the host. */
export const hostFileSystem: FileSystem = {
  open: async (path, mode) => openFile(await openLater(path, FLAGS[mode])),
  openNow: (path, mode) => openFile(openSync(path, FLAGS[mode])),
  status(path) {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found && statusOf(found);
  },
  read(path, from, size) {
    const bytes = Buffer.alloc(size);
    const fd = openSync(path, 'r');
    try {
      let filled = 0;
      while (filled < size) {
        const read = readSync(fd, bytes, filled, size - filled, from + filled);
        if (read === 0) break;
        filled += read;
      }
      return bytes.subarray(0, filled);
    } finally {
      closeSync(fd);
    }
  },
  list: (directory) => readdirSync(directory),
  makeDirectory: async (path) => void (await mkdir(path)),
  rename: (from, to) => rename(from, to),
  remove: unlinkSync,
  async syncDirectory(path) {
    try {
      const fd = await openLater(path, constants.O_RDONLY);
      await syncLater(fd).finally(() => closeSync(fd));
    } catch (error) {
      if (!UNSYNCED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  },
};

function openFile(fd: number): OpenFile {
  const channel = channelOf(fd);
  let closing: Promise<void> | undefined;
  const close = async () => {
    await channel.close();
    if (channel.isHeld !== true) closeSync(fd);
  };
  return {
    write: (bytes) => channel.put(bytes),
    cut: (size) => cutLater(fd, size),
    sync: () => syncLater(fd),
    status: () => statusOf(fstatSync(fd, { bigint: true })),
    // The number of a descriptor is given again, so that to close it once more would close what somebody else has opened.
    close: () => (closing ??= close()),
  };
}

function statusOf(found: BigIntStats): FileStatus {
  return {
    identity: `${found.dev}:${found.ino}`,
    size: Number(found.size),
    changed: Number(found.mtimeMs),
    isRegular: found.isFile(),
  };
}
