/** Runs on a disk in memory that end at any of their calls, and are started again with the same line. */
import { VirtualClock } from '../../src/base/clock.ts';
import { RunFailure } from '../../src/base/problem.ts';
import type { SourceContext } from '../../src/flow/define/context.ts';
import type { Position } from '../../src/flow/define/position.ts';
import type { SessionEvent } from '../../src/flow/define/session-event.ts';
import type { PlayedEvent, SourceBehaviour } from '../../src/flow/define/source.ts';
import type { Step } from '../../src/flow/define/step.ts';
import { sinkFailure } from '../../src/flow/output/failure.ts';
import { RunFile } from '../../src/flow/output/run-file.ts';
import { TextOutput } from '../../src/flow/output/stdout.ts';
import { replay } from '../../src/flow/sources/replay.ts';
import type { Plan, SourceNode } from '../../src/query/plan/plan.ts';
import type { Found } from '../../src/run/durable/found.ts';
import { Store } from '../../src/run/durable/store.ts';
import { LocalRun } from '../../src/run/local/local-run.ts';
import type { LocalResult } from '../../src/run/local/options/local-options.ts';
import { RECORD } from '../../src/run/local/output/open-sinks.ts';
import type { Watcher } from '../../src/run/local/steps/watcher.ts';
import { Disk, type Fate, type Life } from '../../src/run/trials/disk.ts';
import { Random } from '../../src/run/trials/random.ts';
import { SteppingClock } from '../../src/run/trials/stepping-clock.ts';
import { optionsOf, planOf, type SourceName } from '../support/two-sources.ts';
import { isReceived, type ReceivedKind, receivedBehaviour } from './receiving.ts';

export const INTERVAL = 1000;

export const NAMES: readonly SourceName[] = ['left', 'right'];

/** A line that comes from a client of a source at a time, ms. */
export interface Arrival {
  readonly source: SourceName;
  readonly client: number;
  readonly time: number;
  readonly line: string;
}

/** How the sources are: by the clock, also such that are farther again and again without a record, read to their ends as one batch, list by list, played as they were recorded, or such that what comes comes only once. */
export type Kind = 'live' | 'marked' | 'bounded' | 'batches' | 'recorded' | ReceivedKind;

/** When a session began that is played, ms: not when a virtual clock does. */
const SESSION_START = 50 * INTERVAL;

export interface World {
  readonly program: string;
  /** The program of the first life, where the others have another one. */
  readonly before?: string;
  readonly kind: Kind;
  readonly arrivals: readonly Arrival[];
  /** How standard output looks; `batches` unless given. */
  readonly format?: 'text';
  /** What is read is kept as a session, in {@link SESSION}. */
  readonly isRecorded?: boolean;
}

export const SESSION = '/data/session';

/** The records of each batch, by its tick. */
type Ticks = Map<number, { readonly [name in SourceName]: readonly string[] }>;

/** All that outlives a process. */
export class Earth {
  readonly disk: Disk;
  readonly random: Random;
  readonly world: World;
  readonly ticks: Ticks = new Map();
  /** Of what comes only once, what has come in any life, and what was told to be safe. */
  readonly taken = new Set<string>();
  readonly safe = new Set<string>();
  /** What was read in this life. */
  read: string[] = [];
  now = 0;
  lives = 0;
  /** The last tick that the program before had kept when another one went on from it: none, or the last of all where it had finished or no other one came. */
  changedAt = Number.POSITIVE_INFINITY;
  /** What came out on standard output in each life, and which batches it said might come a second time. */
  readonly printed: { readonly text: string; readonly named: string | undefined }[] = [];

  constructor(world: World, seed: number) {
    this.world = world;
    this.random = new Random(seed);
    this.disk = new Disk(this.random);
  }
}

/** Standard output of a process: when that is over, nothing more comes out. */
class LifeOutput extends TextOutput {
  private readonly life: Life;

  constructor(life: Life) {
    super();
    this.life = life;
  }

  override write(piece: string | Uint8Array): void {
    if (!this.life.isOver) super.write(piece);
  }
}

