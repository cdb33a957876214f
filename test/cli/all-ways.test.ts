/**
 * One program and one input give one answer, by whatever way: as bytes or as records, by one thread or by three, from a file, from a packed one,
 * from a pipe that comes in pieces, live where event time decides, and from a session that was recorded. `LEAT_SEED=7` runs one seed again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { tries } from '../support/effort.ts';
import { type Ended, start, temporaryFolder } from './harness.ts';

const { LEAT_SEED, LEAT_SEEDS = String(tries(4, 60)) } = process.env;

interface Form {
  readonly parser: string;
  /** The first line, where there is one. */
  readonly head: string;
  line(random: Random, time: number): string;
}

const KEYS = ['a', 'b', 'ü', '7', '1.0', '1', '', 'zz'];
const NUMBERS = ['0', '7', '1.10', '1.1', '-3', '12.50', '1e3', '9007199254740993', '0.1', '2.5'];
const VALUES = ['x', '1.10', '1.1', '01', 'null', 'é😀', '9007199254740993'];

const FORMS: readonly Form[] = [
  {
    parser: 'json',
    head: '',
    line(random, time) {
      if (random.chance(0.02)) return random.pick(['{"k":', '[1]', '{"k":"a","t":"never","n":1}']);
      const n = random.chance(0.03) ? '"text"' : random.pick([...NUMBERS, 'null']);
      const fields = [`"k":${JSON.stringify(random.pick(KEYS))}`, `"2024":${random.whole(0, 9)}`, `"n":${n}`];
      if (random.chance(0.9)) fields.push(`"v":${JSON.stringify(random.pick(VALUES))}`);
      return `{${fields.join(',')},"t":${time}}`;
    },
  },
  {
    parser: 'csv',
    head: 'k,2024,n,v,t\n',
    line(random, time) {
      if (random.chance(0.02)) return random.pick(['a,1', '"a"b,1,2,x,1700000000', 'a,1,2,x,never']);
      const k = random.pick(KEYS);
      const cells = [random.chance(0.3) ? `"${k}"` : k, `${random.whole(0, 9)}`, random.pick([...NUMBERS, '', 'text'])];
      return `${cells.join(',')},${random.chance(0.1) ? '"two, with\nlines"' : random.pick(VALUES)},${time}`;
    },
  },
  {
    parser: 'logfmt',
    head: '',
    line(random, time) {
      const k = random.pick(KEYS);
      return `k="${k}" 2024=${random.whole(0, 9)} n=${random.pick(NUMBERS)} v=${random.pick(VALUES)} t=${time}`;
    },
  },
];

const FILTERS = [
  '',
  'filter(.n > 1) | ',
  'filter(.v == "1.10" || .k != "a") | ',
  'filter(.v != null && .n <= 12.5) | ',
];

/** What comes out depends on the records alone. */
const BATCH = [
  'count',
  'countBy(.k)',
  'countBy([.k, .v])',
  'groupBy(.k, {n: count(), sum: sum(.n), mean: avg(.n), p: p50(.n), first: first(.v), last: last(.n), d: distinct(.v), most: max(.n)})',
  'aggregate({s: stddev(.n), all: set(.v), top: top(3, .n), q: quantile(.n, 0.9)})',
  'map([.k, .n]) | reduceByKey(_ + _)',
  'map({..._, "3": .n, x: .k + "-" + .v}) | sortBy(.n) | take(20)',
  'map(.v) | distinct | sort',
  'map(.n) | countByValue | top(4)',
  'dedupe(.k) | map(.v)',
];

/** And by event time, how far records may be behind is said: so it is the same live. */
const EVENT = [
  'window(20s, 5s, on: .t, late: 40s) | countBy(.k) | stamp',
  'window(10s, on: .t, late: 40s) | groupBy(.v, {n: count(), sum: sum(.n), first: first(.k)})',
  'session(.k, {n: count(), sum: sum(.n)}, gap: 3s, on: .t, late: 40s)',
  'window(10s, on: .t, late: 3s) | count',
];

interface Task {
  readonly form: Form;
  readonly program: string;
  readonly isEvent: boolean;
  readonly text: string;
}

