import { BadRecord, RunFailure } from '../../base/problem.ts';
import { formatType, mayBePair } from '../../base/type.ts';
import { isFields, type Value } from '../../base/value.ts';
import { addressOf, brokerSecrets, brokerTls, brokerUrl } from '../brokers/address.ts';
import { messageText } from '../brokers/message-format.ts';
import { MessageSink } from '../brokers/message-sink.ts';
import { PlacedSink } from '../brokers/placed-sink.ts';
import { retry } from '../connections/retrying.ts';
import { hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import type { SinkContext } from '../define/context.ts';
import { type Bound, duration, lambda, text, whole } from '../define/parameters.ts';
import { defineSink, type Sink, type SinkStart } from '../define/sink.ts';
import { markOf } from '../output/transacted-sink.ts';
import { type Command, REDIS } from '../redis/client.ts';
import { fieldsFor, keyCommands } from '../redis/key-commands.ts';
import { openCommands } from '../redis/outward.ts';
import { StreamWriter } from '../redis/stream-writer.ts';

/** Field of an entry for a record that is no object. */
const LINE = 'line';

const parameters = {
  url: brokerUrl(REDIS),
  key: lambda('the key of a record: a text as it is, anything else as JSON', undefined, { named: true }).optional(),
  value: lambda('what to write under the key instead of the whole record; null means that the key is gone', undefined, {
    named: true,
    with: 'key',
  }).optional(),
  ttl: duration('how long what is under a key is there', { named: true }).optional(),
  stream: text('the stream to add to, instead of keys', { named: true }).optional(),
  field: text('of a stream, the field of an entry that a record is written to as a whole', {
    named: true,
    with: 'stream',
  }).optional(),
  maxLength: whole('of a stream, about how many entries it keeps', {
    named: true,
    least: 1,
    with: 'stream',
  }).optional(),
  channel: text('the channel to publish to, instead of keys', { named: true }).optional(),
  format: text(
    'what a record is written as, where it is not to be a text as it is, an object as fields, and anything else as JSON',
    {
      named: true,
      choices: ['text', 'json'],
    },
  ).optional(),
  ...brokerTls,
  retry,
};

type Arguments = Bound<typeof parameters>;

function streamSink(args: Arguments, context: SinkContext, from: SinkStart | undefined): Sink {
  const { stream, field = LINE, maxLength, format, retry: within } = args;
  const address = addressOf(args.url, REDIS);
  const name = `the stream ${stream} of ${address.called}`;
  const mark = markOf(from);
  const writer = new StreamWriter(
    {
      address,
      secrets: () => brokerSecrets(args, 4),
      stream: stream!,
      name,
      maxLength,
      retry: within,
      note: (message) => context.note(message),
    },
    mark && { id: mark.id, written: mark.written ?? undefined },
  );
  const isWhole = args.field !== undefined || format !== undefined;
  const toMessage = messageText(args.format);
  const messageOf = (record: Value) => {
    const message = isWhole || !isFields(record) ? [field, toMessage(record)] : fieldsFor(record);
    if (message.length === 0) throw new BadRecord('no fields');
    let size = 0;
    for (const part of message) size += part.length;
    return { message, size };
  };
  return new PlacedSink({ name, writer, messageOf, context, from });
}

function commandSink(args: Arguments, context: SinkContext): Sink {
  const { key, value, ttl, channel, format, retry: within } = args;
  const address = addressOf(args.url, REDIS);
  const settings = { key: key?.call, value: value?.call, ttl, isJson: format === 'json' };
  const toMessage = messageText(args.format);
  const secrets = () => brokerSecrets(args, 4);
  return new MessageSink<readonly Command[]>({
    name: channel === undefined ? address.called : `the channel ${channel} of ${address.called}`,
    open: () => openCommands(address, secrets()),
    messageOf(record) {
      const message: readonly Command[] =
        channel === undefined ? keyCommands(record, settings) : [['PUBLISH', channel, toMessage(record)]];
      let size = 0;
      for (const command of message) for (const part of command) size += part.length;
      return { message, size };
    },
    retry: within,
    context,
  });
}

/** What is wrong with arguments that are each well. */
function check({ key, stream, channel, ttl }: Arguments, { type }: SinkContext): void {
  const named = [key && 'key', stream && 'stream', channel && 'channel'].filter((name) => name !== undefined);
  if (named.length > 1) {
    const names = named.map((name) => `\`${name}:\``).join(' and ');
    throw new RunFailure('arguments-apart', 2, `${names} are different ways to write to Redis: give one of them`);
  }
  if (ttl !== undefined && (stream ?? channel) !== undefined) {
    throw new RunFailure('arguments-apart', 2, '`ttl:` is for keys, and neither a stream nor a channel is one');
  }
  if (named.length === 0 && type !== undefined && !mayBePair(type)) {
    const help = 'say what the key of a record is, `key: .id`, or name a stream or a channel, `stream: "events"`';
    throw new RunFailure('arguments-apart', 2, `\`redis\` has no key for ${formatType(type)}`, help);
  }
}

export const redis = defineSink({
  name: 'redis',
  summary: 'Writes each record under its key in Redis, adds it to a stream, or publishes it',
  synonyms: ['valkey', 'hset', 'xadd', 'publish', 'cache', 'redis-cli'],
  docs: [
    'With `key: .id` each record takes the place of what its key had: an object as a hash, anything else as a text; pairs are their key and value without it. `value:` says what to write instead of the whole record, where null means that the key is gone; `ttl:` how long it is there; `format: "json"` writes objects as JSON too. A batch that comes again changes nothing.',
    'With `stream: "events"` it is added to a stream: an object as its fields, anything else as the field `line`, or each as a whole as the field that `field:` names. The entries of a batch, and how far leat has come, are written in one transaction, so that each is there once, also where a run with `--checkpoint` is killed and goes on; `maxLength:` bounds the stream. Input that is one batch is written in parts, of 5,000 records or 1 MB at most.',
    'With `channel: "news"` it is published to who listens then.',
    'It connects when the run starts, so that a wrong password is told before anything is read. A server that cannot be reached is tried again for `retry:`, and what reads waits; then, and at once where it refuses something, the run ends with exit code 4 and its own words.',
  ].join(' '),
  examples: [
    {
      program: 'json | groupBy(.path, {n: count()}) | redis("redis://localhost", key: "hits:" + .path)',
      in: '{"path":"/"}',
      out: '',
      notRun: 'it needs a server',
    },
    {
      program: 'json | filter(.ms > 500) | redis("redis://localhost", stream: "slow", maxLength: 10000)',
      in: '{"ms":900}',
      out: '',
      notRun: 'it needs a server',
    },
  ],
  parameters,
  promise: 'byKey',
  promiseWith: ({ stream, channel }) => (stream !== undefined ? 'exact' : channel !== undefined ? 'again' : undefined),
  create(args, context, from) {
    check(args, context);
    if (hasOpenPassword(args.url)) context.note(OPEN_PASSWORD);
    return args.stream === undefined ? commandSink(args, context) : streamSink(args, context, from);
  },
});