/** One life of a run. @returns how it ended, if it did by itself, and its calls. */
export async function live(earth: Earth, fate: Fate): Promise<{ readonly result?: LocalResult; readonly life: Life }> {
  const life = earth.disk.life(fate);
  const { world } = earth;
  const number = ++earth.lives;
  earth.read = [];
  const holder = { text: `life ${number}`, isAtWork: () => false };
  let store: Store;
  let record: RunFile | undefined;
  try {
    store = await Store.open({ files: life, directory: '/state', holder, least: 500, segment: 300, partSize: 2 });
    record = world.isRecorded === true ? openSession(life, store, (failure) => run.fail(failure)) : undefined;
  } catch (error) {
    // A failure of the system is told, and nothing is begun.
    if (life.isOver || (fate.failsAt !== undefined && error instanceof RunFailure)) return { life };
    throw error;
  }
  for (const tick of earth.ticks.keys()) if (tick > (store.found?.frozen.tick ?? -1)) earth.ticks.delete(tick);
  const program = number === 1 ? (world.before ?? world.program) : world.program;
  const { found } = store;
  // Behind that the other program has kept some.
  if (number > 1) earth.changedAt = Math.min(earth.changedAt, tickOf(found));
  const clock = new SteppingClock();
  clock.moveTo(earth.now);
  const stdout = new LifeOutput(life);
  const batchTime = { time: 0 };
  const plan = planOf({ program, interval: INTERVAL }, (name) => behaviourOf(earth, name), batchTime);
  const told: string[] = [];
  let failure: unknown;
  let result: LocalResult | undefined;
  const run = new LocalRun(
    plan,
    {
      ...optionsOf({ program, interval: INTERVAL }, { clock, stdout }),
      ...lookOf(world),
      files: life,
      tell: (line) => told.push(line),
      memory: watcher(earth, life, plan),
      checkpoint: { store, program, version: '0', isFinal: false },
      ...(record === undefined ? {} : { record }),
    },
    batchTime,
  );
  let isOver = false;
  void run
    .run()
    .finally(() => record?.close())
    .then(
      (ended) => {
        result = ended;
      },
      (error) => {
        failure = error;
      },
    )
    .finally(() => {
      isOver = true;
    });
  await clock.passUntil(() => isOver || life.isOver);
  for (let turns = 0; !isOver && turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
  earth.now = clock.now();
  earth.printed.push({ text: stdout.text, named: told.find((line) => line.includes('may come a second time')) });
  if (life.isOver) return { life };
  if (failure !== undefined) throw failure;
  return { result: result!, life };
}

/** @throws RunFailure where the system refuses it. */
function openSession(files: Life, store: Store, failed: (failure: RunFailure) => void): RunFile {
  const from = store.startOf(RECORD);
  const intents = store.intentsOf(RECORD);
  const told = (error: unknown) => failed(sinkFailure(SESSION, error));
  try {
    return new RunFile({ files, path: SESSION, mode: 'anew', failed: told, intents, from });
  } catch (error) {
    throw sinkFailure(SESSION, error);
  }
}

/** Up to which tick a run has come that another program goes on from. */
function tickOf(found: Found | undefined): number {
  if (found === undefined) return 0;
  return found.frozen.isFinished ? Number.POSITIVE_INFINITY : found.frozen.tick;
}

function lookOf({ format }: World): Pick<World, 'format'> {
  return format === undefined ? {} : { format };
}

/** Notes what came into each batch. */
function watcher(earth: Earth, life: Life, { sources }: Plan): Watcher {
  const open = new Map<SourceName, string[]>(NAMES.map((name) => [name, []]));
  return {
    around: (_node, down, create) => create(down),
    behind(source: SourceNode, down: Step): Step {
      const name = source.definition.name as SourceName;
      return {
        ...forwarding(down),
        push(record) {
          open.get(name)!.push(record as string);
          if (!life.isOver) earth.read.push(`${name} ${record}`);
          down.push(record);
        },
        close(span) {
          if (source === sources[0] && !life.isOver) {
            earth.ticks.set(span.end, { left: open.get('left')!, right: open.get('right')! });
            for (const other of NAMES) open.set(other, []);
          }
          down.close(span);
        },
      };
    },
  };
}

function forwarding(down: Step): Step {
  return {
    push: (record) => down.push(record),
    close: (span) => down.close(span),
    partition: () => down.partition?.(),
    release: () => down.release?.(),
    advance: (through) => down.advance(through),
    opened: (origin) => down.opened?.(origin),
    ended: (origin) => down.ended?.(origin),
    passed: (reached) => down.passed?.(reached),
    finish: (end) => down.finish(end),
  };
}

function behaviourOf(earth: Earth, name: SourceName): SourceBehaviour<object> {
  const { kind, arrivals } = earth.world;
  const own = arrivals.filter(({ source }) => source === name);
  if (isReceived(kind)) return receivedBehaviour(earth, kind, own);
  if (kind === 'batches') {
    const count = Math.max(0, ...own.map(({ time }) => Math.ceil(time / INTERVAL)));
    return {
      kind,
      replayable: true,
      open: (_args, from) => (index) => {
        const batch = Number(from?.[0]?.at ?? 0) + index;
        if (batch >= count) return undefined;
        const values = own.filter(({ time }) => Math.ceil(time / INTERVAL) === batch + 1).map(({ line }) => line);
        return { values, behind: { key: 'lists', at: batch + 1 } };
      },
    };
  }
  if (kind === 'recorded') {
    const events = sessionOf(own);
    return {
      kind,
      live: true,
      whole: false,
      start: SESSION_START,
      replayable: true,
      open: (_args, from) => play(events, from),
    };
  }
  return {
    kind: kind === 'marked' ? 'live' : kind,
    replayable: true,
    open: (_args: object, context: SourceContext, from?: Position) => ({
      run: () => scripted(own, context, from, kind === 'marked'),
    }),
  };
}

/** The lines as they came, and the ticks of their batches. */
function sessionOf(arrivals: readonly Arrival[]): readonly SessionEvent[] {
  const records = arrivals.map(({ client, time, line }): SessionEvent => {
    const content = { text: line };
    return {
      kind: 'record',
      time: SESSION_START + time,
      source: 1,
      origin: client + 1,
      name: `client ${client}`,
      content,
    };
  });
  const batches = Math.ceil(Math.max(0, ...arrivals.map(({ time }) => time)) / INTERVAL);
  const ticks = Array.from({ length: batches }, (_, i): SessionEvent => {
    return { kind: 'tick', time: SESSION_START + (i + 1) * INTERVAL, partial: false };
  });
  return [...records, ...ticks].sort(
    (a, b) => a.time - b.time || Number(a.kind === 'tick') - Number(b.kind === 'tick'),
  );
}

/** The events behind those that were played. */
async function* play(events: readonly SessionEvent[], from: Position = []): AsyncGenerator<PlayedEvent> {
  const played = Math.max(0, ...from.map(({ at }) => Number(at)));
  for (const [i, event] of events.entries()) {
    if (i < played) continue;
    yield { event, behind: { key: event.kind === 'record' ? `${event.origin}` : event.kind, at: i + 1 } };
  }
}

/** Gives the lines of all clients, several at a time, each when its time has come; a client that has no more leaves. @param isMarked it says where it is without a record, too. */
async function scripted(
  arrivals: readonly Arrival[],
  context: SourceContext,
  from: Position = [],
  isMarked = false,
): Promise<void> {
  const clients = [...new Set(arrivals.map(({ client }) => client))].map((client) => ({
    client,
    own: arrivals.filter((arrival) => arrival.client === client),
    split: from.find(({ key }) => key === `${client}`),
  }));
  const open = clients
    .filter(({ split }) => split?.at !== 'over')
    .map(({ client, own, split }) => {
      const taken = Number(split?.at ?? 0);
      return { client, own, taken, split, origin: undefined as ReturnType<SourceContext['origin']> | undefined };
    });
  while (!context.signal.aborted) {
    for (const state of open) {
      const { client, own, taken } = state;
      const due = own.slice(taken).filter(({ time }) => time <= context.clock.now());
      // A piece holds some of them.
      const piece = due.slice(0, 3);
      if (piece.length > 0) {
        state.origin ??= context.origin(`client ${client}`, undefined, state.split);
        state.taken += piece.length;
        const bytes = Buffer.from(piece.map(({ line }) => `${line}\n`).join(''));
        const behind = { key: `${client}`, at: state.taken };
        await context.deliver({ kind: 'text', origin: state.origin, bytes, behind });
        bytes.fill('#');
      }
      if (isMarked) {
        state.origin ??= context.origin(`client ${client}`, undefined, state.split);
        const behind = [{ key: `${client}`, at: state.taken }];
        await context.deliver({ kind: 'position', origin: state.origin, behind });
      }
      if (context.signal.aborted) return;
    }
    for (const state of open.filter(({ own, taken }) => taken >= own.length)) {
      open.splice(open.indexOf(state), 1);
      state.origin ??= context.origin(`client ${state.client}`, undefined, state.split);
      state.origin.over?.({ key: `${state.client}`, at: 'over' });
    }
    if (open.length === 0) return;
    const times = open.map(({ own, taken }) => own[taken]!.time);
    const next = Math.min(...times);
    if (next <= context.clock.now()) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    if (context.once) return;
    await new Promise<void>((resolve) => {
      const callOff = context.clock.at(next, resolve);
      context.signal.addEventListener('abort', () => {
        callOff();
        resolve();
      });
    });
  }
}

/** What the program gives of the batches that there were in the end, in one run; or up to a tick the one before, which was left there. */
export async function oracle({ world, ticks, changedAt }: Earth): Promise<Earth> {
  const { program, before } = world;
  const earth = new Earth(world, 1);
  const life = earth.disk.life();
  await life.makeDirectory('/data');
  if (before === undefined || changedAt <= 0) await give(earth, life, { program, ticks });
  else if (changedAt === Number.POSITIVE_INFINITY) await give(earth, life, { program: before, ticks });
  else {
    for (const [text, batches] of [[before, changedAt / INTERVAL], [program]] as const) {
      const holder = { text: text, isAtWork: () => false };
      const store = await Store.open({ files: life, directory: '/state', holder });
      await give(earth, life, { program: text, ticks, batches, store });
    }
  }
  return earth;
}

interface GivenTicks {
  readonly program: string;
  readonly ticks: Ticks;
  /** How many of these, where not all. */
  readonly batches?: number | undefined;
  readonly store?: Store;
}

/** Runs a program on the records of each tick. */
async function give(earth: Earth, life: Life, { program, ticks, batches, store }: GivenTicks): Promise<void> {
  const count = Math.max(INTERVAL, ...ticks.keys()) / INTERVAL;
  const batchTime = { time: 0 };
  const behaviour = (name: SourceName): SourceBehaviour<object> => ({
    kind: 'batches',
    replayable: true,
    open: (_args, from) => (index) => {
      const batch = Number(from?.[0]?.at ?? 0) + index + 1;
      if (batch > count) return undefined;
      return { values: ticks.get(batch * INTERVAL)?.[name] ?? [], behind: { key: 'lists', at: batch } };
    },
  });
  const stdout = new TextOutput();
  const of = { program, interval: INTERVAL, batches };
  const run = new LocalRun(
    planOf(of, behaviour, batchTime),
    {
      ...optionsOf(of, { clock: new VirtualClock(), stdout }),
      ...lookOf(earth.world),
      files: life,
      ...(store === undefined ? {} : { checkpoint: { store, program, version: '0', isFinal: false } }),
    },
    batchTime,
  );
  await run.run();
  earth.printed.push({ text: stdout.text, named: undefined });
}

/** What the program gives of a session. */
export async function replayed(world: World, path: string): Promise<Earth> {
  const earth = new Earth(world, 1);
  const life = earth.disk.life();
  await life.makeDirectory('/data');
  const batchTime = { time: 0 };
  const of = { program: world.program, interval: INTERVAL };
  const plan = planOf(
    of,
    (name) => {
      const source = plan.sources.findIndex(({ definition }) => definition.name === name) + 1;
      return replay.behaviour({ path, source }, { stdin: 'stream' }) as SourceBehaviour<object>;
    },
    batchTime,
  );
  const options = optionsOf(of, { clock: new VirtualClock(), stdout: new TextOutput() });
  const { failure } = await new LocalRun(plan, { ...options, files: life }, batchTime).run();
  if (failure !== undefined) throw failure;
  return earth;
}
