import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { toJson } from '../../base/json.ts';
import { nearest } from '../../base/nearest.ts';
import type { Fields, Value } from '../../base/value.ts';
import { svgDocument } from '../../flow/svg/document.ts';
import type { Access } from './access.ts';
import { type Answer, COMMON_HEADERS, send } from './answer.ts';
import type { EventSink } from './feed.ts';
import type { Look } from './look.ts';
import { metricsText } from './metrics.ts';
import { openApiOf } from './open-api.ts';
import type { Page } from './page.ts';
import { pictureOf } from './picture.ts';
import { Refusal } from './refusal.ts';
import { REPRESENTATIONS } from './representations.ts';
import { askedOf, rowOf } from './results.ts';
import { runDataOf } from './run-data.ts';
import type { ServedView } from './served-view.ts';
import type { ThenViews } from './then-views.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Completes stages that are being written behind some records. */
export type CompleteStages = (text: string, records: readonly Value[]) => Completed;

/** What could stand at the end of a text, from `start` on. */
interface Completed {
  readonly start: number;
  readonly candidates: readonly { readonly text: string; readonly summary: string }[];
}

/** Longer stages are not completed, and more candidates not sent: somebody who chooses reads a few. */
const LONGEST_STAGES = 2000;
const MOST_CANDIDATES = 200;
/** So many rows say what the fields are. */
const LOOKED_AT = 200;

interface SiteSettings {
  readonly thens: ThenViews;
  readonly page: Page;
  readonly access: Access;
  readonly clock: Clock;
  readonly look: Look;
  readonly complete: CompleteStages;
  /** Whose pages may read it. */
  readonly cors: readonly string[];
}

/** One request, and its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** For the answer. */
  readonly headers: { readonly [name: string]: string };
}

/** What is served at one address: which answer belongs to which address. */
export class Site {
  readonly views = new Map<string, ServedView>();
  private readonly settings: SiteSettings;

  constructor(settings: SiteSettings) {
    this.settings = settings;
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const headers = this.settings.access.check(request, url);
    const exchange: Exchange = { request, response, url, headers };
    const [first, ...others] = url.pathname.slice(1).split('/');
    const { look, clock } = this.settings;
    if (first === 'v' && others[0] !== undefined && others[0] !== '')
      return this.view(exchange, others[0], others.slice(1));
    if (first === 'api' && others[0] === 'complete' && others.length === 1) return this.complete(exchange);
    if (first === 'api' && others[0] === 'run' && others.length === 1)
      return this.json(exchange, runDataOf(look, this.views.values(), clock.now()));
    if (others.length > 0) throw unknownAddress();
    const file = this.settings.page.file(first!, request, []);
    if (file !== undefined) return this.send(exchange, file);
    switch (first) {
      case 'healthz':
        return this.json(exchange, { alive: true, lag: look.state().lag, over: look.isOver() });
      case 'events':
        return this.events(exchange, [...this.views.values()], false);
      case 'api':
        return this.json(exchange, openApiOf(look, [...this.views.values()], this.settings.access.token !== undefined));
      case 'metrics': {
        const body = metricsText(look, [...this.views.values()], clock.now());
        return this.text(exchange, 'text/plain; version=0.0.4; charset=utf-8', body);
      }
      default:
        throw unknownAddress();
    }
  }

  private async view(exchange: Exchange, first: string, rest: readonly string[]): Promise<void> {
    const [, stem, ending] = /^(.*)\.(\w+)$/.exec(first) ?? [undefined, first, undefined];
    const parent = this.viewNamed(decoded(stem!));
    const stages = exchange.url.searchParams.get('then')?.trim() ?? '';
    const isPage = ending === undefined && (rest.length === 0 || rest[0] === '' || rest[0] === 'embed');
    const served = stages === '' || isPage ? parent : await this.settings.thens.get(parent, stages);
    if (ending !== undefined && rest.length === 0) return this.result(exchange, served, ending);
    // As it is written: a key of that name is had with one of its letters escaped.
    if (rest[0] === 'events' && rest.length === 1 && ending === undefined) return this.events(exchange, [served], true);
    if (ending !== undefined) throw unknownAddress();
    const [only, ...more] = rest;
    const isEmbedded = only === 'embed' && more.length === 0;
    if (only === undefined || only === '' || isEmbedded) {
      return this.send(exchange, this.settings.page.file('', exchange.request, isEmbedded ? this.settings.cors : [])!);
    }
    this.text(exchange, JSON_TYPE, rowOf(served.view, rest.map(decoded)));
  }

