/** Faults in how runs read of other machines, a line each, that the simulated network has to find. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Fault, moduleWith } from '../support/planted.ts';
import type * as Network from './network.ts';
import { networkWorldOf } from './network-world.ts';

const server = 'src/flow/sockets/server.ts';
const client = 'src/flow/sources/connect.ts';
const reading = 'src/flow/input/reading.ts';

/** @param isFlooded where it can only show in runs that come to more than is kept, which few do. */
const FAULTS: { readonly [what: string]: Fault & { readonly isFlooded?: true } } = {
  'what a connection left unfinished is dropped': {
    file: 'src/flow/framing/framer.ts',
    line: 'if (this.rest.length > 0) this.full = this.delivery.text(this.rest.take(), this.given, true);',
    planted: '',
  },
  'a connection is read on though there is no room': {
    file: reading,
    line: 'stream.pause();',
    planted: '',
    isFlooded: true,
  },
  'a connection that waited is never read again': {
    file: reading,
    line: 'full.then(() => stream.resume(), fail);',
    planted: 'full.catch(fail);',
    isFlooded: true,
  },
  'what waited in a connection is lost with it': {
    file: reading,
    line: 'for (let piece = stream.read(); piece !== null; piece = stream.read()) framer.push(piece)?.catch(fail);',
    planted: '',
    isFlooded: true,
  },
  'one client more is let in': {
    file: server,
    line: 'server.maxConnections = context.once ? 1 : clients;',
    planted: 'server.maxConnections = context.once ? 1 : clients + 1;',
  },
  'clients are not let go of at the end': {
    file: server,
    line: 'for (const client of served.keys()) leave(client);',
    planted: '',
  },
  'the server listens on when the run is over': {
    file: server,
    line: 'server.close();\n    const known',
    planted: 'const known',
  },
  'the pause before the next try stays as short as the first': {
    file: client,
    line: 'pause = Math.min(pause * 2, LONGEST_PAUSE);',
    planted: '',
  },
  'the pause before the next try grows without end': {
    file: client,
    line: 'pause = Math.min(pause * 2, LONGEST_PAUSE);',
    planted: 'pause *= 2;',
  },
  'the pause stays long behind a connection that was good': {
    file: client,
    line: 'if (framer.received) pause = FIRST_PAUSE;',
    planted: '',
  },
  'a run waits on for a machine that does not answer': {
    file: client,
    line: "signal.addEventListener('abort', stop);",
    planted: '',
  },
};

for (const [what, { isFlooded, ...fault }] of Object.entries(FAULTS)) {
  test(`the simulated network finds: ${what}`, { timeout: 600_000 }, async () => {
    const { simulateNetwork } = await moduleWith<typeof Network>('test/simulator/network.ts', fault);
    let found: string | undefined;
    for (let seed = 0; seed < 3000 && found === undefined; seed++) {
      if (isFlooded !== true || networkWorldOf(seed).isFlooded) found = await simulateNetwork(seed);
    }
    expect(found).toBeDefined();
  });
}

test.each(Object.entries(FAULTS))('there is one place for: %s', (_what, { file, line }) => {
  expect(readFileSync(file, 'utf8').split(line)).toHaveLength(2);
});
