import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostFileSystem } from '../../../src/flow/output/host-file-system.ts';
import { save } from '../../../src/flow/sinks/save.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { openSink, runBatches, sinkContext } from '../../support/sink.ts';

test('a file that is closed once more closes nothing that was opened in the meantime', async () => {
  const directory = temporaryDirectory();
  const first = await hostFileSystem.open(join(directory, 'first'), 'append');
  await first.close();
  const second = await hostFileSystem.open(join(directory, 'second'), 'append');
  await first.close();
  await second.write(Buffer.from('whole\n'));
  await second.close();
  expect(readFileSync(join(directory, 'second'), 'utf8')).toBe('whole\n');
});

test('a batch that cannot be given its name takes no file of another sink with it', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'hits-1000'));
  const other = join(directory, 'other');
  let opened: Awaited<ReturnType<typeof hostFileSystem.open>> | undefined;
  const files = {
    ...hostFileSystem,
    async rename(from: string, to: string) {
      // Another sink is given the descriptor that has just become free.
      opened = await hostFileSystem.open(other, 'append');
      await hostFileSystem.rename(from, to);
    },
  };
  const { context, reports } = sinkContext();
  await runBatches(openSink(save, { prefix: `${directory}/hits` }, { ...context, files }), [['a']]);
  expect(reports.failures).toHaveLength(1);
  await opened!.write(Buffer.from('whole\n'));
  await opened!.close();
  expect(readFileSync(other, 'utf8')).toBe('whole\n');
  expect(readdirSync(directory).sort()).toEqual(['hits-1000', 'other']);
});
