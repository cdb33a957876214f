import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import { addressOf, brokerSecrets, brokerTls, brokerUrl } from '../brokers/address.ts';
import { messageFormat, messageText } from '../brokers/message-format.ts';
import { MessageSink } from '../brokers/message-sink.ts';
import { PlacedSink } from '../brokers/placed-sink.ts';
import { retry } from '../connections/retrying.ts';
import { hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import { text } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { NATS } from '../nats/client.ts';
import { isSubject, STREAM_NAME } from '../nats/names.ts';
import { Publishing } from '../nats/publishing.ts';
import { StreamWriter } from '../nats/stream-writer.ts';
import { markOf } from '../output/transacted-sink.ts';

export const nats = defineSink({
  name: 'nats',
  summary: 'Sends each record to a subject of NATS, or to a stream that confirms it',
  synonyms: ['jetstream', 'subject', 'publish', 'message queue', 'broker'],
  docs: [
    'A text is sent as it is, anything else as JSON. Without `stream:` it goes to who hears of the subject then.',
    'With `stream: "ORDERS"` the stream of JetStream that takes the subject has to confirm each message. Each has an id (`Nats-Msg-Id`), by which the stream knows it when it comes again, for as long as its `duplicate_window` says, 2 minutes unless it says otherwise; and where nobody else writes to the subject, what the last message was is known however long ago that was. So each is there once, also where a run with `--checkpoint` is killed and goes on.',
    'It connects when the run starts, so that a wrong password is told before anything is read. A server that cannot be reached is tried again for `retry:`, and what reads waits; then, and at once where it refuses something, the run ends with exit code 4 and its own words. A record that is larger than the server takes is bad.',
  ].join(' '),
  examples: [
    {
      program: 'json | filter(.ms > 500) | nats("nats://localhost", "slow", stream: "ALERTS")',
      in: '{"ms":900}',
      out: '',
      notRun: 'it needs a server',
    },
  ],
  parameters: {
    url: brokerUrl(NATS),
    subject: text('the subject').checked((subject) =>
      isSubject(subject) && !/(?:^|\.)[*>](?:\.|$)/.test(subject)
        ? undefined
        : 'it is words with points between, without `*` and `>`',
    ),
    stream: text('the stream of JetStream that takes the subject, and confirms', { named: true })
      .checked((name) =>
        STREAM_NAME.test(name) ? undefined : 'a stream has no point, space, `*`, `>` or slash in its name',
      )
      .optional(),
    format: messageFormat,
    ...brokerTls,
    retry,
  },
  promise: 'again',
  create({ url, subject, stream, format, retry: within, ...files }, context, from) {
    if (hasOpenPassword(url)) context.note(OPEN_PASSWORD);
    const toMessage = messageText(format);
    const messageOf = (record: Value) => {
      const message = Buffer.from(toMessage(record));
      return { message, size: message.length };
    };
    const address = addressOf(url, NATS);
    const secrets = () => brokerSecrets(files, 4);
    const told = new WeakSet<Buffer>();
    const refused = (problem: BadRecord, message: Buffer) => {
      if (!told.has(message)) context.bad(problem, message.toString());
      told.add(message);
    };
    if (stream === undefined) {
      const name = `the subject ${subject} of ${address.called}`;
      const open = async () => {
        const publishing = await Publishing.open(address, secrets());
        return {
          async send(messages: readonly Buffer[]) {
            for (const message of messages) {
              if (message.length <= publishing.largest) publishing.publish(subject, message);
              else refused(new BadRecord('larger than the server takes'), message);
            }
            await publishing.flush();
          },
          close: () => publishing.close(),
        };
      };
      return new MessageSink({ name, open, messageOf, retry: within, context });
    }
    const name = `the stream ${stream} of ${address.called}`;
    const mark = markOf(from);
    const writer = new StreamWriter(
      { address, secrets, stream, subject, name, retry: within, note: (message) => context.note(message), refused },
      mark && { id: mark.id, written: mark.written ?? undefined },
    );
    return new PlacedSink({ name, writer, messageOf, context, from });
  },
});
