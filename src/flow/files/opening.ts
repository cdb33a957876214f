import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';

/** Opens a file to be read. What has become a pipe meanwhile is not waited for. @throws the system's error. */
export function openAtOnce(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Opens a file and makes something of it; it is closed where that fails. @throws the system's error. */
export function opened<T>(path: string, make: (fd: number, found: BigIntStats) => T): T {
  const fd = openAtOnce(path);
  try {
    return make(fd, fstatSync(fd, { bigint: true }));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
