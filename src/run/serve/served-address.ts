import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import { toJson } from '../../base/json.ts';
import { RunFailure } from '../../base/problem.ts';
import { readTls } from '../../flow/connections/tls.ts';
import type { RunContext } from '../../flow/define/context.ts';
import type { ViewWish } from '../../flow/define/view.ts';
import { codeOf, reasonOf } from '../../flow/input/fault.ts';
import { hostAndPort } from '../../flow/sockets/address.ts';
import { Access } from './access.ts';
import { HttpServer } from './http-server.ts';
import type { RunLook } from './look.ts';
import type { Page } from './page.ts';
import type { ServedView } from './served-view.ts';
import { type CompleteStages, Site } from './site.ts';
import { ThenViews } from './then-views.ts';

/** How long those who look may take to hear of the end, ms. */
const LAST_WORD = 500;

interface AddressSettings {
  readonly clock: Clock;
  readonly look: RunLook;
  readonly page: Page;
  readonly thenScript: URL;
  readonly complete: CompleteStages;
  /** See `Service`. */
  readonly until: number;
  /** What tells this run from others. */
  readonly runName: string;
  readonly run: Pick<RunContext, 'note' | 'fail'>;
}

/** A host and port where views are served. */
export class ServedAddress {
  /** Resolves when it listens, or cannot, which has failed the run then. */
  readonly opened: Promise<void>;
  private readonly wish: ViewWish;
  private readonly settings: AddressSettings;
  private readonly access: Access;
  private readonly site: Site;
  private server: HttpServer | undefined;
  private readonly thens: ThenViews;
  private open = 0;
  private hasToldEnd = false;

  constructor(wish: ViewWish, settings: AddressSettings) {
    this.wish = wish;
    this.settings = settings;
    this.access = new Access(wish);
    const look = { ...settings.look, isOver: () => this.hasToldEnd };
    const { clock, page, thenScript, complete, runName } = settings;
    this.thens = new ThenViews(clock, thenScript, runName);
    this.site = new Site({ access: this.access, clock, look, cors: wish.cors, page, complete, thens: this.thens });
    // All views are there when the first who looks can.
    this.opened = Promise.resolve().then(() => this.listen());
  }

  /** One more view with the same host and port. What is said of who may look has to be the same. */
  join(wish: ViewWish): void {
    const of = ({ token, open, cors, secure }: ViewWish) =>
      toJson([token ?? null, open, cors, secure?.cert ?? null, secure?.key ?? null]);
    if (of(wish) === of(this.wish)) return;
    this.settings.run.fail(
      new RunFailure(
        'other-access',
        2,
        `two views of one page say different things of who may look at ${hostAndPort(wish.host, wish.port ?? 0)}`,
        'give all of them the same `token:`, `open:`, `cors:`, `cert:` and `key:`, or other ports',
      ),
    );
  }

  has(name: string): boolean {
    return this.site.views.has(name);
  }

  add(view: ServedView): void {
    this.site.views.set(view.view.name, view);
    this.open++;
  }

  /** The input has ended: resolves when the run is ended, or is to end by itself. What is kept is served on until then. */
  async linger(signal: AbortSignal): Promise<void> {
    const { clock, until } = this.settings;
    const rest = until - clock.now();
    if (signal.aborted || rest <= 0) return;
    this.tellOfEnd(rest);
    await new Promise<void>((resolve) => {
      const callOff = rest === Number.POSITIVE_INFINITY ? () => {} : clock.at(until, resolve);
      const end = () => {
        callOff();
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
    });
  }

  /** Told once, however many views there are. @param rest how long they are there, ms. */
  private tellOfEnd(rest: number): void {
    if (this.hasToldEnd) return;
    this.hasToldEnd = true;
    const longest =
      rest === Number.POSITIVE_INFINITY ? '' : `, for another ${formatDuration(Math.ceil(rest / 1000) * 1000)}`;
    this.settings.run.note(`the input has ended; ${this.names} can be looked at until Ctrl-C${longest}`);
  }

  /** A view is over. Resolves, for the last of them, when nobody is answered any more. */
  async leave(): Promise<void> {
    await this.opened;
    this.open--;
    if (this.open > 0) return;
    await this.server?.close(LAST_WORD);
    // Until then somebody may have asked for more.
    this.thens.end();
  }

  private async listen(): Promise<void> {
    const { host, port = 0, secure } = this.wish;
    const { run } = this.settings;
    try {
      this.server = new HttpServer(
        (request, response, url) => this.site.handle(request, response, url),
        (error) => run.note(`a request failed by a fault of leat: ${reasonOf(error)}`),
        secure && readTls(secure, 4),
      );
      this.announce(await this.server.listen(host, port));
    } catch (error) {
      if (error instanceof RunFailure) return run.fail(error);
      const help =
        codeOf(error) === 'EADDRINUSE'
          ? 'take another port; 0 takes one that is free'
          : codeOf(error) === 'EACCES'
            ? 'ports below 1024 are for the administrator; take another one'
            : undefined;
      run.fail(
        new RunFailure('cannot-serve', 4, `cannot serve on ${hostAndPort(host, port)}: ${reasonOf(error)}`, help),
      );
    }
  }

  /** Says where to look. An address that stands for all of them is told as this machine's own. */
  private announce({ address, port }: AddressInfo): void {
    const near = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
    const { token } = this.access;
    const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
    const { run } = this.settings;
    const scheme = this.wish.secure === undefined ? 'http' : 'https';
    run.note(`${scheme}://${hostAndPort(near, port)}/${query} shows ${this.names}`);
  }

  private get names(): string {
    return [...this.site.views.keys()].map((name) => `\`${name}\``).join(', ');
  }
}
