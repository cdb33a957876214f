import { wallClock } from '../../base/clock.ts';
import { toJson } from '../../base/json.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { keepReading } from '../brokers/reading.ts';
import { TooLong } from '../brokers/too-long.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { orAbort } from '../input/reading.ts';
import { type CountedMessage, writeCounted } from '../sockets/counted.ts';
import { faultOf, RedisClient } from './client.ts';
import { Refusal, type Reply } from './replies.ts';

/** ms between two times that the server is asked whether it is there. It is given up after twice as long without a word. */
const SILENCE = 30_000;

interface ChannelArguments {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  /** A channel, or a pattern that several match. */
  readonly channel: string;
  readonly wait: boolean;
  readonly maxLine: number;
  readonly tag: boolean;
}

/** Reads what is published to channels of Redis while it is connected. */
export async function readChannel(args: ChannelArguments, framer: Framer, context: SourceContext): Promise<void> {
  const what = `the channel ${args.channel} of ${args.address.called}`;
  let isAnnounced = false;
  try {
    await keepReading({ what, wait: args.wait, once }, context);
  } finally {
    await framer.end();
  }

  async function once(isWell: () => void): Promise<void> {
    const { address, secrets, maxLine, channel } = args;
    const { signal } = context;
    // One more byte, so that what is too long for the framer comes there and is told.
    const client = await RedisClient.open(address, secrets(), { most: maxLine + 1, signal });
    let callOff = () => {};
    const ping = () => {
      client.ping();
      callOff = wallClock.at(wallClock.now() + SILENCE, ping);
    };
    try {
      await client.ask([isPattern(channel) ? 'PSUBSCRIBE' : 'SUBSCRIBE', channel]);
      isWell();
      context.note(isAnnounced ? `reading ${what} again; what was published meanwhile is lost` : `reading ${what}`);
      isAnnounced = true;
      ping();
      while (!signal.aborted) {
        const first = await client.next(SILENCE * 2);
        await orAbort(framer.push(writeCounted([first, ...client.rest()].flatMap((one) => messageOf(one)))), signal);
      }
    } finally {
      callOff();
      client.close();
    }
  }

  function messageOf(reply: Reply): readonly CountedMessage[] {
    if (reply instanceof Refusal) throw faultOf(reply);
    if (!Array.isArray(reply) || !['message', 'pmessage'].includes(String(reply[0]))) return [];
    const [channel, body] = reply.slice(-2) as [Reply, Reply];
    const tag = args.tag ? toJson({ channel: String(channel) }) : '';
    // What was passed over is longer than wanted, and is bad as what is left of it would be.
    const bytes = body instanceof TooLong ? Buffer.alloc(args.maxLine + 1, body.start) : (body as Buffer);
    return [{ body: bytes, tag }];
  }
}

function isPattern(channel: string): boolean {
  return /[*?[\]]/.test(channel);
}
