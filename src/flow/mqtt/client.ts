import type { BrokerAddress, BrokerSystem } from '../brokers/address.ts';
import { BrokerSocket, PATIENCE } from '../brokers/broker-socket.ts';
import { BrokerFault } from '../brokers/failure.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import {
  acknowledgePacket,
  connectPacket,
  LEAVE,
  type Packet,
  PacketReader,
  PING,
  publishPacket,
  subscribePacket,
} from './packets.ts';

export const MQTT: BrokerSystem = { name: 'MQTT', plain: 'mqtt', secure: 'mqtts', port: 1883, securePort: 8883 };

/** The largest number by which a packet is acknowledged; they begin at 1. */
export const MOST_IDS = 65_535;

const LOGIN = 'the URL says who logs in: `"mqtt://user:${MQTT_PASSWORD}@host"`';

/** Why a server does not let in, and whether it may later. */
const REFUSALS: { readonly [code: number]: readonly [words: string, mayPass: boolean, help?: string] } = {
  1: ['it does not speak version 3.1.1', false],
  2: ['it does not take the name of the client', false, 'give another one: `client: "name"`'],
  3: ['it is not available now', true],
  4: ['it does not know the user with this password', false, LOGIN],
  5: ['the user is not let in', false, LOGIN],
};

interface Opening {
  /** Under which name the server knows it; it keeps nothing for one that has none. */
  readonly client?: string | undefined;
  /** How long nothing may be heard of it, s; for ever unless given. */
  readonly keepAlive?: number;
  /** The body of a message that is longer is passed over, bytes. */
  readonly most: number;
  /** Ends the connection. */
  readonly signal?: AbortSignal;
}

/** A connection to a server of MQTT. */
export class MqttClient {
  private readonly socket: BrokerSocket;
  private readonly reader: PacketReader;
  private packets: Packet[] = [];

  private constructor(socket: BrokerSocket, most: number) {
    this.socket = socket;
    this.reader = new PacketReader(most);
  }

  /** Connects, and logs in. Rejects with the system's error, or with a BrokerFault. */
  static async open(address: BrokerAddress, secrets: TlsSecrets, opening: Opening): Promise<MqttClient> {
    const { client: name, keepAlive = 0, most, signal } = opening;
    const { user, password } = address;
    // The protocol has no password without a user.
    if (user === '' && password !== '') throw new BrokerFault('the URL has a password without a user', { help: LOGIN });
    const client = new MqttClient(await BrokerSocket.open(address, secrets, signal), most);
    try {
      const random = `leat${Math.random().toString(36).slice(2)}`;
      const said = { client: name ?? random, isClean: name === undefined, keepAlive, user, password };
      client.send(connectPacket(said));
      const answer = await client.next(PATIENCE);
      if (answer.kind !== 'connected') throw new BrokerFault('it does not speak the protocol of MQTT');
      const refusal = REFUSALS[answer.code];
      if (refusal !== undefined) throw new BrokerFault(refusal[0], { mayPass: refusal[1], help: refusal[2] });
      if (answer.code !== 0) throw new BrokerFault(`it does not let in (${answer.code})`);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Hears of a topic from now on. Rejects where it may not. @param qos 1 where messages are to be acknowledged, else 0. @returns what the server grants: no more than that. */
  async subscribe(topic: string, qos: number): Promise<number> {
    this.send(subscribePacket(topic, qos));
    // What was kept for it may come before the answer.
    const before: Packet[] = [];
    for (;;) {
      const packet = await this.next(PATIENCE);
      if (packet.kind !== 'subscribed') before.push(packet);
      else if (packet.code > 1) throw new BrokerFault(`it does not let it read ${topic}`);
      else {
        this.packets = [...before, ...this.packets];
        return packet.code;
      }
    }
  }

  publish(topic: string, body: Buffer, id: number | undefined, isRetained: boolean): void {
    this.send(publishPacket(topic, body, id, isRetained));
  }

  acknowledge(ids: readonly number[]): void {
    if (ids.length > 0) this.send(Buffer.concat(ids.map(acknowledgePacket)));
  }

  /** Asks whether the server is there; the answer comes among others. */
  ping(): void {
    this.send(PING);
  }

  /** What comes next. @param patience ms; for ever unless given. */
  async next(patience?: number): Promise<Packet> {
    while (this.packets.length === 0) this.packets = [...this.reader.take(await this.socket.read(patience))];
    return this.packets.shift()!;
  }

  /** What else has come already. */
  rest(): readonly Packet[] {
    return this.packets.splice(0);
  }

  /** Says that it leaves, so that the server takes it for no failure. */
  close(): void {
    this.send(LEAVE);
    this.socket.close();
  }

  /** That it could not be sent shows where the answer is missing. */
  private send(bytes: Buffer): void {
    this.socket.write(bytes).catch(() => {});
  }
}
