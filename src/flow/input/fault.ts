import { RunFailure } from '../../base/problem.ts';
import { tlsFault } from '../connections/tls.ts';

const REASONS: { readonly [code: string]: string } = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'the address is not one of this machine',
  EAI_AGAIN: 'the name cannot be looked up now',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'the host cannot be reached',
  EISDIR: 'it is a directory',
  EMFILE: 'too many files are open',
  ENETUNREACH: 'the network cannot be reached',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a directory',
  ENOTFOUND: 'the host is not known',
  EPERM: 'permission denied',
  ETIMEDOUT: 'no answer',
};

/** The code of a failure where a position does not fit what is there now, and what to do. */
export const DOES_NOT_FIT = 'position-does-not-fit';
export const BEGIN_ANEW = 'put it back as it was, or begin anew, without the position';

/** The system's code of an error: `ENOENT`; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** @throws the error where it is a fault of the program itself: passed over with the connections that break, it would look like one of those. */
export function throwOwn(error: unknown): void {
  if (error instanceof TypeError || error instanceof ReferenceError) throw error;
}

/** What the system's error means, in plain words. */
export function reasonOf(error: unknown): string {
  return (
    REASONS[codeOf(error)] ??
    tlsFault(error) ??
    (error instanceof Error && error.message !== '' ? error.message : String(error))
  );
}

/** The failure of a source: exit 3. `what` says what could not be done: `cannot read app.log`. */
export function sourceFailure(code: string, what: string, error: unknown, help?: string): RunFailure {
  return new RunFailure(code, 3, `${what}: ${reasonOf(error)}`, help);
}
