/** What a run leaves that was ended at any of its calls, held to what it leaves uninterrupted. */
import { deepEqual, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDuration } from '../../src/base/duration.ts';
import type { FileSystem } from '../../src/flow/define/file-system.ts';
import type { Fate } from '../../src/run/trials/disk.ts';
import { Random } from '../../src/run/trials/random.ts';
import { isReceived, told } from './receiving.ts';
import {
  type Arrival,
  Earth,
  INTERVAL,
  type Kind,
  live,
  NAMES,
  oracle,
  replayed,
  SESSION,
  type World,
} from './world.ts';

/** How what is left is held to what is left by an uninterrupted run. */
type Measure =
  /** Batch by batch: what came into each is known, and so is what each has to give. */
  | 'ticks'
  /** Record by record: what it gives does not depend on the batches that records come in. */
  | 'records'
  /** All of it: nothing depends on when it runs. */
  | 'all';

export interface Subject {
  readonly program: string;
  /** What the first life ran, which the others go on from with another program. */
  readonly before?: string;
  readonly kind: Kind;
  readonly measure: Measure;
  /** Where it goes to: a file, files, or standard output, whose batches may come a second time; there record by record, with lines that go out while their batch is open, or twice, the second time when all are there. */
  readonly sink?: 'append' | 'save' | 'print' | 'lines' | 'twice';
  /** What is read is kept as a session, which gives the same again. */
  readonly isRecorded?: boolean;
}

const OUT = '/data/out';
/** Where sessions are read, one after the other. */
const SESSIONS = mkdtempSync(join(tmpdir(), 'leat-sessions-'));
process.once('exit', () => rmSync(SESSIONS, { recursive: true, force: true }));
/** More than is collected before it goes out. */
const WIDTH = 66_000;
const SINKS = {
  append: `append("${OUT}", format: "batches")`,
  save: 'save("/data/batch", format: "batches", empty: true)',
  print: 'print',
  // With its tick, and so long that it waits for no other.
  lines: `map(string(now()) + " " + _ + " ".repeat(${WIDTH})) | print`,
  twice: 'print | print',
};

/** The world of a subject and a seed. */
export function worldOf({ program, before, kind, sink = 'append', isRecorded }: Subject, seed: number): World {
  const random = new Random(seed);
  const arrivals: Arrival[] = [];
  for (const source of ['left', 'right'] as const) {
    let time = 0;
    const count = random.whole(4, 12);
    for (let i = 0; i < count; i++) {
      time += random.pick([0, 1, INTERVAL / 2, INTERVAL, random.whole(1, 2 * INTERVAL)]);
      const client = kind === 'batches' ? 0 : random.whole(0, 1);
      const line = `${random.pick(['a', 'b', 'c'])} ${random.whole(0, 9)} ${i * 700}`;
      arrivals.push({ source, client, time: Math.max(1, time), line });
    }
  }
  const look = sink === 'lines' || sink === 'twice' ? { format: 'text' as const } : {};
  const into = (text: string) => `${text} | ${SINKS[sink]}`;
  const given = { program: into(program), ...(before === undefined ? {} : { before: into(before) }) };
  return { ...given, kind, arrivals, ...look, ...(isRecorded === true ? { isRecorded } : {}) };
}

/** A run that meets some fates one after the other and then none. @returns how many calls the first life made. */
async function goThrough(subject: Subject, seed: number, fates: readonly Fate[]): Promise<number> {
  const world = worldOf(subject, seed);
  const earth = new Earth(world, seed);
  const setUp = earth.disk.life();
  await setUp.makeDirectory('/data');
  await setUp.syncDirectory('/');
  let calls = 0;
  const required = new Set<string>();
  for (const fate of [...fates, {}]) {
    const { result, life } = await live(earth, fate);
    calls ||= life.calls;
    if (!life.isOver && fate.failsAt === undefined) deepEqual(result?.failure, undefined);
    const losesPower = life.isOver && earth.random.chance(0.6);
    if (losesPower) {
      earth.disk.losePower();
      required.clear();
    }
    // What was worked on is in the file, where the process only was killed.
    else for (const line of earth.read) required.add(line);
    // Nobody is at work for some time.
    if (subject.kind !== 'batches') earth.now += earth.random.pick([0, INTERVAL / 3, 4.5 * INTERVAL]);
  }
  for (const line of earth.safe) required.add(line);
  await hold(subject, seed, earth, required);
  if (subject.isRecorded === true) await holdSession(subject, earth);
  return calls;
}

