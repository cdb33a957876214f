import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { InformedCommand } from '../../../src/flow/informing/informed-command.ts';
import { startCommand } from '../../../src/flow/processes/commands.ts';
import { temporaryDirectory } from '../../support/directory.ts';

function informed(command: string) {
  const notes: string[] = [];
  const clock = new VirtualClock();
  return { command: new InformedCommand(command, clock, (message) => notes.push(message)), notes, clock };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

test('each message is a line on the standard input of a run of its own, in order', async () => {
  const file = join(temporaryDirectory(), 'told.txt');
  const { command, notes } = informed(`cat >> ${file}; echo - >> ${file}`);
  for (const line of ['a', '$(false) `false` \' " ;', 'c']) command.inform(line);
  await command.finish();
  expect(readFileSync(file, 'utf8')).toBe('a\n-\n$(false) `false` \' " ;\n-\nc\n-\n');
  expect(notes).toEqual([]);
});

test('a command that fails, does not read or is not there is told of, and those behind it are run', async () => {
  const file = join(temporaryDirectory(), 'told.txt');
  const { command, notes } = informed(`if [ -e ${file} ]; then exit 0; fi; touch ${file}; exit 3`);
  command.inform('x'.repeat(1_000_000));
  command.inform('y');
  await command.finish();
  expect(notes).toEqual([expect.stringContaining('ended with status 3')]);
});

test('a command that hangs is ended after its time, and killed where it does not end', async () => {
  const directory = temporaryDirectory();
  const [started, told] = [join(directory, 'started'), join(directory, 'told')];
  const hanging = `if [ -e ${started} ]; then cat > ${told}; exit; fi; trap "" TERM; touch ${started}; while :; do sleep 0.01; done`;
  const { command, notes, clock } = informed(hanging);
  command.inform('first');
  command.inform('second');
  await until(() => existsSync(started));
  clock.moveTo(30_000);
  clock.moveTo(32_000);
  await command.finish();
  expect(readFileSync(told, 'utf8')).toBe('second\n');
  expect(notes).toEqual([
    expect.stringContaining('took longer than 30s'),
    expect.stringContaining('was ended by SIGKILL'),
  ]);
});

test('more messages than may wait are left out, and so are those that wait too long when the run is over', async () => {
  const started = join(temporaryDirectory(), 'started');
  const { command, notes, clock } = informed(`touch ${started}; while :; do sleep 0.01; done`);
  for (let i = 0; i < 200; i++) command.inform(String(i));
  await until(() => existsSync(started));
  const finished = command.finish();
  clock.moveTo(30_000);
  await finished;
  expect(notes.map((note) => note.replace(/^.*` /, ''))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^is too slow/),
      expect.stringMatching(/^took longer/),
      expect.stringMatching(/^was too slow/),
    ]),
  );
});

test('a command that cannot be started is told of each time, and nothing is thrown', async () => {
  const { command, notes } = informed('cat \0');
  command.inform('a');
  command.inform('b');
  await command.finish();
  expect(notes).toEqual([
    expect.stringContaining('could not be started'),
    expect.stringContaining('could not be started'),
  ]);
});

test('that the system starts no command is a rejection, and no event that nobody listens to', async () => {
  vi.stubEnv('PATH', '/nowhere');
  try {
    await expect(startCommand(['-c', 'true'], 'ignore')).rejects.toThrow('ENOENT');
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a message waits until it is written down what it follows from, and is not given where it cannot be', async () => {
  const file = join(temporaryDirectory(), 'told.txt');
  const { command } = informed(`cat >> ${file}`);
  let write = () => {};
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  command.inform('kept', { written: () => written });
  command.inform('lost', { written: () => Promise.reject(new Error('the disk is full')) });
  await new Promise((resolve) => setImmediate(resolve));
  expect(existsSync(file)).toBe(false);
  write();
  await command.finish();
  expect(readFileSync(file, 'utf8')).toBe('kept\n');
});
