import type { Socket } from 'node:net';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { codeOf, reasonOf } from '../input/fault.ts';
import { sleep } from '../input/reading.ts';
import { receive } from '../input/receiving.ts';
import { nameOf } from './address.ts';
import { PeerFault } from './peer-fault.ts';

/** How long what a peer has sent waits for room, ms, before the peer is told to send it again later: less than any of them waits for an answer. */
const PATIENCE = 5000;

/**
 * Where the messages of one peer go that is told whether they were taken. Taken means: it need not send them again. Where the run is kept, they are safe from a
 * power cut then.
 */
export class Inlet {
  private readonly framer: Framer;
  private readonly context: SourceContext;
  private full: Promise<void> | undefined;

  constructor(framer: Framer, context: SourceContext) {
    this.framer = framer;
    this.context = context;
  }

  /** Takes messages, which are the caller's again when this resolves. @returns false where there is no room, or the run ends: then nothing was taken. */
  async take(messages: Buffer): Promise<boolean> {
    const { context, framer } = this;
    if (this.full !== undefined) await Promise.race([this.full, sleep(PATIENCE, context)]);
    if (this.full !== undefined || context.signal.aborted) return false;
    const full = framer.push(messages)?.finally(() => {
      if (this.full === full) this.full = undefined;
    });
    this.full = full;
    // Where nothing can be kept any more, the run ends and says why.
    full?.catch(() => {});
    return (
      context.kept?.().then(
        () => true,
        () => false,
      ) ?? true
    );
  }

  /** The peer has left. Resolves when all of its messages were handed on. */
  async end(): Promise<void> {
    await this.framer.end();
  }
}

/** Gives one client an inlet, from its first byte to its last. Says why it was turned away, or its connection broke. Never rejects. */
export async function serveInlet(
  client: Socket,
  context: SourceContext,
  framer: (origin: Origin) => Framer,
  serve: (inlet: Inlet) => Promise<void>,
): Promise<void> {
  const name = nameOf(client);
  const inlet = new Inlet(receive(name, context, framer), context);
  await serve(inlet).catch((error: unknown) => {
    // It has just left.
    if (context.signal.aborted || ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(codeOf(error))) return;
    const why = error instanceof PeerFault ? `was turned away: ${error.message}` : `left: ${reasonOf(error)}`;
    context.note(`${name} ${why}`);
  });
  await inlet.end().catch(() => {});
}
