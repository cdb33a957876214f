import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { TLSSocket } from 'node:tls';
import { bearerOf, tokenCheck } from '../../flow/http/tokens.ts';
import { isLoopback, isOwnName } from '../../flow/sockets/address.ts';
import { Refusal } from './refusal.ts';

/** Who may look at a server. */
interface AccessSettings {
  readonly host: string;
  readonly token: string | undefined;
  readonly open: boolean;
  readonly cors: readonly string[];
}

/** Cookies know nothing of ports: several leat of one host would take each other's. */
function cookieName({ socket: { localPort } }: IncomingMessage): string {
  return `leat-token-${localPort}`;
}

/**
 * Who may look, by what they ask with: a token where there is one, and else by the name under which they reach the server. With a token any name
 * will do: a page that is led here by another name does not know it, and is not sent the cookie, which belongs to the name where it was set; and
 * what stands in front of the server, for TLS, goes by a name of its own.
 */
export class Access {
  /** What who looks has to know; undefined where nothing is needed. */
  readonly token: string | undefined;
  private readonly settings: AccessSettings;
  private readonly isRight: ((given: string) => boolean) | undefined;

  /** A token is made where one is needed and not given: the address is one that others reach, and not `open`. */
  constructor(settings: AccessSettings) {
    const isNeeded = settings.token !== undefined || (!isLoopback(settings.host) && !settings.open);
    this.settings = settings;
    this.token = isNeeded ? (settings.token ?? randomBytes(18).toString('base64url')) : undefined;
    this.isRight = this.token === undefined ? undefined : tokenCheck(this.token);
  }

  /**
   * Whether who asks may.
   *
   * @returns headers of the answer.
   * @throws Refusal.
   */
  check(request: IncomingMessage, url: URL): { readonly [name: string]: string } {
    const headers = this.checkOrigin(request);
    if (this.isRight === undefined) {
      this.checkHost(request);
      return headers;
    }
    const inUrl = url.searchParams.get('token');
    const given = inUrl ?? bearerOf(request) ?? cookieOf(request);
    if (given === undefined || !this.isRight(given)) {
      throw new Refusal(
        401,
        'no-token',
        given === undefined ? 'a token is needed to look at this' : 'the token is another one',
        'take the link that leat shows when it starts, or send `Authorization: Bearer TOKEN`',
        { headers: { 'www-authenticate': 'Bearer realm="leat"' } },
      );
    }
    if (inUrl === null) return headers;
    // So that the links of the page need not have it.
    return {
      ...headers,
      'set-cookie': `${cookieName(request)}=${encodeURIComponent(inUrl)}; Path=/; HttpOnly; SameSite=Strict${isSecure(request) ? '; Secure' : ''}`,
    };
  }

  /** A page of another origin may read only where that is said. Browsers say where a page is from; others need not. */
  private checkOrigin({ headers: { origin, host } }: IncomingMessage): { readonly [name: string]: string } {
    if (origin === undefined) return {};
    if (this.settings.cors.includes(origin)) return { 'access-control-allow-origin': origin, vary: 'origin' };
    if (/^https?:\/\/(.+)$/.exec(origin)?.[1] === host) return {};
    throw new Refusal(
      403,
      'other-origin',
      `a page from ${origin.slice(0, 100)} may not read this`,
      `let the program say so: serve(…, cors: ["${origin.slice(0, 100)}"])`,
    );
  }

  /**
   * Another name may be one that somebody made lead here (DNS rebinding), so that a page of theirs reads what this machine alone may. An address
   * cannot be made so, but where it is this machine's own.
   */
  private checkHost({ headers: { host } }: IncomingMessage): void {
    const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (isOwnName(name)) return;
    const bare = name.replace(/^\[|\]$/g, '');
    if (bare === this.settings.host.toLowerCase()) return;
    if (!isLoopback(this.settings.host) && (isIP(bare) > 0 || bare === hostname().toLowerCase())) return;
    throw new Refusal(
      403,
      'other-host',
      `this server does not go by the name ${host === undefined ? 'that is missing' : name.slice(0, 100)}`,
      'ask it by its address, as leat shows it; behind another server give it a token: serve(…, token: "…")',
    );
  }
}

/** Whether what asks came by an encrypted connection to this process. */
function isSecure({ socket }: IncomingMessage): boolean {
  return socket instanceof TLSSocket;
}

function cookieOf(request: IncomingMessage): string | undefined {
  const value = new RegExp(`(?:^|; *)${cookieName(request)}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1];
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
