// How long one command takes and how much memory it needs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** GNU time, which knows the peak of a process that has ended; without it memory and processor time are not measured. */
const TIME = '/usr/bin/time';
const hasTime = existsSync(TIME);

/** A command that takes longer is ended, ms. */
const LIMIT = 15 * 60_000;

/**
 * Runs a command of the shell as a process of its own, its output to a file.
 * `ms` is the time of the whole process on the wall; `peak` the most memory, in bytes, that any one process of the command had
 * resident, and `busy` the processor time of all of them in ms, both undefined where GNU time is absent; `output` the text that it wrote, undefined where it failed, for which `fault` has the end of what it said.
 */
export async function measure(command, { folder, env }) {
  const [stdout, stderr, usage] = ['out', 'err', 'usage'].map((name) => join(folder, `.${name}`));
  const files = [await open(stdout, 'w'), await open(stderr, 'w')];
  const [program, ...args] = [...(hasTime ? [TIME, '-f', '%M %U %S', '-o', usage] : []), 'sh', '-c', command];
  const start = process.hrtime.bigint();
  const child = spawn(program, args, {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', files[0].fd, files[1].fd],
  });
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), LIMIT);
  const [code] = await once(child, 'exit');
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  clearTimeout(timer);
  for (const file of files) await file.close();
  // The last line: of a command that failed, GNU time says so before.
  const used = hasTime ? (await readFile(usage, 'utf8')).trim().split('\n').at(-1).split(' ').map(Number) : undefined;
  const peak = used && used[0] * 1024;
  const busy = used && (used[1] + used[2]) * 1000;
  const output = code === 0 ? await readFile(stdout, 'utf8') : undefined;
  const fault = code === 0 ? undefined : (await readFile(stderr, 'utf8')).trim().split('\n').slice(-3).join(' ');
  for (const path of [stdout, stderr, usage]) await rm(path, { force: true });
  return { ms, busy, peak, output, fault };
}

/** The middle one of some numbers: the mean of the two middle ones where their number is even. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
