import type { BrokerAddress } from '../brokers/address.ts';
import { PATIENCE } from '../brokers/broker-socket.ts';
import type { Outward } from '../brokers/message-sink.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { MOST_IDS, MqttClient } from './client.ts';

/** A sink is sent no messages. */
const MOST = 1024;

interface Publication {
  readonly topic: string;
  /** 1 where the server acknowledges what it has, else 0. */
  readonly qos: number;
  readonly isRetained: boolean;
}

/** Connects for a sink. */
export async function openPublication(
  address: BrokerAddress,
  secrets: TlsSecrets,
  { topic, qos, isRetained }: Publication,
): Promise<Outward<Buffer>> {
  const client = await MqttClient.open(address, secrets, { most: MOST });
  let last = 0;
  return {
    async send(messages) {
      const waiting = new Set<number>();
      for (const message of messages) {
        last = (last % MOST_IDS) + 1;
        if (qos > 0) waiting.add(last);
        client.publish(topic, message, qos > 0 ? last : undefined, isRetained);
      }
      // What is not acknowledged has been taken when what comes behind it is answered.
      if (qos === 0) client.ping();
      for (let isAnswered = false; waiting.size > 0 || (qos === 0 && !isAnswered); ) {
        const packet = await client.next(PATIENCE);
        if (packet.kind === 'acknowledged') waiting.delete(packet.id);
        isAnswered ||= packet.kind === 'pong';
      }
    },
    close: () => client.close(),
  };
}
