import { RunFailure } from '../../base/problem.ts';
import { parseTime } from '../../base/time.ts';
import { NUMBER, STRING, UNKNOWN, wholeObject } from '../../base/type.ts';
import { addressOf, brokerSecrets, brokerTls, brokerUrl } from '../brokers/address.ts';
import { hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import { flag, optionalFlag, size, text } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { textType } from '../framing/text.ts';
import { receive } from '../input/receiving.ts';
import { NATS } from '../nats/client.ts';
import { isSubject, STREAM_NAME } from '../nats/names.ts';
import { NatsStreamReading, type StreamPlace, streamInWords } from '../nats/stream-reading.ts';
import { readSubject } from '../nats/subject-reading.ts';
import { countedFramer } from '../sockets/counted.ts';

/** `"start"`, `"end"`, the number of a message, or a time. */
function placeOf(text: string): StreamPlace | undefined {
  if (text === 'start' || text === 'end') return text;
  if (/^[1-9]\d{0,14}$/.test(text)) return { sequence: Number(text) };
  const time = parseTime(text);
  return time === undefined ? undefined : { time };
}

export const nats = defineSource({
  name: 'nats',
  summary: 'The messages of a stream of NATS (JetStream), or what is sent to a subject',
  synonyms: ['jetstream', 'subject', 'pubsub', 'subscribe', 'message queue', 'broker'],
  docs: [
    'Without `stream:` it hears what is sent to a subject (`"orders.*"`, `"orders.>"`) while it is connected: nobody keeps that, so what is sent while the connection is broken, or leat is down, is lost. With `--checkpoint` what has come is written down before it is worked on.',
    'With `stream: "ORDERS"` it reads a stream of JetStream, all of it or the messages of the subject, from the end of what is there, or with `from: "start"` all of it, or from a time or the number of a message on; with `until: "end"` or `--once` it ends. It uses consumers that are gone with it, so that nothing else is disturbed, and with `--checkpoint` goes on exactly where it was. Messages that were deleted before they were read are told of.',
    'A message is a record, usually a line for a parser: `nats("nats://localhost", "orders.>", stream: "ORDERS") | json`.',
    'Without a server, or a stream, it waits; with `wait: false` that is a failure (exit 3).',
  ].join(' '),
  examples: [
    {
      program:
        'nats("nats://localhost", "orders.>", stream: "ORDERS", from: "start") | json | countBy(.shop) | running',
      notRun: 'it needs a server',
      out: 'a\t1',
    },
    {
      program: 'nats("nats://app:${NATS_PASSWORD}@localhost", "orders.*", tag: true) | countBy(.subject)',
      notRun: 'it needs a server',
      out: 'orders.new\t1',
    },
  ],
  parameters: {
    url: brokerUrl(NATS),
    subject: text('the subject, or a pattern that several match: `"orders.*"`, `"orders.>"`')
      .checked((subject) =>
        isSubject(subject) ? undefined : 'it is words with points between, `*` for any, `>` for any at the end',
      )
      .optional(),
    stream: text('the stream of JetStream to read', { named: true })
      .checked((name) =>
        STREAM_NAME.test(name) ? undefined : 'a stream has no point, space, `*`, `>` or slash in its name',
      )
      .optional(),
    from: text('where to begin in a stream: `"start"`, `"end"`, a time, or the number of a message', {
      named: true,
      apart: true,
      with: 'stream',
    })
      .checked((from) =>
        placeOf(from) === undefined ? 'it is `"start"`, `"end"`, a time or a number, as text' : undefined,
      )
      .or('end'),
    until: text('where to end in a stream: what is there at the start', {
      named: true,
      choices: ['end'],
      with: 'stream',
    }).optional(),
    wait: optionalFlag(
      'whether to wait for a server or stream that is not there at the start, which it does unless told otherwise',
    ),
    maxLine: size('the most bytes of a message; a longer one is bad', { named: true }).or(1024 * 1024),
    ...brokerTls,
    tag: flag(
      'gives `{source, subject, sequence, time, headers, line}` of a stream, `{source, line, subject, headers}` of a subject',
    ),
  },
  gives(args) {
    if (args.stream === undefined) return textType(args, { subject: STRING, headers: UNKNOWN });
    const tagged = { source: STRING, subject: STRING, sequence: NUMBER, time: NUMBER, headers: UNKNOWN, line: STRING };
    return args.tag ? wholeObject(tagged) : STRING;
  },
  splitInWords: streamInWords,
  behaviour: ({ stream, until }) => ({
    kind: until === undefined ? 'live' : 'bounded',
    ...(stream === undefined
      ? { replayable: false, received: true, endless: 'nobody keeps what is sent to a subject' }
      : { replayable: true }),
    open(args, context, from) {
      const { url, subject, stream } = args;
      if (hasOpenPassword(url)) context.note(OPEN_PASSWORD);
      const wait = args.wait ?? true;
      const to = { ...args, address: addressOf(url, NATS), secrets: () => brokerSecrets(args, 3), wait };
      if (stream !== undefined) {
        const isBounded = context.once || args.until !== undefined;
        return new NatsStreamReading({ ...to, stream, subject, from: placeOf(args.from)!, isBounded }, context, from);
      }
      if (subject === undefined) {
        const help = 'name a subject, `nats("nats://localhost", "orders.>")`, or a stream, `stream: "ORDERS"`';
        throw new RunFailure('nats-what', 2, '`nats` cannot tell what to read', help);
      }
      const framer = countedFramer(args, context);
      return { framer, run: () => readSubject({ ...to, subject }, receive(subject, context, framer), context) };
    },
  }),
});
