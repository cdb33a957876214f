import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsSecrets } from '../../flow/connections/tls.ts';
import { sendRefusal } from './answer.ts';
import { Refusal } from './refusal.ts';

/** More connections than this are turned away. */
const MOST_CONNECTIONS = 3000;
/** Longer addresses are not read; a `?then=` has room in it. */
const LONGEST_URL = 4096;
/** All headers of a request together, bytes. */
const MOST_HEADERS = 16 * 1024;
/** A request has to be there in so long, ms: who sends a letter now and then keeps a connection from others. */
const REQUEST_TIME = 10_000;
/** How often that is looked at, ms. */
const LOOK_EVERY = 2000;
/** A connection without a request is kept for so long, ms. */
const IDLE_TIME = 5000;

/** Answers one request. What it throws is a refusal, or a fault of ours. */
type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>;

/** A server of HTTP that reads nothing but addresses and headers, and is held up by nobody. */
export class HttpServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  /** @param failed told of a fault of ours. @param secrets the certificate and its key where connections are encrypted. */
  constructor(handler: Handler, failed: (error: unknown) => void, secrets?: TlsSecrets) {
    const settings: ServerOptions = {
      maxHeaderSize: MOST_HEADERS,
      headersTimeout: REQUEST_TIME,
      requestTimeout: REQUEST_TIME,
      keepAliveTimeout: IDLE_TIME,
      connectionsCheckingInterval: LOOK_EVERY,
      noDelay: true,
    };
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      void answer(handler, request, response, failed);
    };
    this.server =
      secrets === undefined
        ? createServer(settings, listener)
        : createSecureServer({ ...settings, ...secrets, handshakeTimeout: REQUEST_TIME }, listener);
    this.server.maxConnections = MOST_CONNECTIONS;
    this.server.maxRequestsPerSocket = 1000;
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server.on('upgrade', (_request, socket) => socket.destroy());
    this.server.on('connect', (_request, socket) => socket.destroy());
  }

  /** Listens. @returns where. Rejects with the system's error. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port }, () => {
        this.server.off('error', reject);
        // One that could not be taken on is nobody's failure.
        this.server.on('error', () => {});
        resolve(this.server.address() as AddressInfo);
      });
    });
  }

  /** Nobody is answered any more. Resolves when all connections are gone; those that do not go by themselves are cut after `patience` ms. */
  close(patience: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.server.listening) return resolve();
      const cut = setTimeout(() => {
        for (const socket of this.sockets) socket.destroy();
      }, patience);
      this.server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }
}

async function answer(
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  failed: (error: unknown) => void,
): Promise<void> {
  // A client that breaks off is no failure.
  request.on('error', () => {});
  response.on('error', () => {});
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw notAllowed(request.method ?? '');
    await handler(request, response, urlOf(request.url ?? ''));
  } catch (error) {
    if (!(error instanceof Refusal)) failed(error);
    if (response.headersSent) return void response.destroy();
    sendRefusal(
      request,
      response,
      error instanceof Refusal ? error : new Refusal(500, 'fault', 'something went wrong here'),
    );
  }
}

function notAllowed(method: string): Refusal {
  return new Refusal(405, 'read-only', `this is read only: GET and HEAD, not ${method.slice(0, 20)}`, undefined, {
    // What else is sent belongs to no request that is read.
    headers: { allow: 'GET, HEAD', connection: 'close' },
  });
}

function urlOf(text: string): URL {
  if (text.length > LONGEST_URL) {
    throw new Refusal(414, 'long-address', `an address has ${LONGEST_URL} characters at most, found ${text.length}`);
  }
  // Only what stands behind the host counts, which is looked at by itself.
  const path = `http://here/${text.replace(/^\/+/, '')}`;
  if (!text.startsWith('/') || !URL.canParse(path)) {
    throw new Refusal(400, 'no-address', 'this is no address of this server');
  }
  return new URL(path);
}