function taskOf(random: Random): Task {
  const form = random.pick(FORMS);
  const isEvent = random.chance(0.4);
  const program = `${random.pick(FILTERS)}${random.pick(isEvent ? EVENT : BATCH)}`;
  const lines = Array.from({ length: random.whole(0, 1500) }, (_, i) => {
    return form.line(random, 1_700_000_000 + Math.floor(i / 4) + random.whole(-20, 0));
  });
  const end = random.chance(0.5) ? '\n' : '';
  return { form, program, isEvent, text: `${form.head}${lines.join('\n')}${lines.length === 0 ? '' : end}` };
}

/** Runs leat on input that comes in pieces; each is on its way before the next one is made. */
async function piped(random: Random, args: readonly string[], text: string, folder: string): Promise<Ended> {
  const leat = start(args, folder);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + random.whole(1, 20_000));
    at += piece.length;
    await new Promise((resolve) => leat.child.stdin.write(piece, resolve));
  }
  leat.child.stdin.end();
  return leat.ended;
}

/** What has to be the same: the answer, how it ended, and how many were bad, by reason. */
function seen({ stdout, stderr, code }: Ended): string {
  const summary = /\d+ bad of [\d,]+:.*|\d+ late of [\d,]+/g;
  // Where the first one was is told by the name of the source.
  const counts = (stderr.match(summary) ?? []).join('\n').replaceAll(/ \(first [^)]*\)/g, '');
  return `${stdout}${counts}\nexit ${code}`;
}

/** Where the plan has the parser read bytes, it does so: most lines are as its kernel likes them, but those that pass a filter may have to be seen whole. */
async function checkFastLane({ form, program, text }: Task, folder: string, about: string): Promise<void> {
  const whole = `${form.parser} | ${program}`;
  const lines = text.split('\n');
  const explained = await start(['explain', whole], folder).ended;
  if (!new RegExp(`^${form.parser} +bytes`, 'm').test(explained.stdout) || lines.length < 50) return;
  writeFileSync(join(folder, 'f.spec'), `# Lines.\n${whole}\n\nin\n    ${lines.join('\n    ')}\n\nfaster ?\n`);
  await start(['test', '--update', 'f.spec'], folder).ended;
  const taken = new RegExp(`^faster ${form.parser} (\\d+)`, 'm').exec(
    readFileSync(join(folder, 'f.spec'), 'utf8'),
  )?.[1];
  expect(Number(taken ?? 0), `${about}, lines in the fast lane`).toBeGreaterThan(
    program.startsWith('filter') ? 0 : lines.length / 4,
  );
}

async function judge(seed: number): Promise<void> {
  const random = new Random(seed);
  const task = taskOf(random);
  const { form, program, isEvent, text } = task;
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'f'), text);
  writeFileSync(join(folder, 'f.gz'), gzipSync(text));
  const whole = `${form.parser} | ${program}`;
  const file = (name: string, ...flags: string[]) => start([...flags, `files("${name}") | ${whole}`], folder).ended;
  const [wanted, live, ...others] = await Promise.all([
    file('f', '--workers', '1'),
    isEvent ? piped(random, [`stdin | ${whole}`, '--batch', '10ms'], text, folder) : undefined,
    file('f', '--workers', '1', '--no-kernels'),
    file('f', '--workers', '3'),
    file('f.gz'),
    file('f', '--record', 'session'),
    piped(random, [whole], text, folder),
  ]);
  const replayed = await start([`replay("session") | ${whole}`], folder).ended;
  const about = `seed ${seed}: ${whole}`;
  for (const [way, other] of [...others, replayed].entries()) {
    expect(seen(other), `${about}, way ${way}\n${wanted!.stderr}${other.stderr}`).toBe(seen(wanted!));
  }
  await checkFastLane(task, folder, about);
  // Live, what is over comes out sooner, and so in another order.
  if (live !== undefined) expect(inOrder(seen(live)), `${about}, live\n${live.stderr}`).toEqual(inOrder(seen(wanted!)));
}

function inOrder(text: string): readonly string[] {
  return text.split('\n').sort();
}

const seeds = LEAT_SEED === undefined ? Array.from({ length: Number(LEAT_SEEDS) }, (_, i) => i) : [Number(LEAT_SEED)];

for (const seed of seeds) {
  test(`an answer is the same by all ways, seed ${seed}`, { timeout: 120_000 }, () => judge(seed));
}
