import { randomUUID } from 'node:crypto';
import { toText } from '../../base/json.ts';
import { BadRecord, RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import { AMQP } from '../amqp/client.ts';
import { MOST_SHORT } from '../amqp/fields.ts';
import { nameFault } from '../amqp/names.ts';
import { type Post, Posting } from '../amqp/outward.ts';
import { addressOf, brokerSecrets, brokerTls, brokerUrl } from '../brokers/address.ts';
import { messageFormat, messageText } from '../brokers/message-format.ts';
import { MessageSink } from '../brokers/message-sink.ts';
import { retry } from '../connections/retrying.ts';
import { hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import type { Lambda } from '../define/compiled.ts';
import { flag, lambdaOrText, optionalFlag, text } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';

/** The key of a record. @throws BadRecord where it has none that there is room for. */
function keyOf(record: Value, key: Lambda): string {
  const value = key(record);
  if (value === null) throw new BadRecord('no key', 'it is null');
  const name = toText(value);
  if (Buffer.byteLength(name) > MOST_SHORT) throw new BadRecord(`a key of more than ${MOST_SHORT} bytes`);
  return name;
}

export const amqp = defineSink({
  name: 'amqp',
  summary: 'Publishes each record to a queue or an exchange of RabbitMQ (AMQP)',
  synonyms: ['rabbitmq', 'rabbit', 'publish', 'queue', 'exchange', 'routing key', 'message queue', 'broker'],
  docs: [
    'A text is published as it is, anything else as JSON, to a queue, or with `exchange: "shop"` to an exchange, by the key `key: "order." + .state`, a text or what it is for each record. The queue has to be there, or is made, to outlive the server, with `declare: true`; the exchange has to be there.',
    'The server keeps messages on its disk, and confirms each that it has; what it has not, since the connection broke, is published again over a new one, and may be there twice, with the same message id. A message that no queue takes ends the run, or is a bad record where each record has a key of its own; with `mandatory: false` the server drops it.',
    'It connects when the run starts, so that a wrong password is told before anything is read. A server that cannot be reached, or that refuses messages since a queue is full, is tried again for `retry:`, and what reads waits; then, and at once where it does not let in, the run ends with exit code 4 and its own words. A record that is larger than the server takes is bad.',
  ].join(' '),
  examples: [
    {
      program: 'json | filter(.ms > 500) | amqp("amqp://localhost", "slow")',
      in: '{"ms":900}',
      out: '',
      notRun: 'it needs a server',
    },
    {
      program: 'json | amqp("amqp://app:${AMQP_PASSWORD}@localhost", exchange: "shop", key: "order." + .state)',
      in: '{"state":"paid"}',
      out: '',
      notRun: 'it needs a server',
    },
  ],
  parameters: {
    url: brokerUrl(AMQP),
    queue: text('the queue').checked(nameFault).optional(),
    exchange: text('the exchange to publish to, instead of a queue', { named: true }).checked(nameFault).optional(),
    key: lambdaOrText('the routing key, or what it is for each record: a text as it is, anything else as JSON', {
      named: true,
      with: 'exchange',
    }).optional(),
    declare: flag('makes the queue where there is none'),
    mandatory: optionalFlag(
      'whether a message that no queue takes is told of, which it is unless told otherwise; else the server drops it',
    ),
    format: messageFormat,
    ...brokerTls,
    retry,
  },
  promise: 'again',
  create({ url, queue, exchange, key, declare, mandatory = true, format, retry: within, ...files }, context) {
    if ((queue === undefined) === (exchange === undefined)) {
      const what =
        queue === undefined ? 'neither a queue nor an exchange is named' : 'a queue and an exchange are named';
      const help =
        'one of the two: `amqp("amqp://localhost", "orders")` or `amqp("amqp://localhost", exchange: "shop", key: .state)`';
      throw new RunFailure('amqp-what', 2, `\`amqp\` cannot tell where to write: ${what}`, help);
    }
    if (queue === undefined && declare) {
      throw new RunFailure('amqp-what', 2, '`declare:` makes a queue, and none is named', 'make the exchange before');
    }
    if (hasOpenPassword(url)) context.note(OPEN_PASSWORD);
    const address = addressOf(url, AMQP);
    const posting = new Posting({
      address,
      secrets: () => brokerSecrets(files, 4),
      queue,
      exchange: exchange ?? '',
      declare,
      isMandatory: mandatory,
      hasKeys: key !== undefined && (key.reads === 'all' || key.reads.size > 0),
      refused: (problem, post) => context.bad(problem, post.body.toString()),
    });
    const toMessage = messageText(format);
    const mark = randomUUID();
    let count = 0;
    return new MessageSink<Post>({
      name: `the ${queue === undefined ? `exchange ${exchange}` : `queue ${queue}`} of ${address.called}`,
      open: () => posting.open(),
      messageOf(record) {
        const body = Buffer.from(toMessage(record));
        const isText = format !== 'json' && (format === 'text' || typeof record === 'string');
        const name = key === undefined ? (queue ?? '') : keyOf(record, key.call);
        const id = `${mark}-${++count}`;
        const message = { key: name, id, type: isText ? 'text/plain' : 'application/json', body };
        return { message, size: body.length };
      },
      retry: within,
      context,
    });
  },
});
