import { toJson } from '../../base/json.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { bodyFor, keepHearing } from '../brokers/hearing.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { orAbort } from '../input/reading.ts';
import { type CountedMessage, writeCounted } from '../sockets/counted.ts';
import { MqttClient } from './client.ts';
import type { Packet, Published } from './packets.ts';

/** The server takes it for gone when it has heard nothing for one and a half times as long, s. */
const KEEP_ALIVE = 60;

interface TopicArguments {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  /** A topic, or a pattern that several match. */
  readonly topic: string;
  readonly qos: number;
  /** Under which name the server keeps for it what comes while it is away. */
  readonly client: string | undefined;
  readonly wait: boolean;
  readonly maxLine: number;
  readonly tag: boolean;
}

/** Reads what is published to topics of MQTT, and acknowledges what is safe. */
export async function readTopic(args: TopicArguments, framer: Framer, context: SourceContext): Promise<void> {
  const { address, secrets, maxLine, topic, qos, client: name, wait } = args;
  const { signal } = context;
  let isTold = false;
  // One more byte, so that what is too long for the framer comes there and is told.
  const opening = { client: name, keepAlive: KEEP_ALIVE, most: maxLine + 1, signal };
  const hearing = {
    what: `the topic ${topic} of ${address.called}`,
    wait,
    open: () => MqttClient.open(address, secrets(), opening),
    begin,
    meanwhile: name === undefined || qos === 0 ? '; what was published meanwhile is lost' : '',
    take,
  };
  await keepHearing(hearing, framer, context);

  async function begin(client: MqttClient): Promise<void> {
    const granted = await client.subscribe(topic, qos);
    if (granted >= qos || isTold) return;
    isTold = true;
    context.note(`the server has nothing of ${topic} acknowledged: what is under way when a connection ends is lost`);
  }

  async function take(client: MqttClient, packets: readonly Packet[]): Promise<void> {
    const messages = packets.filter((packet): packet is Published => packet.kind === 'message');
    if (messages.length === 0) return;
    await orAbort(framer.push(writeCounted(messages.map(messageOf))), signal);
    const ids = messages.flatMap(({ id }) => (id === undefined ? [] : [id]));
    if (ids.length === 0) return;
    // The server forgets what is acknowledged.
    await orAbort(context.kept?.(), signal);
    if (!signal.aborted) client.acknowledge(ids);
  }

  function messageOf({ topic, isRetained, body }: Published): CountedMessage {
    const tag = args.tag ? toJson({ topic, retained: isRetained }) : '';
    return { body: bodyFor(body, args.maxLine), tag };
  }
}