  /** What may stand where somebody writes stages behind a view: `/api/complete?view=NAME&text=STAGES`. */
  private complete(exchange: Exchange): void {
    const { searchParams } = exchange.url;
    const { view } = this.viewNamed(searchParams.get('view') ?? '');
    const text = searchParams.get('text') ?? '';
    if (text.length > LONGEST_STAGES) throw new Refusal(413, 'too-long', 'these stages are too long to be completed');
    const { start, candidates } = this.settings.complete(text, view.ring.newest?.records.slice(0, LOOKED_AT) ?? []);
    const some = candidates.slice(0, MOST_CANDIDATES).map(({ text, summary }): Fields => ({ text, summary }));
    this.json(exchange, { start, candidates: some });
  }

  private viewNamed(name: string): ServedView {
    const view = this.views.get(name);
    if (view !== undefined) return view;
    const near = nearest(name, this.views.keys());
    const names = [...this.views.keys()].join(', ');
    throw new Refusal(
      404,
      'unknown-view',
      `there is no view ${name.slice(0, 100)}`,
      near === undefined ? `there are: ${names}` : `did you mean ${near}?`,
    );
  }

  private async result(exchange: Exchange, served: ServedView, ending: string): Promise<void> {
    const { view, events } = served;
    if (ending === 'svg') return this.text(exchange, 'image/svg+xml; charset=utf-8', svgDocument([pictureOf(view)]));
    const way = Object.hasOwn(REPRESENTATIONS, ending) ? REPRESENTATIONS[ending] : undefined;
    if (way === undefined) {
      const endings = [...Object.keys(REPRESENTATIONS), 'svg'].map((known) => `.${known}`);
      throw new Refusal(404, 'unknown-format', `there is no .${ending} of a view`, `there are: ${endings.join(', ')}`);
    }
    const { request, response, url } = exchange;
    const asked = await askedOf(view, events, url.searchParams, {
      clock: this.settings.clock,
      gone: (call) => response.on('close', call),
    });
    if (asked === undefined)
      return send(request, response, { status: 204, type: way.type, body: '', headers: exchange.headers });
    // What was on before is not kept.
    const isNow = 'batch' in asked && asked.batch === view.ring.newest;
    const id = 'batch' in asked ? { 'leat-batch': events.idOf(asked.batch) } : {};
    send(request, response, {
      type: way.type,
      body: await way.write(view.name, asked, isNow ? served.alerts() : []),
      headers: { ...this.crossing(), ...id, ...exchange.headers },
    });
  }

  /** The events of some views; of one alone those that who comes back has missed. */
  private events({ request, response, url, headers }: Exchange, views: readonly ServedView[], isOne: boolean): void {
    const last = isOne ? (url.searchParams.get('after') ?? request.headers['last-event-id']) : undefined;
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.setMaxListeners(0);
    response.writeHead(200, {
      ...COMMON_HEADERS,
      ...this.crossing(),
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      ...headers,
    });
    if (request.method === 'HEAD') return void response.end();
    response.flushHeaders();
    const isBare = url.searchParams.get('whole') === 'true';
    const out = endedBy(views.length, response);
    for (const { feed } of views) feed.add(out, typeof last === 'string' ? last : undefined, isBare);
  }

  private json(exchange: Exchange, value: Parameters<typeof toJson>[0]): void {
    this.text(exchange, JSON_TYPE, `${toJson(value)}\n`);
  }

  private text({ request, response, headers }: Exchange, type: string, body: string): void {
    send(request, response, { type, body, headers: { ...this.crossing(), ...headers } });
  }

  private send({ request, response, headers }: Exchange, answer: Answer): void {
    send(request, response, { ...answer, headers: { ...answer.headers, ...headers } });
  }

  /** Where pages elsewhere may read it, browsers have to let them. */
  private crossing(): { readonly [name: string]: string } {
    return this.settings.cors.length === 0 ? {} : { 'cross-origin-resource-policy': 'cross-origin' };
  }
}

/** An answer that several write to: its end is that of the last of them. */
function endedBy(count: number, response: ServerResponse): EventSink {
  let open = count;
  return {
    get writableLength() {
      return response.writableLength;
    },
    write: (event, sent) => response.write(event, sent),
    end(last) {
      if (--open === 0) response.end(last);
    },
    destroy: () => response.destroy(),
    on: (what, call) => response.on(what, call),
  };
}

function unknownAddress(): Refusal {
  return new Refusal(404, 'unknown-address', 'there is nothing at this address', '/api says what there is');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, 'no-address', 'a % in an address is followed by two hexadecimal digits of UTF-8');
  }
}
