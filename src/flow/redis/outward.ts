import type { BrokerAddress } from '../brokers/address.ts';
import type { Outward } from '../brokers/message-sink.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { type Command, faultOf, RedisClient } from './client.ts';
import { Refusal, type Reply } from './replies.ts';

/** Answers to a sink are short, bytes. */
export const MOST_ANSWER = 64 * 1024;

/** Connects for a sink whose messages are commands, those of one record each, which happen all together. */
export async function openCommands(address: BrokerAddress, secrets: TlsSecrets): Promise<Outward<readonly Command[]>> {
  const client = await RedisClient.open(address, secrets, { most: MOST_ANSWER });
  return {
    async send(messages) {
      if (messages.length > 0) await transact(client, messages.flat());
    },
    close: () => client.close(),
  };
}

/**
 * Has all of the commands happen together.
 *
 * @returns their answers. Rejects with a BrokerFault where they did not happen, or one of them could not be done; the others of these have happened then.
 */
export async function transact(client: RedisClient, commands: readonly Command[]): Promise<readonly Reply[]> {
  const answers = await client.askAll([['MULTI'], ...commands, ['EXEC']]);
  const queued = answers.slice(0, -1).find((answer) => answer instanceof Refusal);
  if (queued instanceof Refusal) throw faultOf(queued);
  const done = answers.at(-1)!;
  if (done instanceof Refusal) throw faultOf(done);
  const refused = (done as readonly Reply[]).find((answer) => answer instanceof Refusal);
  if (refused instanceof Refusal) throw faultOf(refused);
  return done as readonly Reply[];
}
