import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { compareText } from '../../../base/compare.ts';
import type { Chunk, Origin } from '../../../flow/define/chunk.ts';
import type { Dealt, DealtRange } from '../../../flow/define/dealt.ts';
import type { PlainData, Split } from '../../../flow/define/position.ts';
import type { Cluster, StreamBatch } from '../options/cluster.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import { divide } from './cluster-work.ts';
import { type Core, type Driven, hadAllBatches, sinksReady, untilEnded } from './core.ts';
import { DealtRanges } from './dealt-ranges.ts';
import { ClusterReading, listWorker, openClusterLists } from './drive-cluster.ts';
import { EmptyBatches } from './empty-batches.ts';

/** What the position of a source has of the stream: the number of the last batch that was taken. */
const BATCH = 'batch';

/** What was found of each source that is asked. */
type Found = readonly (readonly DealtRange[])[];

/** Has the records of a batch worked on. */
type Take = (batch: StreamBatch) => Promise<void>;

/** What goes on and is dealt out. */
interface Coming {
  readonly source: OpenSource;
  readonly take: Take;
  /** The directory that its files come into. */
  readonly directory?: string;
  /** It is asked at each batch what there is. */
  readonly ranges?: DealtRanges;
  /** Time alone says what there is, so that each tick has some of it. */
  readonly isOfTime?: true;
}

/**
 * By batches that a cluster deals out. It says what belongs to each and when it was begun, and says the same again where a batch has to be done
 * again, so that its time does not depend on who does it. The next one is begun when what this one left is kept, where the run is.
 *
 *     cluster   0 ──▶ ····· 1 ──▶ ···················· 2 ──▶           begun at 10.02, 11.01, 14.03
 *     batches   10      11                     12 13 14               of 1 s: the empty ones between are made up
 *
 * Lists beside that are one a batch, and what is bounded is read here, into the first one.
 */
export async function driveDealt(core: Core): Promise<Driven> {
  const { cluster } = core.options;
  if (cluster === undefined) throw new Error('nobody deals batches out');
  const driver = new DealtDriver(core, cluster);
  return driver.drive();
}

class DealtDriver {
  private readonly core: Core;
  private readonly cluster: Cluster;
  /** In the order of the program. */
  private readonly coming: readonly Coming[];
  private readonly lists: ReturnType<typeof openClusterLists>;
  private list = 0;
  private readonly times: DealtTimes;
  private isBegun = false;

  constructor(core: Core, cluster: Cluster) {
    this.core = core;
    this.cluster = cluster;
    const counts = { files: 0, ranges: 0 };
    const comingOf = (source: OpenSource): Coming => {
      const { behaviour, node } = source;
      const dealt = behaviour.kind === 'live' ? behaviour.dealt?.(node.arguments) : undefined;
      switch (dealt?.kind) {
        case 'files':
          return {
            source,
            take: takeFiles(core, source, dealt, cluster, counts.files++),
            directory: dealt.directory,
          };
        case 'ranges': {
          const ranges = new DealtRanges(core, source, cluster);
          const index = counts.ranges++;
          return { source, take: ({ found }) => ranges.take((found as unknown as Found)[index]!), ranges };
        }
        case 'records':
          return { source, take: takeRecords(core, source, dealt, cluster), isOfTime: true };
        default:
          throw new Error(`${node.definition.name} is not dealt out by batches`);
      }
    };
    this.coming = core.sources.all.filter(({ behaviour }) => behaviour.kind === 'live').map(comingOf);
    this.lists = openClusterLists(core, cluster);
    const hasTicks = this.lists.length > 0 || this.coming.some(({ isOfTime }) => isOfTime === true);
    this.times = new DealtTimes(core, hasTicks ? (batch) => this.take(batch, true) : undefined);
  }

  async drive(): Promise<Driven> {
    try {
      return await this.goThrough();
    } finally {
      for (const { ranges } of this.coming) ranges?.close();
    }
  }

