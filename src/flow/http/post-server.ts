import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { wallClock } from '../../base/clock.ts';
import { Room } from '../../base/room.ts';
import { readTls } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import type { TlsFiles } from '../define/network.ts';
import { codeOf, throwOwn } from '../input/fault.ts';
import { hostAndPort, hostOf, nameOf, nearAddress } from '../sockets/address.ts';
import { HANDSHAKE } from '../sockets/host-sockets.ts';
import { bindPort, serveClients } from '../sockets/server.ts';
import { checkBody, isPacked, readBody, unpackBody } from './body.ts';
import { farewell2 } from './farewell2.ts';
import { busy, ending, Refused } from './refused.ts';
import { type Reply, refuse, send, TEXT } from './reply.ts';
import { checkOfSenders } from './senders.ts';

/** All headers of a request together, bytes. */
const MOST_HEADERS = 16 * 1024;
/** The headers of a request have to be there in so long, ms, and all of it in so long: who sends a letter now and then keeps nobody else out. */
const HEADERS_TIME = 10_000;
const REQUEST_TIME = 60_000;
/** How often that is looked at, ms. */
const LOOK_EVERY = 2000;
/** A connection without a request is kept for so long, ms: longer than what stands in front of servers keeps its own. */
const IDLE_TIME = 65_000;
/** A request waits for room for so long, ms; then who sends it is told to come again. */
const PATIENCE = 5000;
/** When the run ends, who is still answered has so long, ms. */
const FAREWELL = 2000;

/** How the names of the parser of Node begin for bytes that are no request; the one for the first of HTTP/2. */
const OF_PARSER = 'HPE_';
const HTTP2 = 'HPE_PAUSED_H2_UPGRADE';
/** What is answered to other bytes that are no request, by its names for them, as Node itself does. */
const STATUS_OF: { readonly [code: string]: string } = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** A request that came whole. */
export interface Post {
  /** The address and port of who sent it. */
  readonly peer: string;
  /** As it came, but for a token in it. */
  readonly path: string;
  readonly request: IncomingMessage;
  /** Without its packing. */
  readonly body: Buffer;
}

/** What was handed over: whether there is room for more, and when who sent it may be told. */
export interface Taken {
  readonly full: Promise<unknown> | undefined;
  readonly done: Promise<Reply>;
}

export interface PostServerSettings {
  readonly context: SourceContext;
  readonly host: string;
  readonly port: number;
  /** The most connections at once. */
  readonly clients: number;
  /** The most bytes of a body, packed and unpacked; and of all bodies that are not handed over. */
  readonly maxBody: number;
  readonly maxHeld: number;
  readonly secure: TlsFiles | undefined;
  readonly token: string | undefined;
  /** Whether there is anything at a path. */
  readonly has: (path: string) => boolean;
  /** What is said where it is found by people, and what they may try. */
  readonly called: string;
  readonly example: (url: string) => string;
  /** Looks at a request before its body is read. @returns an answer, where it need not be. @throws Refused. */
  readonly begin?: (request: IncomingMessage) => Promise<Reply> | undefined;
  /** Takes a request. @throws Refused. */
  readonly take: (post: Post) => Taken;
  /** What who speaks HTTP/2 may do instead, in words. */
  readonly insteadOf2?: string;
  /** What says why a request is not taken, where that is more than a line of text. */
  readonly refusal?: (request: IncomingMessage, message: string) => Reply['body'];
}

/**
 * A server of HTTP to which anybody sends, whole requests at a time, each of which is taken or refused as a whole. All is bounded that others can make large or
 * slow: connections, headers, bodies, unpacked and all together, and how long they take.
 *
 *     request ──▶ may it? ──▶ room? ──▶ body, whole ──▶ room? ──▶ unpacked ──▶ take ──▶ done: 2xx
 *                  4xx         429       408, 413         429       400, 413
 */
export class PostServer {
  private readonly settings: PostServerSettings;
  private readonly check: (request: IncomingMessage, url: URL) => void;
  private readonly server: Server;
  /** Connections with a request that is not answered, and how many of these there are. */
  private readonly busy = new Map<Socket, number>();
  /** What each was answered last. */
  private readonly answering = new WeakMap<Duplex, ServerResponse>();
  /** Bytes of bodies that are not handed over. */
  private held = 0;
  /** So many requests were taken that there was no room behind, or a body is being unpacked. */
  private full = 0;
  private isUnpacking = false;
  private readonly room = new Room();

