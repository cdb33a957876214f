/** How a server of messages is reached: its URL, who logs in, and certificates. */
import type { TextFault } from '../../base/problem.ts';
import { filledIn, secret, variableFault } from '../connections/secrets.ts';
import { readTls, type TlsSecrets } from '../connections/tls.ts';
import { filePath } from '../define/parameters.ts';
import { hostAndPort } from '../sockets/address.ts';

/** What the URLs of a system look like. */
export interface BrokerSystem {
  /** As users call it: `Redis`. */
  readonly name: string;
  /** Schemes of a connection as it is, and of one that is encrypted. */
  readonly plain: string;
  readonly secure: string;
  /** The ports of the two, where the URL has none. */
  readonly port: number;
  readonly securePort: number;
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** Empty where the URL has none. */
  readonly user: string;
  readonly password: string;
  /** Behind the host, without the slash in front. */
  readonly path: string;
  /** The host with its port: nothing in it is secret. */
  readonly called: string;
}

const APART = { named: true, apart: true } as const;

/** What source and sink take beside the URL. The key of a certificate is no `key:`, which is that of a record. */
export const brokerTls = {
  ca: filePath(
    'of an encrypted connection, a file of the certificates that are trusted instead of the usual ones',
    APART,
  ).optional(),
  cert: filePath('a file with the certificate to show to a server that wants one', APART).optional(),
  certKey: filePath('a file with the key of `cert`, where it does not stand in the same', {
    ...APART,
    with: 'cert',
  }).optional(),
};

interface TlsArguments {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly certKey: string | undefined;
}

/** What is in the files of an encrypted connection. @param exit 3 of a source, 4 of a sink. @throws RunFailure where one is none. */
export function brokerSecrets({ ca, cert, certKey }: TlsArguments, exit: 3 | 4): TlsSecrets {
  return readTls({ ca, cert, key: cert === undefined ? undefined : (certKey ?? cert) }, exit);
}

/** The parameter that says where the server is. */
export function brokerUrl(system: BrokerSystem) {
  const example = `${system.plain}://user:\${PASSWORD}@host:${system.port}`;
  return secret(`where the server is: \`"${example}"\`; by \`${system.secure}://\` the connection is encrypted`, {
    apart: true,
  }).checked((url) => urlFault(url, system));
}

function urlFault(url: string, { name, plain, secure }: BrokerSystem): string | TextFault | undefined {
  const fault = variableFault(url);
  if (fault !== undefined) return fault;
  const filled = filledIn(url);
  const isOurs = new RegExp(`^(?:${plain}|${secure})://`, 'i').test(filled);
  if (!isOurs || !URL.canParse(filled) || new URL(filled).hostname === '') {
    return `it is no URL of ${name}, as \`"${plain}://localhost"\``;
  }
  const { search, hash } = new URL(filled);
  if (search + hash !== '') return 'nothing is read of what stands in it behind a ? or #';
  try {
    decoded(new URL(filled));
    return undefined;
  } catch {
    return 'a sign behind a % is two digits of hexadecimal';
  }
}

/** Reads a URL in which all is well. */
export function addressOf(url: string, { secure, port, securePort }: BrokerSystem): BrokerAddress {
  const parsed = new URL(filledIn(url));
  const isSecure = parsed.protocol === `${secure}:`;
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const number = parsed.port === '' ? (isSecure ? securePort : port) : Number(parsed.port);
  return { host, port: number, isSecure, ...decoded(parsed), called: hostAndPort(host, number) };
}

function decoded({ username, password, pathname }: URL): Pick<BrokerAddress, 'user' | 'password' | 'path'> {
  const [user, word, path] = [username, password, pathname.replace(/^\//, '')].map(decodeURIComponent);
  return { user: user!, password: word!, path: path! };
}
