import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { compareText } from '../../../base/compare.ts';
import type { Chunk, Origin } from '../../../flow/define/chunk.ts';
import type { Dealt } from '../../../flow/define/dealt.ts';
import type { Split } from '../../../flow/define/position.ts';
import type { Cluster, StreamBatch } from '../options/cluster.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import { type Core, type Driven, hadAllBatches, sinksReady } from './core.ts';
import { ClusterReading, listWorker } from './drive-cluster.ts';
import { EmptyBatches } from './empty-batches.ts';

/** What the position of a source has of the stream: the number of the last batch that was taken. */
const BATCH = 'batch';

/** Has the records of a batch worked on. */
type Take = (batch: StreamBatch) => Promise<void>;

/**
 * By batches that a cluster deals out. It says what belongs to each and when it was begun, and says the same again where a batch has to be done
 * again, so that its time does not depend on who does it. The next one is begun when what this one left is kept, where the run is.
 *
 *     cluster   0 ──▶ ····· 1 ──▶ ···················· 2 ──▶           begun at 10.02, 11.01, 14.03
 *     batches   10      11                     12 13 14               of 1 s: the empty ones between are made up
 */
export async function driveDealt(core: Core): Promise<Driven> {
  const { once, duration, clock, cluster } = core.options;
  const [source] = core.sources.all;
  const { behaviour, node, reader } = source!;
  if (cluster?.stream === undefined || behaviour.kind !== 'live' || behaviour.dealt === undefined) {
    throw new Error(`${node.definition.name} is not dealt out by batches`);
  }
  const dealt = behaviour.dealt(node.arguments);
  const before = splitOf(source!, BATCH)?.at as number | undefined;
  const directory = dealt.kind === 'files' ? dealt.directory : undefined;
  if (core.batches.number === 0) core.batches.open(nextTick(clock.now(), core.batches.interval));
  const stream = cluster.stream({ directory, interval: core.batches.interval, once }, before ?? -1);
  const take =
    dealt.kind === 'files' ? takeFiles(core, source!, dealt, cluster) : takeRecords(core, source!, dealt, cluster);
  const times = new DealtTimes(core, dealt.kind === 'files' ? undefined : take);
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
    if (before === undefined || batch.number > before) {
      await times.reach(batch);
      if (hadAllBatches(core)) break;
      await take(batch);
      if (core.signal.aborted) break;
      reader.read({ kind: 'position', behind: [{ key: BATCH, at: batch.number }] });
      if (!once) core.tick();
      await sinksReady(core);
      await core.keeping;
    }
    stream.done();
    if (hadAllBatches(core)) core.stop();
    if (directory !== undefined && !once && !isWatching) core.reports.note(`watching ${directory} for new files`);
    isWatching = true;
  }
  callOff?.();
  return { lastIsWhole: true, isOver };
}

function nextTick(now: number, interval: number): number {
  return Math.floor(now / interval) * interval + interval;
}

function splitOf({ from }: OpenSource, key: string): Split | undefined {
  return from?.find((split) => split.key === key);
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

function takeFiles(core: Core, source: OpenSource, dealt: Dealt & { kind: 'files' }, cluster: Cluster): Take {
  const { node } = source;
  const { directory, isWanted, existing } = dealt;
  const { stdin } = core.options;
  return async ({ number, files }) => {
    // What the first look finds was there at the start.
    if (number === 0 && !existing && !core.options.once) return;
    const wanted = files.map((path) => join(directory, relative(resolve(directory), path))).filter(isWanted);
    // A batch that is done again has those that are gone by now, and would have them each time.
    const given = wanted.filter((path) => isThere(path, core)).sort(compareText);
    if (given.length === 0) return;
    const behaviour = node.definition.behaviour(node.arguments, { stdin, given });
    // Of these the batch is the position.
    const deliver = ({ behind: _behind, ...chunk }: Chunk) => {
      if (core.endings.isWanted && chunk.kind !== 'position') source.reader.read(chunk);
      return core.blocked();
    };
    const of = { ...source, behaviour, from: undefined };
    await core.sources.start(of, deliver, async (opened) => {
      if (!(await new ClusterReading(core, cluster, [of]).read(of, opened))) await opened.run();
    });
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