  /** @throws RunFailure of exit 3 where the files of an encrypted server are none. */
  constructor(settings: PostServerSettings) {
    this.settings = settings;
    this.check = checkOfSenders(settings.host, settings.token);
    this.server = openServer(settings.secure, (request, response) => void this.answer(request, response));
    this.server.on('checkContinue', (request, response) => void this.answer(request, response));
    this.server.on('clientError', (error, socket) => this.unreadable(error, socket));
    this.server.on('upgrade', (_request, socket) => socket.destroy());
    this.server.on('connect', (_request, socket) => socket.destroy());
  }

  /** Serves until the run ends; resolves when all that was taken is answered. Rejects with exit 3 where it cannot listen. */
  async run(): Promise<void> {
    const { context, host, port, clients } = this.settings;
    await serveClients(this.server, {
      context,
      clients,
      bind: (server) => bindPort(server, host, port),
      announce: () => this.announce(),
      serve: (client) =>
        new Promise((resolve) => {
          client.on('error', () => {});
          client.once('close', resolve);
        }),
      leave: (client) => {
        if (!this.busy.has(client)) client.destroy();
        else cutAfter(client, FAREWELL);
      },
    });
  }

  /** Says to who sends what is no request what is wrong, where nothing is being said. */
  private unreadable(error: Error, socket: Duplex): void {
    const { context, insteadOf2 } = this.settings;
    const code = codeOf(error);
    const last = this.answering.get(socket);
    const isAnswered = last?.headersSent === true && !last.writableFinished;
    // Where the two have not agreed on how to encrypt, nothing that is said would ever be sent.
    const isRequest = Object.hasOwn(STATUS_OF, code) || code.startsWith(OF_PARSER);
    if (!socket.writable || isAnswered || !isRequest) {
      socket.destroy();
      return;
    }
    socket.once('finish', () => socket.destroy());
    if (code === HTTP2) {
      const words = `HTTP/1.1 is spoken here, not HTTP/2${insteadOf2 === undefined ? '' : `: ${insteadOf2}`}`;
      context.note(`${hostOf(nameOf(socket as Socket))} was turned away: ${words}`);
      socket.end(farewell2(words));
    } else {
      socket.end(`HTTP/1.1 ${STATUS_OF[code] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
    }
  }

  private announce(): void {
    const { context, secure, called, example } = this.settings;
    const { address, port } = this.server.address() as AddressInfo;
    const scheme = secure === undefined ? 'http' : 'https';
    const url = (host: string) => `${scheme}://${hostAndPort(host, port)}`;
    context.note(`listening on ${url(address)}${called} (try: ${example(url(nearAddress(address)))})`);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { context } = this.settings;
    const { socket } = request;
    // A client that breaks off is no failure.
    request.on('error', () => {});
    response.on('error', () => {});
    this.busy.set(socket, (this.busy.get(socket) ?? 0) + 1);
    this.answering.set(socket, response);
    response.once('close', () => this.answered(socket));
    response.setTimeout(REQUEST_TIME + PATIENCE, () => response.destroy());
    try {
      const reply = await this.reply(request, response);
      if (reply === undefined) return;
      if (context.once || context.signal.aborted) response.setHeader('connection', 'close');
      send(response, reply.body === undefined ? 204 : 200, reply);
    } catch (error) {
      if (!(error instanceof Refused)) {
        // A request that broke off is answered by nobody, and what the run fails with it tells by itself.
        response.destroy();
        return throwOwn(error);
      }
      refuse(request, response, error, this.settings.refusal?.(request, error.message));
    }
  }

  private answered(socket: Socket): void {
    const count = this.busy.get(socket)! - 1;
    if (count > 0) this.busy.set(socket, count);
    else {
      this.busy.delete(socket);
      if (this.settings.context.signal.aborted) socket.destroySoon();
    }
  }

  /** Undefined where it was answered. */
  private async reply(request: IncomingMessage, response: ServerResponse): Promise<Reply | undefined> {
    const { has, begin, context } = this.settings;
    const url = urlOf(request.url ?? '');
    this.check(request, url);
    if (!has(url.pathname)) throw new Refused(404, 'nothing is taken at this path');
    if (request.method === 'GET' || request.method === 'HEAD') {
      const bytes = Buffer.from('leat takes what is sent here by POST\n');
      return { body: { type: TEXT, bytes } };
    }
    if (request.method !== 'POST' && request.method !== 'PUT')
      throw new Refused(405, 'send by POST or PUT', { allow: 'GET, HEAD, POST, PUT' });
    if (context.signal.aborted) throw ending();
    checkBody(request, this.settings.maxBody);
    const early = await begin?.(request);
    if (early !== undefined) {
      request.resume();
      return early;
    }
    await this.wait(() => this.full > 0 || this.held >= this.settings.maxHeld);
    if (request.headers.expect !== undefined) response.writeContinue();
    return this.read(request, url);
  }

  private async read(request: IncomingMessage, url: URL): Promise<Reply> {
    const { maxBody, maxHeld, context, take } = this.settings;
    let own = 0;
    const hold = (bytes: number) => {
      this.held += bytes;
      own += bytes;
      // One body always has room.
      if (this.held > maxHeld && this.held > own) throw busy('too much is sent at once');
    };
    let done: Promise<Reply>;
    try {
      const body = await readBody(request, maxBody, hold, context.signal);
      const packed = isPacked(request, body);
      await this.wait(() => this.full > 0 || (packed && this.isUnpacking));
      const plain = packed ? await this.unpack(request, body) : body;
      const taken = take({ peer: nameOf(request.socket), path: pathOf(url), request, body: plain });
      this.keepFull(taken.full);
      ({ done } = taken);
    } finally {
      this.held -= own;
      this.room.make();
    }
    return done;
  }

  private async unpack(request: IncomingMessage, body: Buffer): Promise<Buffer> {
    this.isUnpacking = true;
    try {
      const plain = await unpackBody(request, body, this.settings.maxBody);
      // Unpacked it may be much, so that no other is while this one waits.
      await this.wait(() => this.full > 0);
      return plain;
    } finally {
      this.isUnpacking = false;
    }
  }

  /** Nothing more is taken until this has settled. */
  private keepFull(full: Promise<unknown> | undefined): void {
    if (full === undefined) return;
    this.full++;
    const over = () => {
      this.full--;
      this.room.make();
    };
    full.then(over, over);
  }

  /** Waits while something is so. Rejects with 429 where that takes too long, with 503 where the run ends. */
  private async wait(isSo: () => boolean): Promise<void> {
    if (!isSo()) return;
    const { signal, clock } = this.settings.context;
    let isLate = false;
    const wake = () => this.room.make();
    const callOff = clock.at(clock.now() + PATIENCE, () => {
      isLate = true;
      wake();
    });
    signal.addEventListener('abort', wake);
    try {
      while (isSo()) {
        if (signal.aborted) throw ending();
        if (isLate) throw busy('leat cannot take more now');
        await this.room.wait();
      }
    } finally {
      callOff();
      signal.removeEventListener('abort', wake);
    }
  }
}

function openServer(secure: TlsFiles | undefined, listener: RequestListener): Server {
  const limits = {
    maxHeaderSize: MOST_HEADERS,
    headersTimeout: HEADERS_TIME,
    requestTimeout: REQUEST_TIME,
    keepAliveTimeout: IDLE_TIME,
    connectionsCheckingInterval: LOOK_EVERY,
    noDelay: true,
  };
  if (secure === undefined) return createServer(limits, listener);
  const isChecked = secure.ca !== undefined;
  const access = { requestCert: isChecked, rejectUnauthorized: isChecked, handshakeTimeout: HANDSHAKE };
  return createSecureServer({ ...limits, ...readTls(secure, 3), ...access }, listener);
}

/** The address that is asked for. What stands before the path is the server's own. */
function urlOf(text: string): URL {
  const path = `http://here/${text.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+/, '')}`;
  if (!URL.canParse(path)) throw new Refused(400, 'this is no address of this server');
  return new URL(path);
}

function pathOf(url: URL): string {
  if (!url.searchParams.has('token')) return url.pathname + url.search;
  url.searchParams.delete('token');
  return url.pathname + url.search;
}

/** Cuts a connection off where it is not closed in so many ms. */
function cutAfter(client: Socket, ms: number): void {
  client.once(
    'close',
    wallClock.at(wallClock.now() + ms, () => client.destroy()),
  );
}
