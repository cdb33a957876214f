/** Sources that give what comes only once: clients that connect, a peer, a command, a pipe. What was taken of them is gone with the process, unless it was kept. */
import { PassThrough } from 'node:stream';
import type { SourceContext } from '../../src/flow/define/context.ts';
import type { Framer } from '../../src/flow/define/framer.ts';
import type { Source, SourceBehaviour } from '../../src/flow/define/source.ts';
import { framerOf } from '../../src/flow/framing/text.ts';
import { sleep } from '../../src/flow/input/reading.ts';
import { receive } from '../../src/flow/input/receiving.ts';
import { DatagramFramer, frameOf } from '../../src/flow/sockets/datagram-framer.ts';
import { readInputStream } from '../../src/flow/sources/stdin.ts';
import { syslog } from '../../src/flow/sources/syslog.ts';
import { openSource } from '../support/source.ts';
import type { Arrival, Earth } from './world.ts';

/** As the sources of these names do; `filter` is a pipe that is one batch. */
export type ReceivedKind = 'listen' | 'connect' | 'exec' | 'udp' | 'syslog' | 'stdin' | 'filter';

const KINDS: ReadonlySet<string> = new Set([
  'listen',
  'connect',
  'exec',
  'udp',
  'syslog',
  'stdin',
  'filter',
] satisfies ReceivedKind[]);

export function isReceived(kind: string): kind is ReceivedKind {
  return KINDS.has(kind);
}

type ReceivedFramer = NonNullable<Source['framer']>;

const SYSLOG = { port: 0, host: '127.0.0.1', clients: 9, maxLine: 1024 };

const TEXT = { delimiter: '\n', maxLine: 1024, tag: false } as const;

/** How a line is told from all others of the world. */
export function told({ source, line }: Pick<Arrival, 'source' | 'line'>): string {
  return `${source} ${line}`;
}

export function receivedBehaviour(earth: Earth, kind: ReceivedKind, own: readonly Arrival[]): SourceBehaviour<object> {
  const open = (_args: object, context: SourceContext): Source => {
    if (kind === 'stdin' || kind === 'filter') return openPipe(earth, own, context);
    const framer = framerFor(kind, context);
    const inlet = (name: string) => receive(name, context, framer);
    return { framer, run: () => serve(earth, kind, own, context, inlet) };
  };
  if (kind === 'filter') return { kind: 'bounded', replayable: false, received: true, arrives: true, open };
  return { kind: 'live', replayable: false, received: true, open };
}

function framerFor(kind: 'listen' | 'connect' | 'exec' | 'udp' | 'syslog', context: SourceContext): ReceivedFramer {
  if (kind === 'udp') return (origin, progress) => new DatagramFramer(origin, context, undefined, progress);
  if (kind === 'syslog') return openSource(syslog, SYSLOG, context).framer!;
  return framerOf(TEXT, context);
}

/** One of those who send. */
interface Sender {
  readonly client: number;
  readonly own: readonly Arrival[];
  inlet: Framer | undefined;
  /** Pieces that came by the connection. */
  pieces: number;
}

/** Each sender sends its lines when their time has come, cut into pieces anywhere. */
async function serve(
  earth: Earth,
  kind: ReceivedKind,
  arrivals: readonly Arrival[],
  context: SourceContext,
  open: (name: string) => Framer,
): Promise<void> {
  const isOfMany = kind === 'listen' || kind === 'syslog';
  const clients = isOfMany ? [...new Set(arrivals.map(({ client }) => client))] : [0];
  const senders = clients.map((client): Sender => {
    const own = isOfMany ? arrivals.filter((arrival) => arrival.client === client) : arrivals;
    return { client, own, inlet: undefined, pieces: 0 };
  });
  while (!context.signal.aborted) {
    for (const sender of senders) {
      await send(earth, kind, sender, context, open);
      // A peer leaves, and is connected to again.
      if (kind === 'connect' && sender.pieces >= 2) await hangUp(sender);
      if (leftOf(earth, sender).length === 0) await hangUp(sender);
      if (context.signal.aborted) break;
    }
    const times = senders.flatMap((sender) =>
      leftOf(earth, sender)
        .slice(0, 1)
        .map(({ time }) => time),
    );
    if (times.length === 0 || context.signal.aborted) break;
    await sleep(Math.max(0, Math.min(...times) - context.clock.now()), context);
  }
  for (const sender of senders) await hangUp(sender);
}

function leftOf({ taken }: Earth, { own }: Pick<Sender, 'own'>): readonly Arrival[] {
  return own.filter((arrival) => !taken.has(told(arrival)));
}

function asDatagram({ line, client }: Arrival): Buffer {
  return frameOf(Buffer.from(`${line}\n`), { address: '127.0.0.1', port: 4000 + client });
}

/** How the lines of a sender come. Syslog comes as datagrams of the one, and of the other behind the length of each message. */
function bytesOf(kind: ReceivedKind, { client }: Sender, piece: readonly Arrival[]): Buffer {
  if (isOfDatagrams(kind, client)) return Buffer.concat(piece.map(asDatagram));
  const asText = ({ line }: Arrival) => (kind === 'syslog' ? `${line.length} ${line}` : `${line}\n`);
  return Buffer.from(piece.map(asText).join(''));
}

function isOfDatagrams(kind: ReceivedKind, client: number): boolean {
  return kind === 'udp' || (kind === 'syslog' && client === 1);
}

async function send(
  earth: Earth,
  kind: ReceivedKind,
  sender: Sender,
  context: SourceContext,
  open: (name: string) => Framer,
): Promise<void> {
  const due = leftOf(earth, sender).filter(({ time }) => time <= context.clock.now());
  const piece = due.slice(0, 3);
  if (piece.length === 0) return;
  const isWhole = isOfDatagrams(kind, sender.client);
  sender.inlet ??= open(`${isWhole ? 'udp' : 'client'} ${sender.client}`);
  sender.pieces++;
  const bytes = bytesOf(kind, sender, piece);
  // Datagrams come whole.
  const cut = isWhole ? bytes.length : earth.random.whole(0, bytes.length);
  for (const arrival of piece) earth.taken.add(told(arrival));
  await sender.inlet.push(bytes.subarray(0, cut));
  if (earth.random.chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
  await sender.inlet.push(bytes.subarray(cut));
  bytes.fill('#');
  // It is told that this is safe, and never sends it again.
  if (!earth.random.chance(0.3)) return;
  const isKept = await context.kept?.().then(
    () => true,
    () => false,
  );
  if (isKept === true) for (const arrival of piece) earth.safe.add(told(arrival));
}

async function hangUp(sender: Sender): Promise<void> {
  const { inlet } = sender;
  sender.inlet = undefined;
  sender.pieces = 0;
  await inlet?.end();
}

/** A pipe into which the lines are written when their time has come. */
function openPipe(earth: Earth, arrivals: readonly Arrival[], context: SourceContext): Source {
  const stream = new PassThrough();
  const { framer, run } = readInputStream(stream, TEXT, context);
  const feed = async () => {
    for (const arrival of arrivals.filter((arrival) => !earth.taken.has(told(arrival)))) {
      await sleep(Math.max(0, arrival.time - context.clock.now()), context);
      if (context.signal.aborted) return;
      earth.taken.add(told(arrival));
      stream.write(`${arrival.line}\n`);
    }
    stream.end();
  };
  return {
    ...(framer === undefined ? {} : { framer }),
    run: async () => void (await Promise.all([run(), feed()])),
  };
}
