import { RunFailure } from '../../base/problem.ts';
import { BOOLEAN, STRING, UNKNOWN } from '../../base/type.ts';
import { AMQP } from '../amqp/client.ts';
import { nameFault } from '../amqp/names.ts';
import { readQueue } from '../amqp/queue-reading.ts';
import { addressOf, brokerSecrets, brokerTls, brokerUrl } from '../brokers/address.ts';
import { hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import { flag, optionalFlag, size, text } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { textType } from '../framing/text.ts';
import { receive } from '../input/receiving.ts';
import { countedFramer } from '../sockets/counted.ts';

export const amqp = defineSource({
  name: 'amqp',
  summary: 'The messages of a queue of RabbitMQ (AMQP), or what an exchange is given',
  synonyms: ['rabbitmq', 'rabbit', 'queue', 'exchange', 'consume', 'subscribe', 'message queue', 'broker'],
  docs: [
    'Reads a queue: `amqp("amqp://localhost", "orders") | json`. A message is a record, usually a line for a parser. The queue has to be there, or is made, to outlive the server, with `declare: true`.',
    'A message is acknowledged when it was taken, with `--checkpoint` when it is on the disk, so that nothing is lost; one whose acknowledgment was lost may be there twice. Others may read the same queue, each its share.',
    'With `exchange: "shop"` and `key: "order.*"` the queue is bound to the exchange. Without a queue it reads one of its own, which is gone with the connection, so that what is published while leat is not connected is lost.',
    'With `--once` it takes what is in the queue at the start, and ends. Where the program cannot keep up, the server keeps what it has. Without a server, a queue or an exchange it waits; with `wait: false` that is a failure (exit 3).',
    'With `tag: true` a record has what the server says of it: exchange and key, whether it was given to somebody before, and the id, time and headers that its sender gave it.',
  ].join(' '),
  examples: [
    {
      program: 'amqp("amqp://localhost", "orders") | json | groupBy(.shop, {n: count()}) | window(1m)',
      notRun: 'it needs a server',
      out: '{"shop":"a","n":1}',
    },
    {
      program:
        'amqp("amqps://app:${AMQP_PASSWORD}@broker", exchange: "logs", key: "*.error", tag: true) | countBy(.key)',
      notRun: 'it needs a server',
      out: 'disk.error\t1',
    },
  ],
  parameters: {
    url: brokerUrl(AMQP),
    queue: text('the queue').checked(nameFault).optional(),
    exchange: text('an exchange of whose messages the queue is to get those with the key', { named: true })
      .checked(nameFault)
      .optional(),
    key: text('the key, of a topic exchange a pattern: `*` stands for one word, `#` for any', {
      named: true,
      with: 'exchange',
    })
      .checked((key) => (key === '' ? undefined : nameFault(key)))
      .or('#'),
    declare: flag('makes the queue where there is none'),
    wait: optionalFlag(
      'whether to wait for a server or queue that is not there at the start, which it does unless told otherwise',
    ),
    maxLine: size('the most bytes of a message; a longer one is bad', { named: true }).or(1024 * 1024),
    ...brokerTls,
    tag: flag('gives `{source, line, exchange, key, redelivered, id, time, headers}` instead of the line alone'),
  },
  gives: (args) =>
    textType(args, {
      exchange: STRING,
      key: STRING,
      redelivered: BOOLEAN,
      id: UNKNOWN,
      time: UNKNOWN,
      headers: UNKNOWN,
    }),
  behaviour: ({ queue }) => ({
    kind: 'live',
    ...(queue === undefined ? { endless: 'an exchange keeps nothing' } : {}),
    replayable: false,
    received: true,
    open(args, context) {
      const { url, queue, exchange, declare } = args;
      if (hasOpenPassword(url)) context.note(OPEN_PASSWORD);
      const name = queue ?? exchange;
      if (name === undefined) {
        const help = 'name a queue, `amqp("amqp://localhost", "orders")`, or an exchange, `exchange: "shop"`';
        throw new RunFailure('amqp-what', 2, '`amqp` cannot tell what to read', help);
      }
      if (queue === undefined && declare) {
        throw new RunFailure('amqp-what', 2, '`declare:` makes a queue, and none is named', 'name it behind the URL');
      }
      const framer = countedFramer(args, context);
      const wait = args.wait ?? true;
      const reading = { ...args, address: addressOf(url, AMQP), secrets: () => brokerSecrets(args, 3), wait };
      return {
        framer,
        run() {
          if (queue === undefined && context.kept !== undefined) context.note(AWAY);
          return readQueue(reading, receive(name, context, framer), context);
        },
      };
    },
  }),
});

const AWAY = 'what is published while leat is not connected is lost: a queue with a name, `declare: true`, keeps it';
