import { toJson } from '../../base/json.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { bodyFor, keepHearing, pinging } from '../brokers/hearing.ts';
import { keepReading } from '../brokers/reading.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { orAbort } from '../input/reading.ts';
import { type CountedMessage, writeCounted } from '../sockets/counted.ts';
import { AmqpClient, type Answer, type Delivered } from './client.ts';
import { readProperties } from './properties.ts';

/** The server takes it for gone when it has heard nothing for twice as long, s. */
const HEARTBEAT = 60;

/** So many are asked for at a time where those are read that are there. */
const AT_ONCE = 100;

/** So many messages the server sends that are not acknowledged yet. */
const UNDER_WAY = 1000;

interface QueueArguments {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  /** One of its own, gone with the connection, where it is undefined. */
  readonly queue: string | undefined;
  /** What the queue is to get the messages of; what it gets anyway where it is undefined. */
  readonly exchange: string | undefined;
  readonly key: string;
  /** Makes the queue where there is none. */
  readonly declare: boolean;
  readonly wait: boolean;
  readonly maxLine: number;
  readonly tag: boolean;
}

/** Reads a queue, and acknowledges what is safe; with `--once` what is there at the start. */
export async function readQueue(args: QueueArguments, framer: Framer, context: SourceContext): Promise<void> {
  const { address, secrets, maxLine, queue, exchange, wait } = args;
  const { signal } = context;
  // One more byte, so that what is too long for the framer comes there and is told.
  const opening = { heartbeat: HEARTBEAT, most: maxLine + 1, signal };
  const reading = {
    what: `the ${queue === undefined ? `exchange ${exchange}` : `queue ${queue}`} of ${address.called}`,
    wait,
    open: () => AmqpClient.open(address, secrets(), opening),
  };
  if (context.once && queue !== undefined) return takeAll(queue);
  const begin = async (client: AmqpClient) => {
    const { name } = await find(client, args);
    await client.consume(name, UNDER_WAY);
  };
  const meanwhile = queue === undefined ? '; what was published meanwhile is lost' : '';
  await keepHearing({ ...reading, begin, meanwhile, take }, framer, context);

  /** Takes as many messages as there are at the start, or fewer where others take of them too. */
  async function takeAll(queue: string): Promise<void> {
    let left = Number.POSITIVE_INFINITY;
    const once = async (isWell: () => void) => {
      const client = await reading.open();
      // The program may take its time with what was got, and the server would give all that is not acknowledged to others.
      const stopPings = pinging(() => client.ping());
      try {
        left = Math.min(left, (await find(client, args)).count);
        isWell();
        while (left > 0 && !signal.aborted) {
          const asked = Math.min(left, AT_ONCE);
          const messages = await client.get(queue, asked);
          await take(client, messages);
          left = messages.length < asked ? 0 : left - asked;
        }
      } finally {
        stopPings();
        client.close();
      }
    };
    try {
      await keepReading({ ...reading, once }, context);
    } finally {
      await framer.end();
    }
  }

  async function take(client: AmqpClient, answers: readonly Answer[]): Promise<void> {
    const messages = answers.filter((answer): answer is Delivered => answer.kind === 'message');
    const last = messages.at(-1);
    if (last === undefined) return;
    await orAbort(framer.push(writeCounted(messages.map(messageOf))), signal);
    // The server forgets what is acknowledged.
    await orAbort(context.kept?.(), signal);
    if (!signal.aborted) client.acknowledge(last.number);
  }

  function messageOf(message: Delivered): CountedMessage {
    return { body: bodyFor(message.body, maxLine), tag: args.tag ? toJson(tagOf(message)) : '' };
  }
}

/** What the server says of a message. */
function tagOf({ exchange, key, isAgain, properties }: Delivered) {
  const { id, time, headers } = readProperties(properties);
  return { exchange, key, redelivered: isAgain, id, time, headers };
}

/** Finds the queue that is to be read, or makes it. @returns how many messages it has, too. */
async function find(client: AmqpClient, { queue, exchange, key, declare }: QueueArguments) {
  const name = queue ?? (await client.ownQueue());
  const count = queue === undefined ? 0 : await (declare ? client.makeQueue(queue) : client.hasQueue(queue));
  if (exchange !== undefined) await client.bind(name, exchange, key);
  return { name, count };
}
