import { equal } from '../../../base/compare.ts';
import { RunFailure } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { Origin } from '../../../flow/define/chunk.ts';
import type { FilePart, PlainFile } from '../../../flow/define/file-part.ts';
import type { ListBatch, Source } from '../../../flow/define/source.ts';
import type { OriginStep } from '../../../flow/define/step.ts';
import { cutFiles, isFirst } from '../../../flow/files/parts.ts';
import type { Absorbing } from '../../../flow/groups/absorbing.ts';
import { READ_HERE } from '../notes/read-here.ts';
import type { Cluster } from '../options/cluster.ts';
import { type GuessedRun, guessRuns } from '../parts/guessed-runs.ts';
import { type PartedStages, partedStages } from '../parts/parted-plan.ts';
import {
  asBytes,
  fromBytes,
  inOrderFirstSeen,
  type Merged,
  type MergeTask,
  type PieceResult,
  type PieceTask,
} from '../parts/pieces.ts';
import { regroupingTest } from '../parts/regrouping.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import type { Core } from './core.ts';
import { takeOver } from './drive-parts.ts';
import { PartedInput } from './parted-input.ts';

/** What of its input a task works on. */
type PieceInput = Pick<PieceTask, 'parts' | 'ends' | 'list' | 'memory'>;

/** What is done in many processes of a program, and where it goes on in this one. */
interface Divided {
  readonly parted: PartedStages;
  readonly group: Absorbing;
  readonly originStep: OriginStep | undefined;
}

/**
 * Has the files of a source read by many processes, each some pieces of them up to the first aggregation; others merge the groups, each those of some
 * keys. Here the groups come together in the order in which the input has them, so that the answer is the same, to the byte, however the work
 * was dealt out.
 *
 *     pieces   [ 1 ] [ 2 ] [ 3 ] [ 4 ]      json | filter | groupBy
 *                 ╲  ╳   ╳  ╳  ╱            by the hashes of their keys
 *     shares      [ a–k ]  [ l–z ]          merge, in the order of the pieces
 *                     ╲    ╱
 *     here        groups in order ─▶ close ─▶ top(10) | print
 *
 * @returns whether it did. False, with nothing taken, where all has to be read here, one line after the other: a function of the program combines
 *   what might give another answer in other groupings, or a piece did not begin where a record does, as it was taken to.
 */
export async function driveCluster(core: Core, source: Source, cluster: Cluster): Promise<boolean> {
  const divided = divide(core);
  if (divided === undefined) return false;
  const files = await source.shared?.files();
  if (files === undefined) {
    throw new RunFailure(
      'not-on-cluster',
      3,
      'packed files cannot be read on a cluster',
      'unpack them, or leave --engine out',
    );
  }
  const total = files.reduce((sum, { start, end }) => sum + end - start, 0);
  if (total === 0) return false;
  const pieces = cutForCluster(files, Math.max(cluster.tasks, Math.ceil(total / cluster.largestPiece)));
  const runs = runsOf(pieces, files, divided.originStep);
  const inputs = runs.map(({ parts, memory }, i) => ({ parts, memory, ends: endsOf(parts, runs[i + 1]?.parts[0]) }));
  const results = await workOn(core, divided, cluster, inputs);
  if (core.signal.aborted) return true;
  if (results === undefined) return false;
  const input = new PartedInput(core, source, divided.originStep);
  for (const [i, { parts }] of runs.entries()) {
    input.absorb(parts, results[i]!);
    takeOver(core, divided.parted.plan, results[i]!);
  }
  return true;
}

/** The same for lists: has that of a batch (from 0) worked on, and says whether there was one. See `openLists`. */
export function openClusterLists(core: Core, cluster: Cluster): readonly ((index: number) => Promise<boolean>)[] {
  const work = listWorker(core, cluster);
  return core.sources.all.flatMap((source) => {
    const { behaviour, node, from } = source;
    if (behaviour.kind !== 'batches') return [];
    const list = behaviour.open(node.arguments, from);
    const split = from?.find((known) => known.origin !== undefined);
    const origin = core.sources.origin(source, node.definition.name, undefined, split);
    return [
      async (index: number) => {
        const batch = list(index);
        if (batch !== undefined) await work(source, origin, batch);
        return batch !== undefined;
      },
    ];
  });
}

/** Has some records of a source of lists worked on that follow each other. */
type WorkOnList = (source: OpenSource, origin: Origin, list: ListBatch) => Promise<void>;

