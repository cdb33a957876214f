import type { TextFault } from '../../base/problem.ts';
import { filledIn, variableFault } from '../connections/secrets.ts';
import { certificateOfServer } from '../connections/tls.ts';
import { duration, flag, list, text, whole } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { none } from './none.ts';

/** As browsers write where a page is from. */
const ORIGIN = /^https?:\/\/[^/\s?#]+$/;
/** A shorter secret is found by trying. */
const LEAST_TOKEN = 8;

function tokenFault(token: string): string | TextFault | undefined {
  const fault = variableFault(token);
  if (fault !== undefined || filledIn(token).length >= LEAST_TOKEN) return fault;
  return `a token has ${LEAST_TOKEN} characters or more`;
}

/** How far back results are kept unless given, ms. */
const KEEP = 15 * 60_000;

/** Whether it can stand in an address as it is. */
function isName(text: string): boolean {
  return /^[\p{L}\p{N}_-]{1,64}$/u.test(text);
}

export const serve = defineSink({
  name: 'serve',
  summary: 'Serves the results over HTTP as they come: a live page, JSON, CSV, events',
  synonyms: ['dashboard', 'web', 'http', 'page', 'sse', 'eventsource', 'api', 'prometheus', 'grafana', 'browser'],
  docs: [
    'Hands its records on, so that `… | serve(8080) | save("out")` does both. Several of one program with the same port are views of one page; `--serve 8080` serves each output of a program as it is.',
    'A view has the name that is given, else that of its `let` stream, else that of its key. `/` is the page, `/v/NAME` that of one view, `/v/NAME.svg` its picture; `/v/NAME.json`, `.jsonl`, `.csv`, `.tsv` and `.md` are the newest result, of before with `?at=14:02` `?since=10m` or `?last=60`,',
    'with `?wait=30s&after=N` as soon as there is a newer batch than N; `/v/NAME/KEY` is the row of a key; `/v/NAME/events` sends first the whole result, then what changes (Server-Sent Events); `?then=STAGES` puts more stages behind any of these;',
    '`/api` says what there is, as OpenAPI, `/metrics` how the run goes, for Prometheus, `/healthz` that it does. Results are kept for `keep:`, 64 MB of them at most. A client that is too slow is skipped to the newest result, and holds up nobody.',
    'Only this machine can look unless `host:` says otherwise; then a token is needed, which is made and shown unless `token:` says it or `open: true` lets everyone look. `cors:` names pages elsewhere that may read it. `cert:` and `key:` encrypt it (https). It is read only.',
    'When the input ends, what is kept is served on until Ctrl-C, or the end of `--for`.',
  ].join(' '),
  examples: [
    {
      program: 'words | countByValue | serve(8080)',
      in: 'to be',
      out: '',
      notRun: 'it serves until it is stopped',
    },
    {
      program:
        'json | groupBy(.path, {n: count(), p99: p99(.ms)}) | window(1m, 10s) | serve(8080, name: "paths", keep: 1h)',
      in: '{"path":"/a","ms":12}',
      out: '',
      notRun: 'it serves until it is stopped',
    },
  ],
  parameters: {
    port: whole('the port; 0 takes a free one', { most: 65_535, apart: true }),
    name: text('what the view is called in addresses', { named: true })
      .checked((name) => (isName(name) ? undefined : 'the name of a view has letters, digits, _ and -, 64 at most'))
      .optional(),
    host: text('the address to listen on', { named: true, apart: true }).or('127.0.0.1'),
    keep: duration('how far back results are kept, 64 MB of them at most', { named: true, apart: true }).or(KEEP),
    token: text('what who looks has to know; `${NAME}` stands for a variable of the environment', {
      named: true,
      apart: true,
      isSecret: true,
    })
      .checked(tokenFault)
      .optional(),
    open: flag('everyone who reaches the address may look, without a token', false, { apart: true }),
    cors: list('pages elsewhere that may read it, as `["https://example.org"]`', { named: true, apart: true })
      .checked((origins) =>
        origins.every((origin) => typeof origin === 'string' && ORIGIN.test(origin))
          ? undefined
          : 'these are the origins of pages, as `["https://example.org"]`',
      )
      .or([]),
    metrics: flag('the newest numbers are in `/metrics` as well', false, { apart: true }),
    ...certificateOfServer,
  },
  serves: true,
  byClock: () => true,
  promise: 'again',
  create({ cors, token, cert, key, ...wish }, context, from) {
    const origins = cors.map((origin) => String(origin));
    const secure = cert === undefined ? undefined : { cert, key };
    return (
      context.openView?.({ ...wish, token: token && filledIn(token), cors: origins, secure }, from?.mark) ??
      none.create({}, context)
    );
  },
});
