import { entriesOf } from '../../base/fields.ts';
import type { TextFault } from '../../base/problem.ts';
import { type Fields, isFields, type Value } from '../../base/value.ts';
import { retry } from '../connections/retrying.ts';
import {
  calledPlace,
  filledIn,
  hasOpenPassword,
  OPEN_PASSWORD,
  secret,
  variableFault,
} from '../connections/secrets.ts';
import { tlsOfUrl } from '../connections/tls.ts';
import { urlFault } from '../connections/urls.ts';
import type { PrintFormat } from '../define/context.ts';
import { constant, flag, text } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { Poster } from '../http/poster.ts';
import { NumberedSink } from '../output/numbered-sink.ts';

/** What a batch can be posted as, and what that is called. */
const TYPES: { readonly [format: string]: string } = {
  json: 'application/x-ndjson',
  text: 'text/plain; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  tsv: 'text/tab-separated-values; charset=utf-8',
};

function headersFault(headers: Value): string | TextFault | undefined {
  const wrong = 'headers are an object of texts, as `{"x-api-key": "${API_KEY}"}`';
  if (!isFields(headers)) return wrong;
  for (const [name, value] of entriesOf(headers)) {
    if (!/^[\w-]+$/.test(name) || typeof value !== 'string' || /[\r\n]/.test(filledIn(value))) return wrong;
    const fault = variableFault(value);
    if (fault !== undefined) return typeof fault === 'string' ? fault : `${fault.message}: ${fault.help}`;
  }
  return undefined;
}

export const http = defineSink({
  name: 'http',
  summary: 'Posts each batch to a URL, as lines of JSON',
  synonyms: ['webhook', 'post', 'curl', 'rest', 'push', 'slack'],
  docs:
    'Each batch that gives something is the body of a request by POST, NDJSON unless `format:` says otherwise, packed with `gzip: true`. It has an `Idempotency-Key`, which is the same when it is sent again: a server that knows such keys takes each batch once, also across the ends of a run with `--checkpoint`, and the source `http` of leat is one. ' +
    'No answer, 408, 425, 429 and 5xx are tried again for `retry:`, and what reads waits; then, and at once with any other answer but 2xx, the run ends with exit code 4 and the words of the server. A server that says `Retry-After` is left alone for so long. A redirection is not followed but told. `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` of the environment count, and this machine is never reached through a proxy. When the run starts the server is asked by HEAD, so that one that is not there, or answers 401, is told before anything is read. ' +
    'A batch is one request with `--checkpoint`; without, and where all input is one batch of one source, it is one for each 10,000 records or megabyte. ' +
    'With `token:` it says `Authorization: Bearer …`; `headers:` has others, also another `content-type`. A user and password in the URL, or better `${NAME}` in it for a variable of the environment, is sent as such.',
  examples: [
    {
      program: 'json | groupBy(.path, {n: count()}) | http("https://example.com/hits", token: "${API_TOKEN}")',
      in: '{"path":"/a"}',
      out: '',
      notRun: 'it needs a server',
    },
    {
      program:
        'json | filter(.status >= 500) | map({text: .path}) | http("${SLACK_URL}", headers: {"content-type": "application/json"})',
      in: '{"path":"/a","status":500}',
      out: '',
      notRun: 'it needs a server',
    },
  ],
  parameters: {
    url: secret('where to: `"https://example.com/events"`').checked(urlFault),
    token: secret('what the server wants to know; `${NAME}` stands for a variable of the environment', {
      named: true,
    }).optional(),
    headers: constant('further headers, as `{"x-api-key": "${API_KEY}"}`', { named: true, isSecret: true })
      .checked(headersFault)
      .optional(),
    gzip: flag('whether what is sent is packed'),
    format: text('what is posted', { named: true, choices: ['json', 'text', 'csv', 'tsv'] }).or('json'),
    ...tlsOfUrl,
    retry,
  },
  promise: 'again',
  create({ url, token, headers, gzip, format, retry: within, ...files }, context, from) {
    if (hasOpenPassword(url)) context.note(OPEN_PASSWORD);
    const said: { [name: string]: string } = { 'content-type': TYPES[format]!, 'user-agent': 'leat' };
    if (token !== undefined) said.authorization = `Bearer ${filledIn(token)}`;
    for (const [header, value] of headers === undefined ? [] : entriesOf(headers as Fields))
      said[header.toLowerCase()] = filledIn(value as string);
    const name = calledPlace(url);
    const target = new Poster({
      url: new URL(filledIn(url)),
      name,
      headers: said,
      gzip,
      files,
      retry: within,
      note: (message) => context.note(message),
    });
    return new NumberedSink({ name, format: format as PrintFormat, target, context, from });
  },
});
