import type { TextFault } from '../../base/problem.ts';
import { filledIn, variableFault } from '../connections/secrets.ts';

/** Where a view of another leat is: its own address, or that of its events. */
const VIEW = /\/v\/[^/]+(\/events)?\/?$/;

/** An address that is subscribed to. */
interface Subscribed {
  /** Of the events. */
  readonly url: URL;
  /** Without what may be secret in it: how it is called in messages, and as the origin of records. */
  readonly name: string;
  /** Whether it is a view that leat serves; else any stream of events. */
  readonly isView: boolean;
}

/** Reads an address whose variables are set. */
export function subscribedOf(text: string): Subscribed {
  const url = new URL(filledIn(text));
  const match = VIEW.exec(url.pathname);
  if (match !== null && match[1] === undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/events`;
  const name = `${url.host}${url.pathname.replace(match === null ? /\/$/ : /\/events\/?$/, '')}`;
  return { url, name, isView: match !== null };
}

/** What is wrong with an address, if anything. */
export function addressFault(text: string): string | TextFault | undefined {
  const fault = variableFault(text);
  if (fault !== undefined) return fault;
  const filled = filledIn(text);
  if (!/^https?:\/\//i.test(filled) || !URL.canParse(filled)) {
    return 'it is a URL, as `"http://localhost:8080/v/paths"` of a view that leat serves, or that of any stream of events';
  }
  if (/^\/v\/[^/.]+\.\w+$/.test(new URL(filled).pathname))
    return 'it is the address of a view without an ending, as `"http://localhost:8080/v/paths"`';
  return new URL(filled).pathname === '/'
    ? 'it says which view is meant, as `"http://localhost:8080/v/paths"`'
    : undefined;
}
