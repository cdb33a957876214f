/** Lines that go into a store and come out of one, while leat and the store are killed again and again: each is there once. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { Leat, temporaryFolder } from '../cli/harness.ts';
import { seedOfTest } from './effort.ts';

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The whole numbers from one up to another, as lines. */
export const numbered = (from: number, to: number) =>
  Buffer.from(Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join(''));

/** How often leat is killed; the store with each fourth of them. */
const LIVES = 20;

interface Store {
  /** What is killed beside leat, and started again; undefined where it would forget all that it has. */
  readonly kill: (() => Promise<void>) | undefined;
  start(): unknown;
  /** Resolves when it is all there again. */
  ready?(): Promise<void>;
}

async function disturb({ kill, start }: Store, life: number, random: Random): Promise<void> {
  if (kill === undefined || life % 4 !== 3) return;
  await kill();
  await pause(random.whole(0, 700));
  await start();
}

const runOf = (program: string, folder: string) =>
  new Leat(['--checkpoint', 'state', '--batch', '100ms', program], folder);

/** The first that is not where it belongs is told: a list of all would be too long to read. */
function expectAll(lines: readonly string[], sent: number): void {
  const all = lines.map(Number).toSorted((a, b) => a - b);
  expect([all.length, all.findIndex((line, i) => line !== i)]).toEqual([sent, -1]);
}

/**
 * Files come into the store, and a run writes their lines to `out.log`.
 *
 * @param put makes a file of that name, however often it has to be tried.
 * @param announced what a run says that has begun to look for files.
 */
export async function linesComeOnce(
  store: Store,
  program: string,
  announced: RegExp,
  put: (name: string, bytes: Buffer) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder();
  const random = new Random(seedOfTest);
  let sent = 0;
  for (let life = 0; life < LIVES; life++) {
    const count = random.whole(1, 60_000);
    await put(`${sent}.log`, numbered(sent, sent + count));
    sent += count;
    const run = runOf(program, folder);
    if (random.chance(0.8)) await run.noted(announced);
    await pause(random.whole(0, 900));
    await disturb(store, life, random);
    run.child.kill('SIGKILL');
    await run.ended;
  }
  await store.ready?.();
  const run = runOf(program, folder);
  const out = join(folder, 'out.log');
  const had = () => (existsSync(out) ? readFileSync(out, 'utf8').split('\n').slice(0, -1) : []);
  for (let tries = 0; tries < 1000 && had().length < sent; tries++) await pause(100);
  run.child.kill('SIGTERM');
  await run.ended;
  expectAll(had(), sent);
}

/**
 * Lines come to `in.log`, and a run writes them to the store.
 *
 * @param kept all lines that are in the store.
 */
export async function linesAreKeptOnce(
  store: Store,
  program: string,
  kept: () => Promise<readonly string[]>,
): Promise<void> {
  const folder = temporaryFolder();
  const random = new Random(seedOfTest);
  let sent = 0;
  const write = (count: number) => {
    appendFileSync(join(folder, 'in.log'), numbered(sent, sent + count));
    sent += count;
  };
  for (let life = 0; life < LIVES; life++) {
    write(random.whole(1, 3000));
    const run = runOf(program, folder);
    await pause(random.whole(200, 1500));
    write(random.whole(1, 3000));
    await disturb(store, life, random);
    await pause(random.whole(0, 900));
    run.child.kill('SIGKILL');
    await run.ended;
  }
  await store.ready?.();
  const run = runOf(program, folder);
  // It may be read while what was killed is away.
  const found = () => kept().catch(() => []);
  for (let tries = 0; tries < 300 && (await found()).length < sent; tries++) await pause(300);
  run.child.kill('SIGTERM');
  await run.ended;
  expectAll(await found(), sent);
}