  private async goThrough(): Promise<Driven> {
    const { core, cluster } = this;
    const { once, duration, clock } = core.options;
    const { interval } = core.batches;
    const before = this.doneBefore();
    const directories = this.coming.flatMap(({ directory }) => directory ?? []);
    if (core.batches.number === 0) core.batches.open(nextTick(clock.now(), interval));
    if (cluster.stream === undefined) throw new Error('nobody deals batches out');
    // Where what is new begins is known before the first batch is.
    const first = await this.find();
    if (first === undefined) return { lastIsWhole: true, isOver: false };
    const finds = this.coming.some(({ ranges }) => ranges !== undefined) ? { find: () => this.find() } : {};
    const stream = cluster.stream({ directories, interval, once, ...finds }, before);
    let callOff: (() => void) | undefined;
    let isOver = false;
    let isWatching = false;
    while (!core.signal.aborted && core.sources.isOpen) {
      const batch = await stream.next(core.signal);
      // How long Spark takes to start is no part of the time that the run was to take.
      if (duration !== undefined) callOff ??= clock.at(clock.now() + duration, () => core.stop());
      isOver = batch === undefined && !core.signal.aborted;
      if (batch === undefined) break;
      // It was done, and whoever deals them out was not told any more.
      if (batch.number > before && !(await this.work(batch))) break;
      stream.done();
      if (hadAllBatches(core)) core.stop();
      if (!once && !isWatching) this.announce();
      isWatching = true;
    }
    callOff?.();
    return { lastIsWhole: true, isOver };
  }

  /** Where it is kept, what comes from now on is read whatever happens. */
  private announce(): void {
    for (const { directory, ranges } of this.coming) {
      if (directory !== undefined) this.core.reports.note(`watching ${directory} for new files`);
      if (ranges?.about !== undefined) this.core.reports.note(ranges.about);
    }
  }

  /** What there is of each source that is asked; undefined at the end of the run. */
  private async find(): Promise<PlainData | undefined> {
    const found: (readonly DealtRange[])[] = [];
    for (const { ranges } of this.coming) {
      const own = await ranges?.find();
      if (this.core.signal.aborted) return undefined;
      if (own !== undefined) found.push(own);
    }
    return found satisfies Found as unknown as PlainData;
  }

  /** The number of the last batch that an earlier run has done, −1 if none. */
  private doneBefore(): number {
    const splits = this.coming.flatMap(({ source: { from = [] } }) => from.filter(({ key }) => key === BATCH));
    return Math.max(-1, ...splits.map(({ at }) => at as number));
  }

  /** @returns whether the run goes on. */
  private async work(batch: StreamBatch): Promise<boolean> {
    const { core } = this;
    await this.times.reach(batch);
    if (hadAllBatches(core)) return false;
    if (!this.isBegun) await readBounded(core);
    this.isBegun = true;
    await this.take(batch, false);
    if (core.signal.aborted) return false;
    for (const { source } of this.coming) source.reader.read({ kind: 'position', behind: [takenUpTo(batch.number)] });
    if (!core.options.once) core.tick();
    await sinksReady(core);
    await core.keeping;
    return true;
  }

  /** @param isTick whether no batch of the cluster stands for it. */
  private async take(batch: StreamBatch, isTick: boolean): Promise<void> {
    for (const next of this.lists) await next(this.list);
    this.list++;
    for (const { take, isOfTime } of this.coming) {
      if (this.core.signal.aborted) return;
      if (!isTick || isOfTime === true) await take(batch);
    }
  }
}

/** Reads what is bounded beside a stream. */
async function readBounded(core: Core): Promise<void> {
  const bounded = core.sources.all.filter(({ behaviour }) => behaviour.kind === 'bounded');
  const reading = bounded.map((source) =>
    core.sources.start(source, (chunk) => {
      if (core.endings.isWanted) source.reader.read(chunk);
      return core.blocked();
    }),
  );
  await untilEnded(core, reading);
}

