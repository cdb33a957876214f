import type { Origin } from '../../../flow/define/chunk.ts';
import type { SinkParts } from '../../../flow/define/sink.ts';
import type { OriginStep, Step } from '../../../flow/define/step.ts';
import type { Absorbing } from '../../../flow/groups/absorbing.ts';
import type { Plan } from '../../../query/plan/plan.ts';
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
import { savedBehind } from '../parts/saved-behind.ts';
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

/** A sink whose parts tasks write, and the plan up to it. */
interface Saving {
  readonly parts: SinkParts;
  readonly plan: Plan;
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

/** The sink that tasks write to, if there is one. */
function savingOf({ plan, sinks }: Core, { front }: Divided, of: 'groups' | 'records'): Saving | undefined {
  const behind = savedBehind(plan, front, of);
  const parts = behind && sinks.all.get(behind.sink)?.parts;
  return parts && { parts, plan: behind.plan };
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
  const saving = isAll === undefined ? undefined : savingOf(core, divided, 'groups');
  const saves = saving && { number: saving.parts.next, stateMax: core.context.stateMax };
  const common = commonOf(core, divided, cluster);
  const merge = asBytes({ ...common, ...(isAll ? { isAll } : {}), ...(saves ? { saves } : {}) });
  const given = await cluster.work({ pieces: tasks.map(asBytes), merge, shares: cluster.tasks }, core.signal);
  if (core.signal.aborted) {
    // What is given of nothing is no answer; what earlier batches of a stream have left is one.
    if (core.timing.mode !== 'dealt') core.closeOutput();
    return true;
  }
  const results = given.pieces.map((bytes) => fromBytes<PieceResult>(bytes)).sort((a, b) => a.piece - b.piece);
  const merged = given.merged.map((bytes) => fromBytes<Merged>(bytes));
  const isTaken = isOfUse(core, divided, tasks, results, merged);
  if (saving !== undefined) takeSaved(core, divided, saving, merged, isTaken);
  if (!isTaken) return false;
  for (const { comparisons, saved } of merged) if (saved === undefined) core.plan.comparisons.absorb(comparisons);
  const part = frontPlan(core.plan, divided.front, 'groups');
  for (const [i, result] of results.entries()) {
    taken({ input: pieces[i]!, result });
    takeOver(core, divided.of, part, result);
  }
  return true;
}

/** Takes groups in. @returns false, with nothing taken, where they are of no use. */
function isOfUse(
  core: Core,
  divided: Divided,
  tasks: readonly PieceTask[],
  results: readonly PieceResult[],
  merged: readonly Merged[],
): boolean {
  if (!tasks.every((task, i) => isAsGuessed(task, results[i - 1]))) return false;
  const test = regroupingTest(divided.front.group!);
  const mayRegroup = [...results, ...merged].every((part) => part.mayRegroup);
  if (!mayRegroup || !divided.group!.absorb(inOrderFirstSeen(merged), test)) {
    core.reports.note(COMBINED_HERE);
    return false;
  }
  return true;
}

/** Takes the parts that merge tasks have written, or drops them. */
function takeSaved(
  core: Core,
  { of }: Divided,
  { parts, plan }: Saving,
  merged: readonly Merged[],
  isTaken: boolean,
): void {
  const all = merged.flatMap(({ saved, comparisons }) => (saved === undefined ? [] : [{ ...saved, comparisons }]));
  for (const { number, saved, bad, ...told } of all.sort((a, b) => a.number - b.number)) {
    if (saved !== undefined && isTaken) parts.take(saved, number);
    else if (saved !== undefined) parts.drop(saved);
    if (!isTaken) continue;
    core.reports.absorbBad(bad, 0);
    takeOver(core, of, plan, { ...told, records: 0, bytes: 0 });
  }
}

async function takeRecords(core: Core, divided: Divided, cluster: Cluster, work: Work): Promise<void> {
  const { of, front } = divided;
  const saving = savingOf(core, divided, 'records');
  const part = saving?.plan ?? frontPlan(core.plan, front, 'records');
  const records = { withTexts: true };
  const first = saving?.parts.next ?? 0;
  const { stateMax } = core.context;
  const tasks: PieceTask[] = tasksOf(core, divided, cluster, work.pieces).map((task, i) =>
    saving === undefined ? { ...task, records } : { ...task, saves: { number: first + i, stateMax } },
  );
  const isWanted = () => !core.signal.aborted && core.sources.isWanted(of);
  let before: PieceResult | undefined;
  for (let next = 0; next < tasks.length && isWanted(); ) {
    let cutAt: number | undefined;
    for await (const { blocks, result: bytes } of cluster.records(tasks.slice(next).map(asBytes), core.signal)) {
      const task = tasks[next]!;
      const result = fromBytes<PieceResult>(bytes);
      const { saved } = result;
      if (!isAsGuessed(task, before)) {
        if (saved !== undefined) saving?.parts.drop(saved);
        // It is worked on again, and what follows.
        tasks[next] = { ...task, memory: before?.memories.at(-1), linesBefore: -before!.lines.at(-1)! };
        break;
      }
      const count = await pass(core, divided, blocks, (number) => work.originOf(task, number));
      if (core.signal.aborted && result.failure === undefined) return;
      if (!core.sources.isWanted(of)) {
        cutAt = count;
        break;
      }
      if (saved !== undefined) saving?.parts.take(saved, first + next);
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
