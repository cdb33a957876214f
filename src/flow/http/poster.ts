import { Agent, type IncomingMessage, request as requestOpenly } from 'node:http';
import { request as requestSecurely, Agent as SecureAgent } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { RunFailure } from '../../base/problem.ts';
import { retrying } from '../connections/retrying.ts';
import { readTls, tlsFault } from '../connections/tls.ts';
import type { TlsFiles } from '../define/network.ts';
import { keyOfBatch } from '../keyed/known-keys.ts';
import { sinkFailure } from '../output/failure.ts';
import type { NumberedPart, PartTarget } from '../output/numbered-sink.ts';
import { LONGEST_SILENCE, mayPass, retryAfter, shown, startOf } from './answers.ts';
import { hostOf, proxyHeaders, proxyOf, TunnelAgent } from './proxy.ts';

const pack = promisify<Buffer, Buffer>(gzip);

interface PosterSettings {
  readonly url: URL;
  /** What the user calls it in messages: nothing in it is secret. */
  readonly name: string;
  readonly headers: { readonly [name: string]: string };
  readonly gzip: boolean;
  readonly files: TlsFiles;
  /** How long failures that may pass are tried again, ms. */
  readonly retry: number;
  readonly note: (message: string) => void;
}

/** An answer that says that a request was not taken. */
class NotTaken extends Error {
  readonly status: number;
  /** How long the server wants to be left alone, ms, where it says so. */
  readonly pause: number | undefined;

  constructor(answer: IncomingMessage, words: string) {
    super(words);
    this.status = answer.statusCode ?? 0;
    this.pause = retryAfter(answer);
  }

  /** Whether another try may be taken. */
  get mayPass(): boolean {
    return mayPass(this.status);
  }
}

/** Posts parts to a URL, each with a key by which it is known when it comes again. */
export class Poster implements PartTarget {
  private readonly settings: PosterSettings;
  private readonly agent: Agent;
  /** What it is reached through. */
  private readonly proxy: URL | undefined;

  /** @throws RunFailure where the files of an encrypted connection are none, or the environment names a proxy that is none. */
  constructor(settings: PosterSettings) {
    const proxy = proxyOf(settings.url);
    this.proxy = proxy;
    this.settings = proxy === undefined ? settings : { ...settings, name: `${settings.name} through ${proxy.host}` };
    const options = { keepAlive: true, maxSockets: 1 };
    if (settings.url.protocol === 'http:') this.agent = new Agent(options);
    else {
      const secure = { ...options, ...readTls(settings.files, 4) };
      this.agent = proxy === undefined ? new SecureAgent(secure) : new TunnelAgent(proxy, secure);
    }
  }

  /** That the server is there, and does not ask for another token. What else it says of HEAD, which few servers that take something know, is nothing. */
  async begin(): Promise<void> {
    await this.persist(async () => {
      const answer = await this.ask('HEAD', undefined, {});
      answer.resume();
      if (answer.statusCode === 401) throw new NotTaken(answer, await wordsOf(answer));
    });
  }

  async put({ sender, number, bytes }: NumberedPart): Promise<void> {
    const body = this.settings.gzip ? await pack(bytes) : bytes;
    const headers = {
      ...(this.settings.gzip ? { 'content-encoding': 'gzip' } : {}),
      'content-length': String(body.length),
      'idempotency-key': keyOfBatch(sender, number),
      ...this.settings.headers,
    };
    await this.persist(async () => {
      const answer = await this.ask('POST', body, headers);
      const { statusCode: status = 0 } = answer;
      // Its words are passed over, as far as they are worth it: the connection is free behind them.
      if (status >= 200 && status < 300) void startOf(answer);
      else throw new NotTaken(answer, await wordsOf(answer));
    });
  }

  async close(): Promise<void> {
    this.agent.destroy();
  }

  private ask(
    method: string,
    body: Buffer | undefined,
    headers: { readonly [name: string]: string },
  ): Promise<IncomingMessage> {
    const { url } = this.settings;
    const request = url.protocol === 'https:' ? requestSecurely : requestOpenly;
    return new Promise((resolve, reject) => {
      const asking = request({
        ...urlToHttpOptions(url),
        ...this.throughProxy(),
        method,
        agent: this.agent,
        headers: { ...this.throughProxy().headers, ...this.settings.headers, ...headers },
      });
      asking.setTimeout(LONGEST_SILENCE, () =>
        asking.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      );
      asking.on('error', (error: NodeJS.ErrnoException) => {
        // The server has closed a connection that it had kept, which is no trouble.
        if (asking.reusedSocket && error.code === 'ECONNRESET') this.ask(method, body, headers).then(resolve, reject);
        else reject(error);
      });
      asking.once('response', (answer) => {
        answer.on('error', () => {});
        resolve(answer);
      });
      asking.end(body);
    });
  }

  /** What is otherwise of a request that is not encrypted, which a proxy is asked for as a whole. */
  private throughProxy() {
    const { proxy, settings } = this;
    const { url } = settings;
    if (proxy === undefined || url.protocol !== 'http:') return {};
    const path = `http://${url.host}${url.pathname}${url.search}`;
    const host = hostOf(proxy);
    return {
      host,
      hostname: host,
      port: proxy.port || '80',
      path,
      headers: { host: url.host, ...proxyHeaders(proxy) },
    };
  }

  private async persist(work: () => Promise<void>): Promise<void> {
    const { retry: within, note } = this.settings;
    const isPassing = (error: unknown) => (error instanceof NotTaken ? error.mayPass : tlsFault(error) === undefined);
    const pauseOf = (error: unknown) => (error instanceof NotTaken ? error.pause : undefined);
    const words = (error: unknown) => this.failure(error).message;
    try {
      await retrying(work, { within, mayPass: isPassing, note, words, pauseOf });
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): RunFailure {
    const { name } = this.settings;
    if (!(error instanceof NotTaken)) return sinkFailure(name, error);
    const code = error.mayPass ? 'sink-unreachable' : 'sink-refused';
    return new RunFailure(code, 4, `cannot write to ${name}: it answers ${error.message}`);
  }
}

/** What a server says of what it did not take: its status, where it leads to, and the start of its words. */
async function wordsOf(answer: IncomingMessage): Promise<string> {
  const { statusCode, statusMessage, headers } = answer;
  const status = `${statusCode} ${shown(statusMessage ?? '')}`.trim();
  const to = headers.location;
  if (to !== undefined && statusCode! < 400) {
    answer.destroy();
    return `${status}, and leads to ${shown(to.replace(/[?#].*$/, ''))}, which is not followed: write that address`;
  }
  const words = shown((await startOf(answer)).trim());
  return words === '' ? status : `${status}: ${words}`;
}
