import type { Origin } from '../../../flow/define/chunk.ts';
import type { OriginStep, Step } from '../../../flow/define/step.ts';
import type { Absorbing } from '../../../flow/groups/absorbing.ts';
import { COMBINED_HERE } from '../notes/combined-here.ts';
import type { Cluster } from '../options/cluster.ts';
import type { RecordBlock } from '../parts/collected.ts';
import { isInPieces } from '../parts/in-pieces.ts';
import { type Front, frontOf, frontPlan } from '../parts/parted-plan.ts';
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
import { isAsGuessed, type PieceInput } from './cluster-pieces.ts';
import { type Core, sinksReady } from './core.ts';
import { takeOver } from './drive-parts.ts';
import { Turn } from './turn.ts';

/** What is done in many processes of a program behind one of its sources, and where it goes on in this one. */
export interface Divided {
  readonly of: OpenSource;
  readonly front: Front;
  readonly originStep: OriginStep | undefined;
  /** The aggregation, where its groups can be made in pieces; else the records in front of it come here. */
  readonly group: Absorbing | undefined;
  /** What takes the records. */
  readonly behind: Step;
}

/** @returns undefined where nothing of it can be dealt out. */
export function divide(core: Core, of: OpenSource): Divided | undefined {
  const front = frontOf(core.plan, of.node);
  const { last, byOrigin } = front;
  const grouped =
    front.group !== undefined && isInPieces(front.group) ? core.kept.absorbing.get(front.group) : undefined;
  if (last === of.node && grouped === undefined) return undefined;
  const originStep = byOrigin && core.fieldWatch.withCopy(byOrigin, core.kept.byOrigin.get(byOrigin)!);
  const behind = core.kept.takers.get(last) ?? of.step;
  return { of, front, originStep, behind, group: grouped };
}

/** A piece whose groups or records were taken in. */
export interface PieceTaken {
  readonly input: PieceInput;
  readonly result: PieceResult;
}

/** What is to be worked on. */
interface Work {
  readonly pieces: readonly PieceInput[];
  /** Where the records of one of the parts of a piece come from. */
  readonly originOf: (input: PieceInput, part: number) => Origin;
  /** Set where nothing else comes from the source into the batch. */
  readonly isAll?: true;
  /** Told of each piece, in their order: what else became of it has to be taken over, by the places that it comes from. */
  readonly taken: (piece: PieceTaken) => void;
}

/** Has pieces worked on and takes what they become, groups or records, in the order of the pieces. */
export async function workOn(core: Core, divided: Divided, cluster: Cluster, work: Work): Promise<void> {
  if (work.pieces.length === 0) return;
  if (divided.group !== undefined && (await takeGroups(core, divided, cluster, work))) return;
  await takeRecords(core, divided, cluster, work);
}

/** What all tasks have in common. */
function commonOf(core: Core, { of }: Divided, { program }: Cluster): MergeTask {
  const { interval, end: batchEnd } = core.batches;
  return { program, interval, batchEnd, source: core.plan.sources.indexOf(of.node) };
}

function tasksOf(core: Core, divided: Divided, cluster: Cluster, pieces: Work['pieces']): readonly PieceTask[] {
  const { stateMax } = core.context;
  const { stdin, kernels } = core.options;
  const common = { ...commonOf(core, divided, cluster), shares: cluster.tasks, stateMax, stdin, kernels };
  return pieces.map((input, piece) => ({ ...common, ...input, piece }));
}

/** @returns false, with nothing taken, where the answer might depend on how records were grouped, or a piece did not begin as it was taken to. */
async function takeGroups(
  core: Core,
  divided: Divided,
  cluster: Cluster,
  { pieces, taken, isAll }: Work,
): Promise<boolean> {
  const tasks = tasksOf(core, divided, cluster, pieces);
  const merge = asBytes({ ...commonOf(core, divided, cluster), ...(isAll ? { isAll } : {}) });
  const given = await cluster.work({ pieces: tasks.map(asBytes), merge, shares: cluster.tasks }, core.signal);
  if (core.signal.aborted) {
    // What is given of nothing is no answer; what earlier batches of a stream have left is one.
    if (core.timing.mode !== 'dealt') core.closeOutput();
    return true;
  }
  const results = given.pieces.map((bytes) => fromBytes<PieceResult>(bytes)).sort((a, b) => a.piece - b.piece);
  const merged = given.merged.map((bytes) => fromBytes<Merged>(bytes));
  if (!tasks.every((task, i) => isAsGuessed(task, results[i - 1]))) return false;
  const test = regroupingTest(divided.front.group!);
  const mayRegroup = [...results, ...merged].every((part) => part.mayRegroup);
  if (!mayRegroup || !divided.group!.absorb(inOrderFirstSeen(merged), test)) {
    core.reports.note(COMBINED_HERE);
    return false;
  }
  for (const { comparisons } of merged) core.plan.comparisons.absorb(comparisons);
  const part = frontPlan(core.plan, divided.front, 'groups');
  for (const [i, result] of results.entries()) {
    taken({ input: pieces[i]!, result });
    takeOver(core, divided.of, part, result);
  }
  return true;
}

async function takeRecords(core: Core, divided: Divided, cluster: Cluster, work: Work): Promise<void> {
  const { of, front } = divided;
  const part = frontPlan(core.plan, front, 'records');
  const records = { withTexts: true };
  const tasks: PieceTask[] = tasksOf(core, divided, cluster, work.pieces).map((task) => ({ ...task, records }));
  const isWanted = () => !core.signal.aborted && core.sources.isWanted(of);
  let before: PieceResult | undefined;
  for (let next = 0; next < tasks.length && isWanted(); ) {
    let cutAt: number | undefined;
    for await (const { blocks, result: bytes } of cluster.records(tasks.slice(next).map(asBytes), core.signal)) {
      const task = tasks[next]!;
      if (!isAsGuessed(task, before)) {
        // It is worked on again, and what follows.
        tasks[next] = { ...task, memory: before?.memories.at(-1), linesBefore: -before!.lines.at(-1)! };
        break;
      }
      const result = fromBytes<PieceResult>(bytes);
      const count = await pass(core, divided, blocks, (number) => work.originOf(task, number));
      if (core.signal.aborted && result.failure === undefined) return;
      if (!core.sources.isWanted(of)) {
        cutAt = count;
        break;
      }
      work.taken({ input: task, result });
      takeOver(core, of, part, result);
      before = result;
      next++;
    }
    if (cutAt === undefined || cutAt === 0 || core.signal.aborted) continue;
    // What is told of the piece is what was to be told up to the last record that was wanted.
    const last = { ...tasks[next]!, records: { ...records, most: cutAt } };
    for await (const { result: bytes } of cluster.records([asBytes(last)], core.signal)) {
      const result = fromBytes<PieceResult>(bytes);
      work.taken({ input: { ...last, ends: [] }, result });
      takeOver(core, of, part, result);
    }
  }
}

/** Gives on the records of a piece, as fast as they are taken. @returns how many were, before no more were wanted. */
async function pass(
  core: Core,
  { of, behind }: Divided,
  blocks: readonly Uint8Array[],
  originOf: (part: number) => Origin,
): Promise<number> {
  const turn = new Turn(core.options.clock);
  let count = 0;
  for (const bytes of blocks) {
    if (core.signal.aborted || !core.sources.isWanted(of)) break;
    const { part, ...given } = fromBytes<RecordBlock>(bytes);
    count += of.reader.pass({ origin: originOf(part), ...given }, behind);
    core.arrived();
    await sinksReady(core);
    await turn.over(core.isWriting);
  }
  return count;
}
