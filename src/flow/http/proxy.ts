/** Proxies that the environment names, as curl and most other programs read it: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, in small letters too. */
import { request } from 'node:http';
import { type AgentOptions, Agent as SecureAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { RunFailure } from '../../base/problem.ts';
import { isLoopback } from '../sockets/address.ts';

type Environment = { readonly [name: string]: string | undefined };

/** How long a proxy may take to open a way, ms. */
const PATIENCE = 30_000;

const DEFAULT_PORTS: { readonly [scheme: string]: string } = { 'http:': '80', 'https:': '443' };

/** The proxy that a URL is reached through; undefined where it is reached directly, as this machine always is. @throws RunFailure of exit 4 where what stands there is no proxy. */
export function proxyOf(url: URL, environment: Environment = process.env): URL | undefined {
  const scheme = url.protocol.slice(0, -1);
  const name = `${scheme.toUpperCase()}_PROXY`;
  const text = (environment[name.toLowerCase()] ?? environment[name] ?? '').trim();
  if (text === '' || isLoopback(hostOf(url))) return undefined;
  if (isDirect(url, environment.no_proxy ?? environment.NO_PROXY ?? '')) return undefined;
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(full) && new URL(full).protocol === 'http:') return new URL(full);
  throw new RunFailure(
    'sink-failed',
    4,
    `what ${name} of the environment says is no proxy of HTTP`,
    'as `http://proxy:3128`; hosts that need none stand in NO_PROXY',
  );
}

/** What says to a proxy who asks; nothing where it need not know. */
export function proxyHeaders({ username, password }: URL): { readonly [name: string]: string } {
  if (username === '' && password === '') return {};
  const login = `${decoded(username)}:${decoded(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

/** As curl reads it: what has a % that is none of a sign counts as it stands there. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An agent whose connections to servers by TLS go through a proxy, which sees none of what is said. */
export class TunnelAgent extends SecureAgent {
  private readonly proxy: URL;

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.proxy = proxy;
  }

  override createConnection(
    options: { readonly host: string; readonly port: number; readonly servername?: string },
    done: (error: Error | null, socket?: Duplex) => void,
  ): undefined {
    const { host, port } = options;
    const { proxy } = this;
    const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const asked = request({
      host: hostOf(proxy),
      port: proxy.port || '80',
      method: 'CONNECT',
      path,
      headers: { host: path, ...proxyHeaders(proxy) },
      agent: false,
    });
    asked.setTimeout(PATIENCE, () => asked.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    asked.once('error', done);
    asked.once('response', ({ statusCode }) => done(refused(statusCode)));
    asked.once('connect', ({ statusCode }, socket, head) => {
      asked.setTimeout(0);
      if (statusCode !== 200) {
        socket.destroy();
        return done(refused(statusCode));
      }
      socket.unshift(head);
      const secure = connect({ ...options, socket });
      done(null, secure);
    });
    asked.end();
  }
}

function refused(status: number | undefined): Error {
  return new Error(`the proxy answers ${status}`);
}

/** The host that is connected to. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Whether a list of hosts, each with all that end in it, has that of a URL. */
function isDirect(url: URL, list: string): boolean {
  const host = hostOf(url).toLowerCase();
  const port = url.port || DEFAULT_PORTS[url.protocol];
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, only] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
      if (only !== undefined && only !== port) return false;
      const plain = name.replace(/^\*?\./, '');
      return host === plain || host.endsWith(`.${plain}`);
    });
}
