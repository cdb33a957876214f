import { Agent, type IncomingMessage, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { wallClock } from '../../base/clock.ts';
import { hostOf, proxyOf, TunnelAgent } from '../http/proxy.ts';
import { element, faultOf, type S3Fault, textOf } from './answers.ts';
import { type Access, findAccess } from './credentials.ts';
import type { S3Place } from './parameters.ts';
import { pathOf, queryOf, signed } from './signature.ts';

/** How long a store may say nothing, ms. */
const SILENCE = 60_000;

/** ms by which the clocks of this machine and of a store differ where it refuses what is signed; it does from 15 minutes on. */
const SKEWED = 5 * 60 * 1000;

const NOTHING = Buffer.alloc(0);

type Words = { readonly [name: string]: string };

interface Asked {
  readonly key?: string;
  readonly query?: Words;
  readonly headers?: Words;
  readonly body?: Buffer;
  readonly signal?: AbortSignal;
}

/**
 * One bucket. What is asked is signed, and asked once more where the answer says why it was not understood: the bucket is in another region, this
 * machine's clock is wrong, or what the profile holds has expired and others stand there by now. What may pass is not tried again here.
 */
export class Bucket {
  readonly name: string;
  private readonly place: S3Place;
  private readonly exit: 3 | 4;
  private readonly note: (message: string) => void;
  private readonly signal: AbortSignal | undefined;
  private access: Access;
  private agent: Agent | undefined;
  /** The region that it turned out to be in. */
  private region: string | undefined;
  /** ms that the store's clock is ahead. */
  private ahead = 0;

  /** @param exit 3 of a source, 4 of a sink. @param signal ends all that is asked. @throws RunFailure where there are no credentials. */
  constructor(name: string, place: S3Place, exit: 3 | 4, note: (message: string) => void, signal?: AbortSignal) {
    this.name = name;
    this.place = place;
    this.exit = exit;
    this.note = note;
    this.signal = signal;
    this.access = findAccess(place, exit);
  }

  /** Resolves with the head of an answer that is none of a failure. Rejects with an S3Fault or the system's error. */
  async ask(method: string, asked: Asked = {}): Promise<IncomingMessage> {
    // Each reason once.
    for (let tries = 0; ; tries++) {
      const answer = await this.send(method, asked);
      const { statusCode: status = 0 } = answer;
      if (status >= 200 && status < 300) return answer;
      const xml = await textOf(answer);
      const fault = faultOf(status, xml);
      if (tries >= 3 || !this.learns(fault, answer, xml)) throw fault;
    }
  }

  /** The same where the answer is a document. */
  async askText(method: string, asked?: Asked): Promise<string> {
    const xml = await textOf(await this.ask(method, asked));
    // What takes long is said to go well before it is known whether it does.
    if (/^\s*(?:<\?xml[^>]*>)?\s*<Error>/.test(xml)) throw faultOf(500, xml);
    return xml;
  }

  /** Whether an answer says what to do otherwise. */
  private learns({ reason, status }: S3Fault, { headers }: IncomingMessage, xml: string): boolean {
    const said = headers['x-amz-bucket-region'] ?? element(xml, 'Region');
    const region = typeof said === 'string' && /^[a-z\d-]{1,40}$/.test(said) ? said : undefined;
    if ((status === 301 || status === 400 || status === 403) && region !== undefined && region !== this.regionNow) {
      this.region = region;
      return true;
    }
    const off = Date.parse(headers.date ?? '') - wallClock.now();
    if (status === 403 && Math.abs(off - this.ahead) > SKEWED) {
      this.ahead = off;
      this.note(
        `the clock of this machine is ${Math.round(Math.abs(off) / 60_000)} minutes off that of S3, whose time is taken`,
      );
      return true;
    }
    if (reason !== 'ExpiredToken' || !this.access.mayChange) return false;
    const before = this.access.id;
    this.access = findAccess(this.place, this.exit);
    return this.access.id !== before;
  }

  private get regionNow(): string {
    return this.region ?? this.access.region;
  }

  /** Amazon's buckets have hosts of their own, but for those with a point in their names, whose certificates would be none. */
  private urlOf(key: string): { readonly url: URL; readonly path: string } {
    const { endpoint } = this.access;
    const own = `s3.${this.regionNow}.amazonaws.com`;
    if (endpoint === undefined && !this.name.includes('.')) {
      return { url: new URL(`https://${this.name}.${own}`), path: `/${pathOf(key)}` };
    }
    const url = new URL(endpoint ?? `https://${own}`);
    return { url, path: `${url.pathname.replace(/\/$/, '')}/${this.name}${key === '' ? '' : `/${pathOf(key)}`}` };
  }

  private send(method: string, { key = '', query = {}, headers = {}, body = NOTHING, signal = this.signal }: Asked) {
    const { url, path } = this.urlOf(key);
    const hasBody = method === 'PUT' || method === 'POST';
    const all = signed(
      {
        method,
        path,
        query,
        body,
        headers: { ...headers, host: url.host, ...(hasBody && { 'content-length': `${body.length}` }) },
      },
      this.regionNow,
      this.access,
      wallClock.now() + this.ahead,
    );
    const isSecure = url.protocol === 'https:';
    this.agent ??= agentFor(url);
    const search = queryOf(query);
    const options = {
      method,
      host: hostOf(url),
      port: url.port || (isSecure ? 443 : 80),
      path: search === '' ? path : `${path}?${search}`,
      headers: all,
      agent: this.agent,
      ...(signal && { signal }),
    };
    return new Promise<IncomingMessage>((resolve, reject) => {
      const asking = (isSecure ? secureRequest : request)(options, resolve);
      asking.setTimeout(SILENCE, () => asking.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      asking.on('error', reject);
      asking.end(hasBody ? body : undefined);
    });
  }
}

/** @throws RunFailure where the environment names a proxy that is none. */
function agentFor(url: URL): Agent {
  const options = { keepAlive: true };
  if (url.protocol === 'http:') return new Agent(options);
  const proxy = proxyOf(url);
  return proxy === undefined ? new SecureAgent(options) : new TunnelAgent(proxy, options);
}
