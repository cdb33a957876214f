import { NUMBER, objectOf, STRING, TIME, UNKNOWN } from '../../base/type.ts';
import { secret } from '../connections/secrets.ts';
import { tlsOfUrl } from '../connections/tls.ts';
import { flag, optionalFlag, size } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { addressFault, subscribedOf } from '../subscriptions/address.ts';
import { eventsInWords } from '../subscriptions/reading.ts';
import { Subscription } from '../subscriptions/subscription.ts';

/** The most bytes of an event unless given: a result of some hundred thousand rows. */
const MAX_EVENT = 64 * 1024 * 1024;

const TAGGED_ROW = objectOf({
  source: STRING,
  view: STRING,
  batch: NUMBER,
  time: TIME,
  start: TIME,
  end: TIME,
  key: UNKNOWN,
  row: UNKNOWN,
});

const TAGGED_EVENT = objectOf({ source: STRING, event: STRING, id: STRING, line: STRING });

export const subscribe = defineSource({
  name: 'subscribe',
  summary: 'The results of a view that another leat serves, or any server-sent events',
  synonyms: ['sse', 'eventsource', 'server-sent events', 'events', 'stream', 'push', 'url', 'webhook', 'curl'],
  docs: [
    'Of a view (`/v/NAME`) each result gives its rows as records, as they are there; only what changes is sent. With `changes: true` rows that are as they were are left out, where rows have keys. `?then=STAGES` in the URL has the other leat do a part of the work.',
    'Of any other URL the data of each event is a record: a text, for `json` and other parsers.',
    'It connects again when the server leaves or is not there yet, after 250 ms, then twice as long each time, up to 30 s, and goes on from the last event; what it missed is told. With `--checkpoint` another process does so too. `wait: false` makes a server that is not there at first a failure (exit 3). With `--once` it gives the newest result of a view and ends; another stream it reads until its end.',
    'A view behind a token is given it by `token: "${NAME}"`, a variable of the environment. `https:` is encrypted, and the certificate of the server is checked; `ca:` says whom to trust.',
    '`tag: true` gives `{source, view, batch, time, start, end, key, row}`, times in ms, and with `changes: true` also those that are gone, with a `row` of null; of other streams `{source, event, id, line}`.',
  ].join(' '),
  examples: [
    {
      program: 'subscribe("http://localhost:8080/v/paths") | filter(.p99 > 200)',
      notRun: 'it needs a server',
      in: '{"path":"/a","p99":250}',
      out: '{"path":"/a","p99":250}',
    },
    {
      program: 'subscribe("https://example.org/changes", token: "${TOKEN}") | json | countBy(.kind) | running',
      notRun: 'it needs a server',
      in: '{"kind":"edit"}',
      out: 'edit\t1',
    },
  ],
  parameters: {
    url: secret('the address of a view, or of a stream of events; `${NAME}` stands for a variable of the environment', {
      apart: true,
    }).checked(addressFault),
    changes: flag('gives only rows that are new or other than they were'),
    token: secret('what the server wants to be told, as a bearer token; `${NAME}` stands for a variable', {
      named: true,
      apart: true,
    }).optional(),
    wait: optionalFlag(
      'whether to wait for a server that is not there at the start, which it does unless told otherwise',
    ),
    maxEvent: size('the most bytes of an event', { named: true, apart: true }).or(MAX_EVENT),
    ...tlsOfUrl,
    tag: flag('gives `{source, view, batch, time, start, end, key, row}` instead of the row alone'),
  },
  gives: ({ url, tag }) => {
    if (subscribedOf(url).isView) return tag ? TAGGED_ROW : UNKNOWN;
    return tag ? TAGGED_EVENT : STRING;
  },
  splitInWords: eventsInWords,
  behaviour: () => ({
    kind: 'live',
    replayable: true,
    open: ({ wait, ...args }, context, from) => new Subscription({ ...args, wait: wait ?? true }, context, from),
  }),
});