/** What all lives have recorded gives what they gave. */
async function holdSession(subject: Subject, earth: Earth): Promise<void> {
  const path = join(SESSIONS, 'session.jsonl');
  writeFileSync(path, textOf(earth.disk.life(), SESSION));
  deepEqual(givenBy(subject, await replayed(earth.world, path)), givenBy(subject, earth));
}

/** Holds what is left to what an uninterrupted run leaves. @param required what has to have come in, of what comes only once. */
export async function hold(subject: Subject, seed: number, earth: Earth, required: ReadonlySet<string>): Promise<void> {
  if (subject.sink === 'lines') {
    compareComeIn(subject, earth, required);
    compareLines(earth, await oracle(earth));
    return;
  }
  if (subject.sink === 'twice') {
    holdTwice(earth);
    return;
  }
  const got = givenBy(subject, earth);
  if (subject.kind === 'filter')
    compareReceived(
      recordsOf(got).map((line) => `left ${JSON.parse(line)}`),
      required,
      earth,
    );
  else if (subject.measure === 'ticks' && subject.kind !== 'bounded')
    compareTicks(subject, got, await oracle(earth), earth, required);
  else {
    const plain = new Earth(earth.world, seed);
    const plainSetUp = plain.disk.life();
    await plainSetUp.makeDirectory('/data');
    await live(plain, {});
    const wanted = givenBy(subject, plain);
    if (subject.measure === 'all') deepEqual(got, wanted);
    else deepEqual(recordsOf(got), recordsOf(wanted));
  }
}

interface Given {
  readonly batch: number;
  readonly time: number;
  readonly start: number;
  readonly records: readonly unknown[];
}

/** All batches that came out, in order. */
export function givenBy({ sink }: Subject, { disk, printed }: Earth): readonly Given[] {
  const files = disk.life();
  const unique =
    sink === 'print' ? printedOnce(printed) : sink === 'save' ? savedIn(files) : readBatches(textOf(files, OUT));
  deepEqual(
    unique.map(({ batch }) => batch),
    unique.map((_batch, i) => i + 1),
  );
  return unique;
}

function savedIn(files: FileSystem): readonly Given[] {
  if (files.status('/data') === undefined) return [];
  const times = files.list('/data').map((name) => Number(/^batch-(\d+)$/.exec(name)?.[1]));
  return times.sort((a, b) => a - b).flatMap((time) => readBatches(textOf(files, `/data/batch-${time}`)));
}

/** A batch that comes a second time is the same, and it was said that it may come. */
function printedOnce(lives: Earth['printed']): readonly Given[] {
  const unique: Given[] = [];
  for (const { text, named = '' } of lives) {
    const [first = 0, last = first] = [...named.matchAll(/\(([\w.]+)\)/g)].map(([, time]) => parseDuration(time!)!);
    for (const batch of readBatches(text)) {
      const before = unique[batch.batch - 1];
      if (before === undefined) unique.push(batch);
      else {
        deepEqual(inOrder(batch), inOrder(before));
        // What comes behind the last tick has its time.
        const isRest = batch.batch === unique.length && batch.time === first - INTERVAL;
        ok(isRest || (batch.time >= first && batch.time <= last), `batch ${batch.batch} came again, and not: ${named}`);
      }
    }
  }
  return unique;
}

/** Clients come in any order, and a batch that the end of its sources cut short has come to its tick when it is repeated. */
function inOrder(batch: Given): Given & { readonly partial: boolean } {
  return { ...batch, partial: false, records: batch.records.map((record) => JSON.stringify(record)).sort() };
}

function textOf(files: FileSystem, path: string): string {
  const status = files.status(path);
  return status === undefined ? '' : files.read(path, 0, status.size).toString();
}

function readBatches(text: string): readonly Given[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Given);
}

function recordsOf(given: readonly Given[]): readonly string[] {
  return given.flatMap(({ records }) => records.map((record) => JSON.stringify(record))).sort();
}

