import { RunFailure } from '../../base/problem.ts';
import { NUMBER, STRING, wholeObject } from '../../base/type.ts';
import { addressOf, brokerSecrets, brokerTls, brokerUrl } from '../brokers/address.ts';
import { hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import type { SourceContext } from '../define/context.ts';
import type { Bound } from '../define/parameters.ts';
import { flag, optionalFlag, size, text } from '../define/parameters.ts';
import type { Position } from '../define/position.ts';
import { defineSource, type Source } from '../define/source.ts';
import { textType } from '../framing/text.ts';
import { receive } from '../input/receiving.ts';
import { fieldReader, fieldTypes, textFields, types, typesDocs } from '../parsing/field-types.ts';
import { readChannel } from '../redis/channel-reading.ts';
import { REDIS } from '../redis/client.ts';
import { placeOf } from '../redis/stream-id.ts';
import { RedisStreamReading, streamInWords } from '../redis/stream-reading.ts';
import { countedFramer } from '../sockets/counted.ts';

const parameters = {
  url: brokerUrl(REDIS),
  stream: text('the stream to read').optional(),
  channel: text('the channel to hear instead, or a pattern that several match: `"news.*"`', { named: true }).optional(),
  from: text('where to begin in a stream: `"start"`, `"end"`, a time, or an id, behind which it begins', {
    named: true,
    apart: true,
    with: 'stream',
  })
    .checked((from) => (placeOf(from) === undefined ? 'it is `"start"`, `"end"`, a time or an id' : undefined))
    .or('end'),
  until: text('where to end in a stream: what is there at the start', {
    named: true,
    choices: ['end'],
    with: 'stream',
  }).optional(),
  field: text('the field of an entry whose text is the record, for a parser; all of its fields are it unless given', {
    named: true,
    with: 'stream',
  }).optional(),
  types,
  wait: optionalFlag(
    'whether to wait for a server that is not there at the start, which it does unless told otherwise',
  ),
  maxLine: size('the most bytes of a message, or of a field; one with a longer one is bad', { named: true }).or(
    1024 * 1024,
  ),
  ...brokerTls,
  tag: flag(
    'gives `{source, id, time, entry}` of a stream, with `line` for `entry` where `field:` is given, and `{source, line, channel}` of a channel',
  ),
};

type Arguments = Bound<typeof parameters>;

function openStream(args: Arguments & { readonly stream: string }, context: SourceContext, from?: Position): Source {
  return new RedisStreamReading(
    {
      ...args,
      address: addressOf(args.url, REDIS),
      secrets: () => brokerSecrets(args, 3),
      from: placeOf(args.from)!,
      isBounded: context.once || args.until !== undefined,
      fieldValue: fieldReader(fieldTypes(args.types)),
      wait: args.wait ?? true,
    },
    context,
    from,
  );
}

function openChannel(args: Arguments & { readonly channel: string }, context: SourceContext): Source {
  const framer = countedFramer(args, context);
  const address = addressOf(args.url, REDIS);
  const reading = { ...args, address, secrets: () => brokerSecrets(args, 3), wait: args.wait ?? true };
  return { framer, run: () => readChannel(reading, receive(args.channel, context, framer), context) };
}

export const redis = defineSource({
  name: 'redis',
  summary: 'The entries of a stream of Redis, or what is published to a channel',
  synonyms: ['valkey', 'xread', 'redis-cli', 'pubsub', 'subscribe', 'message queue'],
  docs: [
    'Reads a stream from the end of what is there, or with `from: "start"` all of it, or from a time or behind an id; with `until: "end"` or `--once` it ends.',
    `An entry is an object of its fields. ${typesDocs} With \`field: "data"\` the text of that field is the record, usually a line for a parser: \`redis("redis://localhost", "events", field: "data") | json\`.`,
    'It is a member of no group, so that nothing else is disturbed, and with `--checkpoint` goes on exactly where it was. Entries that were trimmed before they were read are told of, by a server of version 7 or later.',
    'With `channel:` it hears what is published while it is connected: nobody keeps that, so what is published while the connection is broken, or leat is down, is lost. With `--checkpoint` what has come is written down before it is worked on.',
    'Without a server it waits; with `wait: false` that is a failure (exit 3).',
  ].join(' '),
  examples: [
    {
      program: 'redis("redis://localhost", "requests") | countBy(.path) | running',
      notRun: 'it needs a server',
      out: '/\t1',
    },
    {
      program: 'redis("redis://:${REDIS_PASSWORD}@localhost", channel: "news.*", tag: true) | countBy(.channel)',
      notRun: 'it needs a server',
      out: 'news.sport\t1',
    },
  ],
  parameters,
  gives(args) {
    if (args.channel !== undefined) return textType(args, { channel: STRING });
    if (args.field !== undefined)
      return args.tag ? wholeObject({ source: STRING, id: STRING, time: NUMBER, line: STRING }) : STRING;
    const entry = textFields(fieldTypes(args.types));
    return args.tag ? wholeObject({ source: STRING, id: STRING, time: NUMBER, entry }) : entry;
  },
  splitInWords: streamInWords,
  behaviour: ({ channel, until }) => ({
    kind: until === undefined ? 'live' : 'bounded',
    ...(channel === undefined
      ? { replayable: true }
      : { replayable: false, received: true, endless: 'nobody keeps what is published to a channel' }),
    open(args, context, from) {
      const { url, stream, channel } = args;
      if (hasOpenPassword(url)) context.note(OPEN_PASSWORD);
      if (channel !== undefined && stream === undefined) return openChannel({ ...args, channel }, context);
      if (stream !== undefined && channel === undefined) return openStream({ ...args, stream }, context, from);
      const what =
        stream === undefined ? 'neither a stream nor a channel is named' : 'a stream and a channel are named';
      const help =
        'one of the two: `redis("redis://localhost", "events")` or `redis("redis://localhost", channel: "news")`';
      throw new RunFailure('redis-what', 2, `\`redis\` cannot tell what to read: ${what}`, help);
    },
  }),
});
