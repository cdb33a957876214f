import { formatDuration } from '../../base/duration.ts';
import { parseJson, toJson } from '../../base/json.ts';
import { ProgramError } from '../../base/problem.ts';
import { field, type Value } from '../../base/value.ts';
import type { FileSystem } from '../../flow/define/file-system.ts';
import type { Step } from '../../flow/define/step.ts';
import type { Plan } from '../../query/plan/plan.ts';
import type { Found } from '../durable/found.ts';
import type { Watcher } from '../local/steps/watcher.ts';
import type { Fate } from '../trials/disk.ts';
import { Machine, type Process } from '../trials/machine.ts';
import { Random } from '../trials/random.ts';
import type { Interruption, Started } from '../trials/started.ts';
import { type Arrival, asLists, asTheyCome, BEFORE, boundedLines, OVER } from './scripted-input.ts';
import { parseSpec, type Spec, SpecError } from './spec-file.ts';
import { optionsOf, planOf } from './started.ts';

/** What a seed showed: what happened to the run, and what it gave beside what the plain run gave, both as text. */
interface SeedFailure {
  readonly happened: readonly string[];
  readonly expected: string;
  readonly actual: string;
}

/** The directory of the run itself, which is no result. */
const STATE = 'state';
/** Most processes are killed within so many calls of the disk. */
const CALLS = 120;

/**
 * Runs the program of a spec with its lines at other times, so that batches are cut in other places, and with processes that are killed, stopped and
 * stand still, all of it by chance under one seed; holds what it gives to one process that was given the same batches.
 *
 * @returns what differs; undefined where nothing does.
 * @throws SpecError if the file is no spec, or none that can be run so.
 */
export async function runSeed(text: string, seed: number): Promise<SeedFailure | undefined> {
  const spec = parseSpec(text);
  if (spec.settings.batches !== undefined)
    throw new SpecError(1, 'batches counts one process, so --seeds cannot go by it');
  const trial = new Trial({ ...spec, settings: { ...spec.settings, format: 'batches' } }, seed);
  try {
    return await trial.run();
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new SpecError(1, 'its program is wrong, so there is nothing to run');
  }
}

/** What a run gave. */
interface Given {
  readonly batches: readonly Value[];
  readonly files: FileSystem;
  readonly bad: number;
  readonly late: number;
}

class Trial {
  private readonly spec: Spec;
  private readonly random: Random;
  private readonly isBounded: boolean;
  private readonly arrivals: readonly Arrival[];
  /** How many lines had been taken at each tick that came about, ms. */
  private readonly ticks = new Map<number, number>();
  private taken = 0;
  private readonly happened: string[] = [];

  constructor(spec: Spec, seed: number) {
    this.spec = spec;
    this.random = new Random(seed);
    this.isBounded = boundedLines(spec) !== undefined;
    this.arrivals = this.isBounded ? this.inOnePiece() : this.atOtherTimes();
  }

  async run(): Promise<SeedFailure | undefined> {
    const got = await this.interrupted();
    const wanted = await this.plain();
    const expected = textOf(wanted);
    const actual = textOf(got);
    return expected === actual ? undefined : { happened: this.happened, expected, actual };
  }

  /** Lines keep their order; each comes somewhere in its batch, or later. */
  private atOtherTimes(): readonly Arrival[] {
    const { spec, random } = this;
    const { interval } = spec;
    let last = 0;
    return spec.input.flatMap(({ time, lines }) =>
      lines.map((line) => {
        const start = (Math.ceil(time! / interval) - 1) * interval;
        const delay = random.pick([0, 0, 0, interval, random.next() * 3 * interval]);
        const at = Math.round(start + random.next() * interval + delay);
        // What comes at a tick belongs to the next one; here nothing does.
        last = Math.max(last, at % interval === 0 ? at + BEFORE : at);
        return { time: last, line };
      }),
    );
  }

  private inOnePiece(): readonly Arrival[] {
    let time = 0;
    return boundedLines(this.spec)!.map((line) => {
      time += this.random.pick([0, 0, this.spec.interval]);
      return { time, line };
    });
  }

  private get started(): Started {
    const { spec, arrivals } = this;
    const last = arrivals.at(-1)?.time ?? 0;
    const end = this.isBounded ? last : Math.ceil(last / spec.interval) * spec.interval + BEFORE;
    const kind = this.isBounded ? 'bounded' : 'live';
    return {
      text: spec.program,
      mayChange: false,
      plan: (batchTime) => planOf(spec, (name) => asTheyCome(arrivals, end, name, kind), batchTime),
      opened: (found, plan) => this.goOnFrom(found, plan),
      options: (plan) => optionsOf(spec, { memory: () => this.watcher() }, plan),
    };
  }

  /** What came about behind what was kept comes about again. */
  private goOnFrom(found: Found | undefined, { sources }: Plan): void {
    for (const tick of this.ticks.keys()) if (tick > (found?.frozen.tick ?? -1)) this.ticks.delete(tick);
    const source = sources.findIndex(({ definition }) => definition.isDefault === true);
    const at = found?.positions[source]?.[0]?.at ?? 0;
    this.taken = at === OVER ? this.arrivals.length : Number(at);
  }

