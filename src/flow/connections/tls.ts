/** Connections that are encrypted (TLS): what words take for them, and what may be wrong with one. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { RunFailure } from '../../base/problem.ts';
import type { TlsFiles } from '../define/network.ts';
import { filePath, flag } from '../define/parameters.ts';

interface TlsArguments extends TlsFiles {
  readonly tls: boolean;
}

const APART = { named: true, apart: true } as const;

/** What words take that connect to others. */
export const tlsToServer = {
  tls: flag('whether the connection is encrypted (TLS); the certificate of the server is checked', false, {
    apart: true,
  }),
  ca: filePath('a file of the certificates that are trusted instead of the usual ones', {
    ...APART,
    with: 'tls',
  }).optional(),
  cert: filePath('a file with the certificate to show to a server that wants one', {
    ...APART,
    with: 'key',
  }).optional(),
  key: filePath('a file with the key of `cert`', { ...APART, with: 'tls' }).optional(),
};

/** What words take that connect to a URL, which says whether the connection is encrypted. */
export const tlsOfUrl = {
  ca: filePath(
    'of an encrypted connection, a file of the certificates that are trusted instead of the usual ones',
    APART,
  ).optional(),
  cert: filePath('a file with the certificate to show to a server that wants one', {
    ...APART,
    with: 'key',
  }).optional(),
  key: filePath('a file with the key of `cert`', { ...APART, with: 'cert' }).optional(),
};

/** What a server takes whose connections are encrypted where it has a certificate. */
export const certificateOfServer = {
  cert: filePath('a file with the certificate of this server: connections are encrypted (TLS, https)', {
    ...APART,
    with: 'key',
  }).optional(),
  key: filePath('a file with the key of `cert`', { ...APART, with: 'cert' }).optional(),
};

/** What servers take. */
export const tlsOfServer = {
  tls: flag('whether connections are encrypted (TLS), with the certificate of `cert`', false, {
    apart: true,
    with: 'cert',
  }),
  cert: filePath('a file with the certificate of this server', { ...APART, with: 'key' }).optional(),
  key: filePath('a file with the key of `cert`', { ...APART, with: 'tls' }).optional(),
  ca: filePath('a file of certificates: only clients that show one which was signed by one of them are let in', {
    ...APART,
    with: 'tls',
  }).optional(),
};

/** The files where the arguments ask for encryption. */
export function tlsFiles({ tls, ca, cert, key }: TlsArguments): TlsFiles | undefined {
  return tls ? { ca, cert, key } : undefined;
}

/** What is in the files. */
export interface TlsSecrets {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * Reads the files.
 *
 * @param exit 3 of a source, 4 of a sink.
 * @throws RunFailure where one cannot be read, or is none of those.
 */
export function readTls({ ca, cert, key }: TlsFiles, exit: 3 | 4): TlsSecrets {
  const read = (path: string | undefined) => {
    try {
      return path === undefined ? undefined : readFileSync(path);
    } catch (error) {
      throw new RunFailure('cannot-read-certificate', exit, `cannot read ${path}: ${(error as Error).message}`);
    }
  };
  const [trusted, own, secret] = [ca, cert, key].map(read);
  const secrets = { ...(trusted && { ca: trusted }), ...(own && { cert: own }), ...(secret && { key: secret }) };
  try {
    createSecureContext(secrets);
    return secrets;
  } catch (error) {
    const names = [ca, cert, key].filter((path) => path !== undefined).join(', ');
    const help = 'PEM begins with -----BEGIN CERTIFICATE----- or -----BEGIN PRIVATE KEY-----';
    const message = `${names}: these are no certificates with their key (${reason(error)})`;
    throw new RunFailure('cannot-read-certificate', exit, message, help);
  }
}

const UNTRUSTED = 'its certificate was signed by nobody who is trusted';

const WORDS: { readonly [code: string]: string } = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the other end does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the other end does not speak TLS',
  ERR_SSL_HTTP_REQUEST: 'the other end does not speak TLS',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the other end wants to be shown a certificate',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'it showed no certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the other end does not trust the certificate that it was shown',
};

const HELP: { readonly [words: string]: string } = {
  [UNTRUSTED]: 'name the certificate of who signed it: `ca: "ca.pem"`',
  'its certificate is for other names': 'connect by a name that it is for',
  'the other end does not speak TLS': 'leave out `tls: true`, or take the port where it does',
  'the other end wants to be shown a certificate': 'show one: `cert: "client.pem", key: "client.key"`',
};

/** What is wrong with an encrypted connection, where it is that, in plain words. */
export function tlsFault(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (Object.hasOwn(WORDS, code)) return WORDS[code];
  return code === 'EPROTO' && /wrong version number|packet length/.test(reason(error))
    ? WORDS.ERR_SSL_WRONG_VERSION_NUMBER
    : undefined;
}

/** What the user may do about it. */
export function tlsHelp(error: unknown): string | undefined {
  const words = tlsFault(error);
  return words === undefined ? undefined : HELP[words];
}

function reason(error: unknown): string {
  const { reason: said, message } = error as { readonly reason?: string; readonly message?: string };
  return said ?? message ?? String(error);
}
