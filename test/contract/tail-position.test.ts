/** What `tail` promises of its positions: whoever goes on from one gets the rest, whatever has happened to the file meanwhile. */
import { appendFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Position } from '../../src/flow/define/position.ts';
import { SteppingClock } from '../../src/run/trials/stepping-clock.ts';
import { begunCuts, type Following, follow, positionOf, RotatingLog } from '../support/rotating-log.ts';
import { temporaryDirectory } from '../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let clock: SteppingClock;
let log: RotatingLog;
beforeEach(() => {
  directory = temporaryDirectory();
  clock = new SteppingClock();
});
afterEach(() => {
  log.close();
  directory.remove();
});

const made = (content = '') => {
  log = new RotatingLog(directory.at('app.log'), content);
  return log.path;
};

const following = (from?: Position): Promise<Following> => follow(log.path, clock, from);

/** What is done to the file while nobody follows it. */
const STEPS: { readonly [name: string]: () => void } = {
  'nothing happened': () => {},
  'lines were appended': () => log.append(3),
  'it was rotated': () => {
    log.append(2);
    log.rename();
    log.append(2);
  },
  'it was rotated three times': () => {
    for (let times = 0; times < 3; times++) {
      log.append(2);
      log.rename();
    }
    log.append(1);
  },
  'it was rotated, and packed': () => {
    log.append(2);
    log.rename();
    log.append(2);
    log.pack(1);
  },
  'it was rotated twice, and packed': () => {
    log.append(2);
    log.rename();
    log.append(2);
    log.rename();
    log.append(2);
    log.pack(2);
  },
  'it was copied and truncated': () => {
    log.append(2);
    log.copyAndTruncate();
    log.append(2);
  },
};

it.each(Object.entries(STEPS))('goes on behind each chunk, though %s', async (_what, away) => {
  writeFileSync(`${made('old\n')}.1`, 'older\n');
  const first = await following();
  for (let times = 0; times < 3; times++) {
    log.append(2);
    await clock.passUntil(() => first.run.records.length === log.written.length);
  }
  appendFileSync(log.path, 'hal');
  await clock.pass(100);
  const cuts = begunCuts(first.run);
  const { numbered } = await first.stop();
  log.put('half', 'hal');
  away();
  for (const cut of cuts) {
    const then = await following(positionOf(cut));
    await clock.passUntil(() => cut.count + then.run.records.length >= log.written.length);
    await clock.pass(1500);
    const rest = await then.stop();
    const seen = [...numbered.slice(0, cut.count), ...rest.numbered];
    expect(seen.map(([, , record]) => record)).toEqual(log.written);
    expect(seen.map(([, line]) => line).slice(0, 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  }
});

/** What happened, and behind which chunk (the last one: 0) reading stopped before. */
const HISTORIES: readonly (readonly (readonly [what: string, cut: number])[])[] = [
  [['it was copied and truncated', 1]],
  [
    ['it was rotated twice, and packed', 1],
    ['nothing happened', 1],
    ['nothing happened', 1],
  ],
  [
    ['it was rotated', 0],
    ['it was rotated three times', 4],
    ['it was rotated, and packed', 3],
    ['lines were appended', 0],
    ['it was rotated twice, and packed', 2],
  ],
  [
    ['it was copied and truncated', 0],
    ['lines were appended', 2],
    ['it was copied and truncated', 3],
    ['it was copied and truncated', 0],
  ],
];

it.each(HISTORIES)('goes on again and again (%#)', async (...history) => {
  made();
  const seen: unknown[] = [];
  let position: Position | undefined;
  for (const [away, at] of [...history, ['nothing happened', 0] as const]) {
    const { run, stop } = await following(position);
    log.append(2);
    await clock.passUntil(() => seen.length + run.records.length >= log.written.length);
    await clock.pass(1500);
    const begun = begunCuts(run);
    const cut = begun[at === 0 ? begun.length - 1 : at % begun.length]!;
    seen.push(...run.records.slice(0, cut.count));
    position = positionOf(cut);
    await stop();
    STEPS[away]!();
  }
  expect(seen).toEqual(log.written);
});

it('gives the half line that was there at the start only once something comes to it', async () => {
  made('old\nha');
  const first = await following();
  await clock.pass(100);
  const position = positionOf(first.run.cuts.at(-1)!);
  await first.stop();
  const second = await following(position);
  await clock.pass(100);
  expect((await second.stop()).records).toEqual([]);
  appendFileSync(log.path, 'lf\n');
  const third = await following(position);
  await clock.passUntil(() => third.run.records.length === 1);
  expect((await third.stop()).records).toEqual(['half']);
});

it('tells what is lost of a file that is gone, and goes on with the next', async () => {
  made();
  const first = await following();
  log.append(2);
  await clock.passUntil(() => first.run.records.length === 2);
  const position = positionOf(first.run.cuts.at(-1)!);
  await first.stop();
  rmSync(log.path);
  writeFileSync(directory.at('other'), 'x\n'.repeat(100));
  writeFileSync(log.path, 'next\n');
  const second = await following(position);
  await clock.passUntil(() => second.run.records.length === 1);
  await second.stop();
  expect(second.run.records).toEqual(['next']);
  expect(second.run.notes.join('\n')).toMatch(/(was read up to byte \d+ before, and is gone|written anew)/);
});

it('tells of a file that was found and is gone before anything of it was read', async () => {
  made();
  const first = await following();
  log.append(2);
  log.rename();
  await clock.passUntil(() => first.run.records.length === 2);
  await first.stop();
  const second = await following(positionOf(first.run.cuts.at(-1)!));
  log.append(2);
  log.rename();
  log.append(2);
  log.rename();
  await clock.passUntil(() => second.run.records.length === 4);
  await second.stop();
  // The first of them that was found since, and not read.
  const found = second.run.cuts.find(({ position }) => /"offset":0,"first":"[^"]+"/.test(position ?? ''))!;
  rmSync(`${log.path}.1`);
  rmSync(`${log.path}.2`);
  const third = await following(positionOf(found));
  await clock.pass(100);
  await third.stop();
  expect(third.run.notes.filter((note) => /is gone: what is behind that is lost$/.test(note)).length).toBeGreaterThan(
    0,
  );
});

it('takes no other file for an empty one that it followed, whose number that one has got', async () => {
  made();
  const first = await following();
  log.append(2);
  await clock.passUntil(() => first.run.records.length === 2);
  log.rename();
  const empty = `${statSync(log.path).ino}`;
  await clock.passUntil(() => first.run.cuts.at(-1)?.position?.includes(`:${empty}"`) === true);
  await first.stop();
  const position = positionOf(begunCuts(first.run).at(-1)!);
  log.append(2);
  log.rename();
  log.append(2);
  // What was empty is packed, and gone; its number goes to a file that is none of the log.
  log.pack(1);
  const other = directory.at('other');
  writeFileSync(other, 'not of it\n');
  const { dev, ino } = statSync(other);
  const reused = position.map((split) =>
    split.key === `${dev}:${empty}` ? { ...split, key: `${dev}:${ino}` } : split,
  );
  expect(reused).not.toEqual(position);
  const second = await following(reused);
  await clock.passUntil(() => second.run.records.length >= 4);
  await clock.pass(1500);
  expect((await second.stop()).records).toEqual(log.written.slice(2));
});
