/** What stands at a path, or behind an open file, now. */
export interface FileStatus {
  /** What tells it from every other file of this machine, also where it is renamed. Plain text. */
  readonly identity: string;
  /** Bytes. */
  readonly size: number;
  /** When it was written last, ms since the epoch. */
  readonly changed: number;
  /** Whether it is a regular file, which has a size and can be cut; a device, a pipe and a directory are none. */
  readonly isRegular: boolean;
}

/** How a file is opened: made where it is missing and written at its end (`append`), emptied first (`anew`), or made where there is none (`new`). */
export type OpenMode = 'append' | 'anew' | 'new';

/** A file that is written. Its methods are called one after the other, but for `sync`, and reject with the system's error. */
export interface OpenFile {
  /** Writes all of the bytes at the end; where it rejects, some of them may be there. */
  write(bytes: Uint8Array): Promise<void>;
  /** Cuts it to `size` bytes. */
  cut(size: number): Promise<void>;
  /**
   * Resolves when the bytes that were written before the call, and its size then, are safe from a power cut; its name is where
   * {@link FileSystem.syncDirectory} has made it so. It may be written to meanwhile.
   */
  sync(): Promise<void>;
  status(): FileStatus;
  /** Lets go of it, also where it rejects. Called again it does nothing, and settles as before. */
  close(): Promise<void>;
}

/**
 * The file system as those who write see it: everything that a run leaves in files goes through one, so that another can stand behind it that
 * loses what was not synced. What looks answers at once, and throws the system's error; what writes may take its time.
 */
export interface FileSystem {
  open(path: string, mode: OpenMode): Promise<OpenFile>;
  /** The same at once, where a wrong path is to be told before anything else is done. */
  openNow(path: string, mode: OpenMode): OpenFile;
  /** Links are followed; undefined where nothing is there. */
  status(path: string): FileStatus | undefined;
  /** So many bytes from an offset on, fewer where the file ends before. */
  read(path: string, from: number, size: number): Buffer;
  /** The names in a directory. */
  list(directory: string): readonly string[];
  /** Makes one directory. */
  makeDirectory(path: string): Promise<void>;
  /** At once whole: what had the name `to` is replaced. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): void;
  /** Resolves when the names in a directory are safe from a power cut. */
  syncDirectory(path: string): Promise<void>;
}