/** All records that came into some batch. */
function comeIn(ticks: Earth['ticks']): readonly string[] {
  return [...ticks.values()]
    .flatMap((tick) => NAMES.flatMap((name) => tick[name].map((line) => `${name} ${line}`)))
    .sort();
}

/** All records came into a batch, and once. */
function compareComeIn({ kind }: Subject, earth: Earth, required: ReadonlySet<string>): void {
  const { ticks, world } = earth;
  const read = world.arrivals.filter(({ source }) => world.program.includes(source));
  if (isReceived(kind)) compareReceived(comeIn(ticks), required, earth);
  else deepEqual(comeIn(ticks), read.map(told).sort());
}

/** What came out in any life, line by line, is what one that was never interrupted gives of the same batches; and where a line came again, it was said. */
function compareLines({ printed }: Earth, wanted: Earth): void {
  const came = new Set<string>();
  for (const { text, named = '' } of printed) {
    const [first = 0, last = first] = [...named.matchAll(/\(([\w.]+)\)/g)].map(([, time]) => parseDuration(time!)!);
    const lines = linesOf(text);
    for (const line of lines.filter((line) => came.has(line))) {
      const time = Number(line.split(' ')[0]);
      ok(time >= first && time <= last, `${line} came again, and not: ${named}`);
    }
    for (const line of lines) came.add(line);
  }
  deepEqual([...came].sort(), linesOf(wanted.printed[0]!.text).sort());
}

/** Each line came out as often as it was asked for at least, and no other. */
function holdTwice({ printed, world }: Earth): void {
  const all = printed.flatMap(({ text }) => linesOf(text));
  const wanted = world.arrivals.filter(({ source }) => world.program.includes(source)).map(({ line }) => line);
  deepEqual([...new Set(all)].sort(), wanted.toSorted());
  for (const line of wanted) ok(all.filter((other) => other === line).length >= 2, `came out once: ${line}`);
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.trimEnd());
}

/** The batches that came out are those of the records that came in. Ticks at which nothing was due, while no process was at work, have given nothing. */
function compareTicks(
  subject: Subject,
  got: readonly Given[],
  wanted: Earth,
  earth: Earth,
  required: ReadonlySet<string>,
): void {
  const { ticks, world } = earth;
  compareComeIn(subject, earth, required);
  const all = givenBy(subject, wanted);
  // It gives something at each tick, due or not; and one that was ended before it had begun begins later.
  const isOfAll = world.program.includes('running');
  const plain = ({ batch: _batch, ...given }: Given) => ({
    ...given,
    ...(isOfAll ? { start: 0 } : {}),
    partial: false,
  });
  const due = all.filter(({ time }) => ticks.has(time));
  const leftOut = all.filter(({ time, records }) => !ticks.has(time) && records.length > 0);
  if (!isOfAll) deepEqual(leftOut, []);
  deepEqual(got.map(plain), due.map(plain));
}

/**
 * What comes only once came in once, or is lost with the process that had taken it; and all of it came in that was kept. Of a line that was cut
 * by the end of a process the start may come in by itself.
 */
function compareReceived(came: readonly string[], required: ReadonlySet<string>, { world, taken, lives }: Earth): void {
  const sent = new Set(world.arrivals.map(told));
  const whole = came.filter((line) => sent.has(line));
  deepEqual(whole, [...new Set(whole)]);
  for (const line of required) ok(came.includes(line), `lost: ${line}`);
  const parts = came.filter((line) => !sent.has(line));
  for (const part of parts)
    ok(
      [...taken].some((line) => line.startsWith(part) && !whole.includes(line)),
      `torn: ${part}`,
    );
  if (lives === 1) deepEqual(came, [...taken].sort());
}

/** The same fate at the calls of a first life in turn: at every one, or at every so many. @returns how many there were. */
export async function atEveryCall(
  subject: Subject,
  seed: number,
  fates: (call: number) => readonly Fate[],
  each = 1,
): Promise<number> {
  const calls = await goThrough(subject, seed, []);
  for (let call = 1 + (seed % each); call <= calls; call += each) await goThrough(subject, seed, fates(call));
  return calls;
}
