import { once } from 'node:events';
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { RunFailure } from '../../base/problem.ts';
import { filePath, text } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { textParameters, textType } from '../framing/text.ts';
import { codeOf, sourceFailure } from '../input/fault.ts';
import { clientsParameter, serveClients } from '../sockets/server.ts';
import { framerOfClients, maxUnfinishedParameter, readClient } from '../sockets/text.ts';

/** Whether somebody listens at a socket of the file system. */
async function isServed(path: string): Promise<boolean> {
  const socket = createConnection({ path });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function tryListen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** Listens; a socket that one who was killed has left behind is removed. Rejects with exit 3 where it cannot. */
async function bind(server: Server, path: string, mode: string): Promise<void> {
  try {
    await tryListen(server, path).catch(async (error: unknown) => {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
      if (!lstatSync(path).isSocket())
        throw new RunFailure('cannot-listen', 3, `cannot listen on ${path}: there is a file of that name`);
      if (await isServed(path))
        throw new RunFailure('cannot-listen', 3, `cannot listen on ${path}: another process listens there`);
      unlinkSync(path);
      await tryListen(server, path);
    });
    chmodSync(path, Number.parseInt(mode, 8));
  } catch (error) {
    throw error instanceof RunFailure ? error : sourceFailure('cannot-listen', `cannot listen on ${path}`, error);
  }
}

export const unix = defineSource({
  name: 'unix',
  summary: 'A server at a socket of the file system: the lines that clients send',
  synonyms: ['unix socket', 'domain socket', 'socat', 'ipc'],
  docs:
    'As `listen`, for programs on this machine: waits at a path for any number of clients, each of them a stream of lines of its own. Only the user ' +
    'whose leat it is can connect unless `mode:` says otherwise (`mode: "666"`: anyone on this machine). The socket is removed at the end of the run; one that a killed ' +
    'process has left behind is taken over, one that is in use is not (exit 3). When the program cannot keep up, clients are made to wait; nothing is dropped. ' +
    'With `tag: true` the source is the path and the number of the client. With `--once` it serves one client and ends with it. Not on Windows.',
  examples: [
    {
      program: 'unix("leat.sock") | words | countByValue',
      notRun: 'it waits for a client',
      in: 'a b a',
      out: 'a\t2\nb\t1',
    },
  ],
  parameters: {
    path: filePath('where the socket is', { apart: true }),
    mode: text('who may connect, as the mode of a file', { named: true, apart: true })
      .checked((mode) => (/^0?[0-7]{3}$/.test(mode) ? undefined : 'a mode is three digits of 0 to 7, as `"660"`'))
      .or('600'),
    clients: clientsParameter,
    maxUnfinished: maxUnfinishedParameter,
    ...textParameters,
  },
  gives: (args) => textType(args),
  origins: 'client',
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open({ path, mode, clients, maxUnfinished, ...args }, context) {
      const framer = framerOfClients(args, maxUnfinished, context);
      let number = 0;
      return {
        framer,
        run: () =>
          serveClients(createServer(), {
            context,
            clients,
            bind: (server) => bind(server, path, mode),
            announce: () => context.note(`listening on ${path} (try: nc -U ${path})`),
            serve: (client) => readClient(client, `${path}#${++number}`, context, framer),
          }),
      };
    },
  }),
});