/** The same for records that are made here, as those of one batch. */
export function listWorker(core: Core, cluster: Cluster): WorkOnList {
  const divided = divide(core);
  return async ({ node, reader }, origin, { values, behind }) => {
    const inputs = listPieces(node.definition.name, values, cluster.tasks, divided?.originStep?.recall(origin));
    const results = divided && (await workOn(core, divided, cluster, inputs));
    if (results === undefined) reader.read({ kind: 'values', origin, values, behind });
    for (const result of results ?? []) {
      core.reports.absorbBad(result.bad[0]!, origin.lines);
      const [memory] = result.memories;
      if (memory !== undefined) divided!.originStep?.resume(origin, memory, origin.lines);
      origin.lines += result.lines[0]!;
      takeOver(core, divided!.parted.plan, result);
    }
    if (results !== undefined && behind !== undefined && !core.signal.aborted) {
      reader.read({ kind: 'position', origin, behind: [behind] });
    }
  };
}

function divide(core: Core): Divided | undefined {
  const parted = partedStages(core.plan);
  const group = parted && core.kept.absorbing.get(parted.group);
  // What needs the first records only is given those here, and reads no more.
  if (parted === undefined || group === undefined) return undefined;
  const { byOrigin } = parted;
  const originStep = byOrigin && core.fieldWatch.withCopy(byOrigin, core.kept.byOrigin.get(byOrigin)!);
  return { parted, group, originStep };
}

/**
 * Has the pieces worked on, and the groups of all of them taken in.
 *
 * @returns what else became of them, in their order; undefined, with nothing taken, where they have to be read here.
 */
async function workOn(
  core: Core,
  { group, parted }: Divided,
  cluster: Cluster,
  inputs: readonly PieceInput[],
): Promise<readonly PieceResult[] | undefined> {
  const test = regroupingTest(parted.group);
  if (group.isByProgram && test === undefined) return undefined;
  const { program, tasks: shares } = cluster;
  const { interval, end: batchEnd } = core.batches;
  const common = { program, interval, batchEnd, shares, stateMax: core.context.stateMax };
  const { stdin, kernels } = core.options;
  const tasks = inputs.map((input, piece): PieceTask => ({ ...common, stdin, kernels, ...input, piece }));
  const merge: MergeTask = { program, interval, batchEnd };
  const work = { pieces: tasks.map(asBytes), merge: asBytes(merge), shares };
  const given = await cluster.work(work, core.signal);
  if (core.signal.aborted) {
    // What is given of nothing is no answer; what earlier batches of a stream have left is one.
    if (core.timing.mode !== 'dealt') core.closeOutput();
    return [];
  }
  const results = given.pieces.map((bytes) => fromBytes<PieceResult>(bytes)).sort((a, b) => a.piece - b.piece);
  const merged = given.merged.map((bytes) => fromBytes<Merged>(bytes));
  const isOfUse =
    results.every(({ mayRegroup }) => mayRegroup) &&
    merged.every(({ mayRegroup }) => mayRegroup) &&
    inputs.every((input, i) => isAsGuessed(input, results[i - 1])) &&
    group.absorb(inOrderFirstSeen(merged), test);
  if (!isOfUse) {
    core.reports.note(READ_HERE);
    return undefined;
  }
  return results;
}

/** Whether what is remembered where a piece begins is what it was taken to be. */
function isAsGuessed({ parts: [first], memory }: PieceInput, before: PieceResult | undefined): boolean {
  if (memory === undefined || first === undefined || isFirst(first)) return true;
  const found = before?.memories.at(-1);
  return found !== undefined && equal(found, memory);
}

function cutForCluster(files: readonly PlainFile[], count: number): readonly (readonly FilePart[])[] {
  const shares = Array.from({ length: count }, () => 1 / count);
  return cutFiles(files, shares).filter((parts) => parts.length > 0);
}

/** Where a step remembers something of each file, and what that is inside of one cannot be guessed, no file is cut. */
function runsOf(
  pieces: readonly (readonly FilePart[])[],
  files: readonly PlainFile[],
  step: OriginStep | undefined,
): readonly GuessedRun[] {
  if (step === undefined) return pieces.map((parts) => ({ parts, memory: undefined }));
  const whole = files.filter(({ start, end }) => end > start).map((file) => [{ ...file, fileStart: file.start }]);
  return guessRuns(pieces, step) ?? whole.map((parts) => ({ parts, memory: undefined }));
}

/** For each part whether its file ends with it. @param next the part behind the last one. */
function endsOf(parts: readonly FilePart[], next: FilePart | undefined): readonly boolean[] {
  return parts.map((_, i) => {
    const following = parts[i + 1] ?? next;
    return following === undefined || isFirst(following);
  });
}

/** @param memory what a step remembers of the lists so far; then their records are one piece, as they go on from there. */
function listPieces(
  name: string,
  values: readonly Value[],
  count: number,
  memory: Value | undefined,
): readonly PieceInput[] {
  const size = memory === undefined ? Math.max(1, Math.ceil(values.length / count)) : Math.max(1, values.length);
  const pieces: PieceInput[] = [];
  for (let from = 0; from < values.length; from += size) {
    pieces.push({ parts: [], list: { name, values: values.slice(from, from + size) }, memory });
  }
  return pieces;
}
