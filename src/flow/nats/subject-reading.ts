import { toJson } from '../../base/json.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { bodyFor, keepHearing } from '../brokers/hearing.ts';
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
  const { address, secrets, maxLine, subject, wait } = args;
  const { signal } = context;
  const hearing = {
    what: `the subject ${subject} of ${address.called}`,
    wait,
    // One more byte, so that what is too long for the framer comes there and is told.
    open: () => NatsClient.open(address, secrets(), { most: maxLine + 1, signal }),
    begin: (client: NatsClient) => client.subscribe(subject),
    meanwhile: '; what was sent meanwhile is lost',
    take: (_client: NatsClient, messages: readonly NatsMessage[]) =>
      orAbort(framer.push(writeCounted(messages.map(messageOf))), signal),
  };
  await keepHearing(hearing, framer, context);

  function messageOf({ subject, headers, body }: NatsMessage): CountedMessage {
    const tag = args.tag ? toJson({ subject, headers: headersOf(headers) }) : '';
    return { body: bodyFor(body, args.maxLine), tag };
  }
}
