import { toJson } from '../../base/json.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { bodyFor, keepHearing } from '../brokers/hearing.ts';
import { TooLong } from '../brokers/too-long.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { orAbort } from '../input/reading.ts';
import { type CountedMessage, writeCounted } from '../sockets/counted.ts';
import { faultOf, RedisClient } from './client.ts';
import { Refusal, type Reply } from './replies.ts';

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
  const { address, secrets, maxLine, channel, wait } = args;
  const { signal } = context;
  const hearing = {
    what: `the channel ${channel} of ${address.called}`,
    wait,
    // One more byte, so that what is too long for the framer comes there and is told.
    open: () => RedisClient.open(address, secrets(), { most: maxLine + 1, signal }),
    begin: (client: RedisClient) => client.ask([isPattern(channel) ? 'PSUBSCRIBE' : 'SUBSCRIBE', channel]),
    meanwhile: '; what was published meanwhile is lost',
    take: (_client: RedisClient, replies: readonly Reply[]) =>
      orAbort(framer.push(writeCounted(replies.flatMap((reply) => messageOf(reply)))), signal),
  };
  await keepHearing(hearing, framer, context);

  function messageOf(reply: Reply): readonly CountedMessage[] {
    if (reply instanceof Refusal) throw faultOf(reply);
    if (!Array.isArray(reply) || !['message', 'pmessage'].includes(String(reply[0]))) return [];
    const [channel, body] = reply.slice(-2) as [Buffer | TooLong, Buffer | TooLong];
    if (!args.tag) return [{ body: bodyFor(body, args.maxLine), tag: '' }];
    // Where it cannot be said what channel it was, the message is bad.
    if (channel instanceof TooLong) return [{ body: bodyFor(channel, args.maxLine), tag: '' }];
    return [{ body: bodyFor(body, args.maxLine), tag: toJson({ channel: channel.toString() }) }];
  }
}

function isPattern(channel: string): boolean {
  return /[*?[\]]/.test(channel);
}