  /** Counts the lines that are in each batch. */
  private watcher(): Watcher {
    return {
      around: (_node, down, create) => create(down),
      behind: ({ definition }, down): Step => {
        if (definition.isDefault !== true) return down;
        return {
          push: (record) => {
            this.taken++;
            down.push(record);
          },
          close: (span) => {
            this.ticks.set(span.end, this.taken);
            down.close(span);
          },
          partition: () => down.partition?.(),
          release: () => down.release?.(),
          advance: (through) => down.advance(through),
          opened: (origin) => down.opened?.(origin),
          ended: (origin) => down.ended?.(origin),
          passed: (reached) => down.passed?.(reached),
          finish: (finished) => down.finish(finished),
        };
      },
    };
  }

  /** Some processes that do not come to their end, and one that does. */
  private async interrupted(): Promise<Given> {
    const { random } = this;
    const machine = new Machine(random, random.pick([500, undefined]));
    const processes: Process[] = [];
    for (let more = random.whole(1, 4); ; more--) {
      const [interruptions, fate] = more > 0 ? this.whatHappens(machine.now) : [[], {}];
      const process = await machine.start(this.started, interruptions, fate);
      processes.push(process);
      if (process.result?.failure !== undefined)
        throw new SpecError(1, `it cannot be kept: ${process.result.failure.message}`);
      if (more <= 0) break;
      if (process.result === undefined && random.chance(0.5)) {
        machine.losePower();
        this.happened.push('the power was cut');
      }
    }
    const { bad, late } = processes.at(-1)!.result!;
    return { batches: printedBy(processes), files: machine.files, bad, late };
  }

  private whatHappens(now: number): readonly [readonly Interruption[], Fate] {
    const { random, spec } = this;
    const { interval } = spec;
    if (random.chance(0.5)) {
      const endsAt = random.whole(1, CALLS);
      this.happened.push(`killed in call ${endsAt} of the disk`);
      return [[], { endsAt }];
    }
    const kind = this.isBounded ? ('stop' as const) : random.pick(['crash', 'stop', 'pause'] as const);
    const time = now + Math.round(random.next() * 4 * interval);
    const lasting = kind === 'pause' ? Math.round(random.next() * 3 * interval) : 0;
    this.happened.push(
      `${TOLD[kind]} at ${formatDuration(time)}${lasting > 0 ? ` for ${formatDuration(lasting)}` : ''}`,
    );
    return [[{ time, kind, lasting }], {}];
  }

  /** One process that is given the batches that there were, and another disk. */
  private async plain(): Promise<Given> {
    const { spec, ticks, arrivals } = this;
    const { interval } = spec;
    const lines = arrivals.map(({ line }) => line);
    const count = Math.max(1, ...[...ticks.keys()].map((tick) => Math.ceil(tick / interval)));
    const lists = Array.from({ length: count }, (_, i) =>
      lines.slice(ticks.get(i * interval) ?? 0, ticks.get((i + 1) * interval) ?? 0),
    );
    const behaviour = (name: string) =>
      this.isBounded
        ? asTheyCome(
            arrivals.map(({ line }) => ({ time: 0, line })),
            0,
            name,
            'bounded',
          )
        : asLists(lists);
    const machine = new Machine();
    const process = await machine.start({
      text: spec.program,
      mayChange: false,
      isKept: false,
      plan: (batchTime) => planOf(spec, behaviour, batchTime),
      options: (plan) => optionsOf(spec, {}, plan),
    });
    const { bad, late } = process.result!;
    return { batches: printedBy([process]), files: machine.files, bad, late };
  }
}

const TOLD = { crash: 'killed', stop: 'stopped', pause: 'stood still' };

/** All batches that came out, in order: one that comes a second time is there once where it is the same. */
function printedBy(processes: readonly Process[]): readonly Value[] {
  const batches = new Map<string, Value>();
  for (const { text } of processes) {
    for (const line of text.split('\n').filter((part) => part !== '')) {
      const batch = parseJson(line);
      const key = `${field(batch, 'output') ?? 1}: ${field(batch, 'batch')}`;
      const before = batches.get(key);
      if (before !== undefined && shown(before) !== shown(batch)) batches.set(`${key}, a second time`, batch);
      else batches.set(key, batch);
    }
  }
  return [...batches.values()];
}

/** A batch as a line; whether the end of its sources cut it short, it need not know when it comes again. */
function shown(batch: Value): string {
  const output = field(batch, 'output');
  return `${field(batch, 'time')}ms${output === null ? '' : ` #${output}`} to ${field(batch, 'end')}ms: ${toJson(field(batch, 'records'))}`;
}

/** All that a run gave: batches, files, and how many records were bad and late. */
function textOf({ batches, files, bad, late }: Given): string {
  const lines = [...batches].map((batch) => shown(batch)).sort(byNumber);
  const written = filesUnder(files, '.').map((path) => {
    const size = files.status(path)!.size;
    return `file ${path}\n${files.read(path, 0, size).toString()}`;
  });
  return [...lines, ...written, `${bad} bad, ${late} late`].join('\n');
}

function byNumber(a: string, b: string): number {
  return Number.parseFloat(a) - Number.parseFloat(b);
}

function filesUnder(files: FileSystem, directory: string): readonly string[] {
  return files
    .list(directory)
    .toSorted()
    .filter((name) => directory !== '.' || name !== STATE)
    .flatMap((name) => {
      const path = directory === '.' ? name : `${directory}/${name}`;
      return files.status(path)!.isRegular ? [path] : filesUnder(files, path);
    });
}
