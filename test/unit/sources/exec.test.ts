import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { exec } from '../../../src/flow/sources/exec.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

it('gives the lines of a command of the shell and ends with it', async () => {
  const run = new TestRun();
  await openSource(exec, { command: `printf 'b\\na' | sort` }, run).run();
  expect(run.records).toEqual(['a', 'b']);
});

it('reads all that a failing command wrote, then fails with exit 3', async () => {
  const run = new TestRun();
  const command = 'echo one; printf half; exit 7';
  await expect(openSource(exec, { command }, run).run()).rejects.toMatchObject({
    exit: 3,
    message: `\`${command}\` ended with exit code 7`,
  });
  expect(run.records).toEqual(['one', 'half']);
});

it('names the signal that ended a command', async () => {
  const source = openSource(exec, { command: 'kill -KILL $$' }, new TestRun());
  await expect(source.run()).rejects.toMatchObject({ exit: 3, message: '`kill -KILL $$` ended with SIGKILL' });
});

it('ends the command and what it started when the run ends', async () => {
  const run = new TestRun();
  const pipe = directory.at('pipe');
  const started = `(exec 3> ${pipe}; echo opened; exec sleep 600)`;
  const running = openSource(exec, { command: `mkfifo ${pipe}; echo made; ${started} & wait` }, run).run();
  await run.until(() => run.records.length === 1);
  // The pipe comes to its end when the last process that could write to it has.
  const ended = readFile(pipe);
  await run.until(() => run.records.length === 2);
  run.abort();
  await running;
  await ended;
  expect(run.records).toEqual(['made', 'opened']);
});

it('kills a command that does not end when it is asked to', async () => {
  const clock = new VirtualClock();
  const run = new TestRun({ clock });
  const running = openSource(exec, { command: `trap '' TERM; echo ready; while :; do sleep 0.01; done` }, run).run();
  await run.until(() => run.records.length === 1);
  run.abort();
  clock.moveTo(2000);
  await running;
});

it('gives the command nothing to read', async () => {
  const run = new TestRun();
  await openSource(exec, { command: 'cat; echo end' }, run).run();
  expect(run.records).toEqual(['end']);
});
