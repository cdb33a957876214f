import { createConnection, createServer, isIP } from 'node:net';
import { connect as connectSecurely, createServer as createSecureServer } from 'node:tls';
import { readTls } from '../connections/tls.ts';
import type { Sockets } from '../define/network.ts';

/** ms that a client may take to agree on how a connection is encrypted. */
export const HANDSHAKE = 10_000;

/** The network of the host. */
export const hostSockets: Sockets = {
  server(tls) {
    if (tls === undefined) return createServer({ keepAlive: true });
    const isChecked = tls.ca !== undefined;
    return createSecureServer({
      ...readTls(tls, 3),
      requestCert: isChecked,
      rejectUnauthorized: isChecked,
      handshakeTimeout: HANDSHAKE,
    });
  },
  connect({ host, port, secure }) {
    const to = { host, port, keepAlive: true };
    if (secure === undefined) return createConnection(to);
    return connectSecurely({ ...to, ...secure, ...(isIP(host) === 0 ? { servername: host } : {}) });
  },
};
