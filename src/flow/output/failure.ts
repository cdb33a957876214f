import { RunFailure } from '../../base/problem.ts';
import { tlsFault, tlsHelp } from '../connections/tls.ts';

/** Words for what the operating system says, and the code of the failure. Anything else is `sink-failed` in the system's own words. */
const CAUSES: { readonly [errno: string]: readonly [code: string, words: string] } = {
  ENOSPC: ['sink-full', 'no space left on the device'],
  EDQUOT: ['sink-full', 'the disk quota is used up'],
  EFBIG: ['sink-full', 'the file would become too large'],
  EACCES: ['sink-denied', 'permission denied'],
  EPERM: ['sink-denied', 'permission denied'],
  EROFS: ['sink-denied', 'the file system is read-only'],
  ENOENT: ['sink-failed', 'there is no such file or directory'],
  EISDIR: ['sink-failed', 'it is a directory'],
  ENOTDIR: ['sink-failed', 'a part of its path is not a directory'],
  ENAMETOOLONG: ['sink-failed', 'the name is too long'],
  EMFILE: ['sink-failed', 'too many files are open'],
  EIO: ['sink-failed', 'the device reports an input/output error'],
  EPIPE: ['sink-closed', 'the other end was closed'],
  ECONNRESET: ['sink-closed', 'the other end closed the connection'],
  ECONNREFUSED: ['sink-unreachable', 'nobody listens there'],
  ENOTFOUND: ['sink-unreachable', 'there is no host of that name'],
  EAI_AGAIN: ['sink-unreachable', 'the name of the host cannot be looked up now'],
  EHOSTUNREACH: ['sink-unreachable', 'there is no way to that host'],
  ENETUNREACH: ['sink-unreachable', 'there is no way to that network'],
  ETIMEDOUT: ['sink-unreachable', 'it did not answer in time'],
};

/**
 * A sink's failure for good, exit 4.
 *
 * @param target what was written to, as the user calls it: `standard output`, `out/a-1000.json`.
 * @param error what was thrown: an error of the system, or a RunFailure, which is passed on as it is.
 */
export function sinkFailure(target: string, error: unknown): RunFailure {
  if (error instanceof RunFailure) return error;
  const fault = tlsFault(error);
  if (fault !== undefined)
    return new RunFailure('sink-certificate', 4, `cannot write to ${target}: ${fault}`, tlsHelp(error));
  const errno = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const cause = Object.hasOwn(CAUSES, errno) ? CAUSES[errno] : undefined;
  if (cause === undefined) {
    return new RunFailure(
      'sink-failed',
      4,
      `cannot write to ${target}: ${error instanceof Error ? error.message : error}`,
    );
  }
  return new RunFailure(cause[0], 4, `cannot write to ${target}: ${cause[1]}`);
}
