import type { Socket } from 'node:net';
import { readTls, tlsFault, tlsFiles, tlsHelp, tlsToServer } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import type { Peer } from '../define/network.ts';
import { text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { framerOf } from '../framing/text.ts';
import { reasonOf, sourceFailure } from '../input/fault.ts';
import { readStream, sleep } from '../input/reading.ts';
import { receive } from '../input/receiving.ts';
import { hostAndPort } from '../sockets/address.ts';
import { peerTextParameters, peerTextType, tagOfPeer } from '../sockets/text.ts';

/** ms from a failure to the next try: doubled with each in a row, up to the last. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/** A socket that is connected, or why there is none; undefined if the run ended meanwhile. */
function dial(peer: Peer, { sockets, signal }: SourceContext): Promise<Socket | Error | undefined> {
  return new Promise((resolve) => {
    const socket = sockets.connect(peer);
    const settle = (outcome: Socket | Error | undefined) => {
      signal.removeEventListener('abort', stop);
      socket.removeAllListeners();
      // A socket that is given up may still fail, which is nobody's matter.
      if (outcome !== socket) socket.on('error', () => {}).destroy();
      resolve(outcome);
    };
    const stop = () => settle(undefined);
    socket.once(peer.secure === undefined ? 'connect' : 'secureConnect', () => settle(socket));
    socket.once('error', settle);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
}

/** Whether anything came of a connection, beside what the framer makes of it. */
function noticing(framer: Framer): Framer & { readonly received: boolean } {
  let received = false;
  return {
    push(piece) {
      received = true;
      return framer.push(piece);
    },
    end: () => framer.end(),
    get received() {
      return received;
    },
  };
}

/** Reads connection after connection, each an origin of its own. */
async function readPeer(server: Peer, open: () => Framer, context: SourceContext): Promise<void> {
  const { host, port } = server;
  const peer = hostAndPort(host, port);
  let pause = FIRST_PAUSE;
  let isKnown = false;
  while (!context.signal.aborted) {
    const socket = await dial(server, context);
    if (socket === undefined) return;
    let reason: string;
    if (socket instanceof Error) {
      // A certificate that is refused at first will be refused again; one of a server that was good may be made anew.
      if (context.once || (!isKnown && tlsFault(socket) !== undefined))
        throw sourceFailure('cannot-connect', `cannot connect to ${peer}`, socket, tlsHelp(socket));
      reason = `cannot connect to ${peer} (${reasonOf(socket)})`;
    } else {
      context.note(`connected to ${peer}`);
      isKnown = true;
      const framer = noticing(open());
      const broken = await readStream(socket, framer, context.signal);
      if (context.once || context.signal.aborted) return;
      reason =
        broken === undefined
          ? `${peer} closed the connection`
          : `the connection to ${peer} broke (${reasonOf(broken)})`;
      // A peer that takes connections and drops them at once is as good as none.
      if (framer.received) pause = FIRST_PAUSE;
    }
    context.note(`${reason}; trying again`);
    await sleep(pause, context);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

export const connect = defineSource({
  name: 'connect',
  summary: 'A TCP client: the lines that a server sends',
  synonyms: ['netcat', 'socket'],
  docs:
    'Connects, and connects again when the server leaves or is not there yet, after 250 ms, then twice as long each time, up to 30 s. ' +
    'A line that the server leaves unfinished counts. With `--once` it ends with the server, and a server that is not there is a ' +
    'failure (exit 3). With `tls: true` the connection is encrypted, and a server whose certificate nobody trusted has signed, or that is for another name, is refused (exit 3); `ca:` says whom to trust.',
  examples: [
    {
      program: 'connect("localhost", 9999) | words | countByValue',
      notRun: 'it needs a server',
      in: 'a b a',
      out: 'a\t2\nb\t1',
    },
  ],
  parameters: {
    host: text('the name or address of the server'),
    port: whole('its port', { least: 1, most: 65_535 }),
    ...tlsToServer,
    ...peerTextParameters,
  },
  gives: peerTextType,
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open({ host, port, ...args }, context) {
      const framer = framerOf(args, context, tagOfPeer);
      return {
        framer,
        async run() {
          const files = tlsFiles(args);
          const secure = files && readTls(files, 3);
          await readPeer({ host, port, secure }, () => receive(hostAndPort(host, port), context, framer), context);
        },
      };
    },
  }),
});