function takenUpTo(batch: number): Split {
  return { key: BATCH, at: batch };
}

function nextTick(now: number, interval: number): number {
  return Math.floor(now / interval) * interval + interval;
}

/** Which tick the batches of a cluster belong to. */
class DealtTimes {
  private readonly core: Core;
  private readonly emptyBatches: EmptyBatches;
  private readonly take: Take | undefined;
  private isBegun = false;

  /** @param take has those records worked on that belong to a tick which no batch of the cluster stands for; absent where there are none. */
  constructor(core: Core, take: Take | undefined) {
    this.core = core;
    this.take = take;
    this.emptyBatches = new EmptyBatches(core);
  }

  /** Makes the batch under way that of one of the cluster: what came before that was begun belongs to the tick before. */
  async reach(batch: StreamBatch): Promise<void> {
    const { time, isAgain } = batch;
    const { core, take } = this;
    const { batches } = core;
    const end = Math.floor(time / batches.interval) * batches.interval;
    const isFirst = !this.isBegun;
    this.isBegun = true;
    if (isFirst && batches.number === 0) batches.open(end);
    // All of it is one batch.
    else if (core.options.once) return;
    // Nobody was at work in between.
    else if (isFirst && !isAgain) {
      await core.passPause(end - batches.interval);
      batches.skipTo(end);
    }
    for (let empty = 0; batches.end < end; empty++) {
      if (hadAllBatches(core)) return;
      await take?.(batch);
      if (core.signal.aborted) return;
      core.tick();
      await sinksReady(core);
      await core.keeping;
      if (take === undefined) this.emptyBatches.leaveOut(end, empty);
    }
  }
}

/** @param index which of the directories of the stream it is. */
function takeFiles(
  core: Core,
  source: OpenSource,
  dealt: Dealt & { kind: 'files' },
  cluster: Cluster,
  index: number,
): Take {
  const { node } = source;
  const { directory, isWanted, existing } = dealt;
  const { stdin } = core.options;
  return async ({ number, files }) => {
    // What the first look finds was there at the start.
    if (number === 0 && !existing && !core.options.once) return;
    const wanted = files[index]!.map((path) => join(directory, relative(resolve(directory), path))).filter(isWanted);
    // A batch that is done again has those that are gone by now, and would have them each time.
    const given = wanted.filter((path) => isThere(path, core)).sort(compareText);
    if (given.length === 0) return;
    // Of these the batch is the position.
    const behind = takenUpTo(number - 1);
    const deliver = (chunk: Chunk) => {
      if (core.endings.isWanted && chunk.kind !== 'position') source.reader.read({ ...chunk, behind });
      return core.blocked();
    };
    // What is read here is so one file after the other: each begins when the one before has ended.
    const isDealtOut = divide(core, source) !== undefined;
    for (const paths of isDealtOut ? [given] : given.map((path) => [path])) {
      const behaviour = node.definition.behaviour(node.arguments, { stdin, given: paths });
      const of = { ...source, behaviour, from: undefined };
      await core.sources.start(of, deliver, async (opened) => {
        if (!(await new ClusterReading(core, cluster, [of]).read(of, opened))) await opened.run();
      });
    }
  };
}

function isThere(path: string, { reports }: Core): boolean {
  const isFound = existsSync(path);
  if (!isFound) reports.note(`${path} was gone before it could be read`);
  return isFound;
}

function takeRecords(core: Core, source: OpenSource, dealt: Dealt & { kind: 'records' }, cluster: Cluster): Take {
  const { node, from } = source;
  let begun = from?.find(({ key }) => key !== BATCH);
  let origin: Origin | undefined;
  const work = listWorker(core, source, cluster);
  return async () => {
    origin ??= core.sources.origin(source, node.definition.name, undefined, begun);
    const made = dealt.until(core.batches.end, begun);
    await work(origin, made);
    begun = made.behind;
  };
}
