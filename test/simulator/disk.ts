/**
 * A live run under one seed whose results go into a file as well, on a disk in memory of which a call may fail. What stands in the file is what was
 * printed, record for record; where a call fails, the run ends with exit 4, and the file is the beginning of what was to stand there.
 */
import { Disk } from '../../src/run/trials/disk.ts';
import { Random } from '../../src/run/trials/random.ts';
import { judge } from './judge.ts';
import { LiveSimulation } from './simulate.ts';
import { type World, worldOf } from './world.ts';

const FILE = 'out.jsonl';

/** More calls than a run makes in most worlds. */
const CALLS = 30;

/** Simulates the run of a seed. @returns what is wrong with it; undefined if nothing is. */
export async function simulateDisk(seed: number): Promise<string | undefined> {
  const world = diskWorldOf(seed);
  const random = new Random(seed);
  const failsAt = random.chance(0.5) ? random.whole(1, CALLS) : undefined;
  const told = (what: string) =>
    `seed ${seed}: ${what}\nfails at call ${failsAt}\n${JSON.stringify(world)}\nagain: LEAT_SEED=${seed} npx vitest run test/simulator/disk.test.ts`;
  const disk = new Disk(random);
  const life = disk.life(failsAt === undefined ? {} : { failsAt, code: random.pick(['ENOSPC', 'EIO']) });
  const file = disk.life();
  const written = () => file.read(FILE, 0, file.status(FILE)?.size ?? 0).toString();
  const hasFailed = () => failsAt !== undefined && life.calls >= failsAt;
  let early: string | undefined;
  const look = (text: string) => {
    if (!hasFailed() && written() !== recordsOf(text)) early ??= `while it runs, printed\n${text}written\n${written()}`;
  };
  try {
    const seen = await new LiveSimulation(world, life, look).live();
    const wrong = early ?? (hasFailed() ? undefined : await judge(world, seen));
    if (wrong !== undefined) return told(wrong);
    const wanted = recordsOf(seen.text);
    const found = file.status(FILE) === undefined ? '' : written();
    // What was printed last may not have been written, and the other way round.
    const common = hasFailed() ? Math.min(found.length, wanted.length) : Number.POSITIVE_INFINITY;
    if (found.slice(0, common) !== wanted.slice(0, common)) return told(`printed\n${wanted}written\n${found}`);
    const { exit } = seen.result;
    return (exit === 4) === hasFailed() ? undefined : told(`the run ended with ${exit}`);
  } catch (error) {
    return told(String(error));
  }
}

/** A world whose program writes what it prints, and which ends with all that came. */
function diskWorldOf(seed: number): World {
  const world = worldOf(seed);
  const program = /print|;/.test(world.program) ? 'left | count' : world.program;
  return {
    ...world,
    program: `let out = ${program}; out | print; out | append("${FILE}")`,
    isWrittenDown: false,
    happenings: world.happenings.filter(({ kind }) => kind !== 'snapshot'),
    ending: world.ending === 'over' ? 'over' : 'stop',
  };
}

/** The records of the batches that were printed, one a line. */
function recordsOf(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => (JSON.parse(line) as { readonly records: readonly unknown[] }).records)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');
}
