import { toJson } from '../../base/json.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { bodyFor, pinging, SILENCE } from '../brokers/hearing.ts';
import { keepReading } from '../brokers/reading.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { orAbort } from '../input/reading.ts';
import { type CountedMessage, writeCounted } from '../sockets/counted.ts';
import { NatsClient } from './client.ts';
import { headersOf, type NatsMessage } from './frames.ts';

interface SubjectArguments {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  readonly subject: string;
  readonly wait: boolean;
  readonly maxLine: number;
  readonly tag: boolean;
}

/** Reads what is sent to subjects of NATS while it is connected. */
export async function readSubject(args: SubjectArguments, framer: Framer, context: SourceContext): Promise<void> {
  const what = `the subject ${args.subject} of ${args.address.called}`;
  let isAnnounced = false;
  try {
    await keepReading({ what, wait: args.wait, once }, context);
  } finally {
    await framer.end();
  }

  async function once(isWell: () => void): Promise<void> {
    const { address, secrets, maxLine, subject } = args;
    const { signal } = context;
    // One more byte, so that what is too long for the framer comes there and is told.
    const client = await NatsClient.open(address, secrets(), { most: maxLine + 1, signal });
    let stopPings = () => {};
    try {
      await client.subscribe(subject);
      isWell();
      context.note(isAnnounced ? `reading ${what} again; what was sent meanwhile is lost` : `reading ${what}`);
      isAnnounced = true;
      stopPings = pinging(() => client.ping());
      while (!signal.aborted) {
        const first = await client.next(SILENCE);
        await orAbort(framer.push(writeCounted([first, ...client.rest()].map(messageOf))), signal);
      }
    } finally {
      stopPings();
      client.close();
    }
  }

  function messageOf({ subject, headers, body }: NatsMessage): CountedMessage {
    const tag = args.tag ? toJson({ subject, headers: headersOf(headers) }) : '';
    return { body: bodyFor(body, args.maxLine), tag };
  }
}
