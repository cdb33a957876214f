import { statSync } from 'node:fs';
import { identity } from '../../../base/compare.ts';
import { hashIdentity } from '../../../base/hash.ts';
import type { Value } from '../../../base/value.ts';
import type { FilePart } from '../../../flow/define/file-part.ts';
import type { State } from '../../../flow/define/snapshot.ts';
import { GroupTable, type TableSnapshot } from '../../../flow/groups/group-table.ts';
import type { Found } from '../../../flow/records/comparison.ts';
import { decodeState } from '../../../flow/state/encoding/decode.ts';
import { encodeState } from '../../../flow/state/encoding/encode.ts';
import type { Plan, StageNode } from '../../../query/plan/plan.ts';
import type { BadSummary } from '../reports/bad-log.ts';
import type { RecordBlock } from './collected.ts';
import { type Compiling, compileTask } from './compile-task.ts';
import { type PartResult, type PartTask, runParts } from './part-run.ts';
import { frontOf } from './parted-plan.ts';
import { regroupingTest } from './regrouping.ts';
import type { PartSaved } from './saved-behind.ts';
import { narrowingBehind, wantedGroups } from './wanted-groups.ts';

/** A piece of the input that is worked on anywhere, any number of times. Plain data. */
export interface PieceTask extends Omit<PartTask, 'signals' | 'own' | 'byKeys'> {
  /** Its rank: pieces follow each other in the input as their numbers do. */
  readonly piece: number;
  /** In how many shares the keys of its groups are dealt out. */
  readonly shares: number;
}

/** What became of a piece, but for its groups. Plain data. */
export interface PieceResult extends Omit<PartResult, 'groups'> {
  readonly piece: number;
}

/** The groups of one piece whose keys are in one share, in the order first seen. Plain data. */
export interface Share {
  readonly piece: number;
  /** Its number among the shares. */
  readonly share: number;
  readonly keys: readonly Value[];
  readonly states: readonly unknown[];
  /** The place of each among all groups of the piece. */
  readonly places: readonly number[];
}

/** What is told to whoever merges shares. Plain data. */
export interface MergeTask extends Compiling {
  /** The number of the source that the groups are of, from 0. */
  readonly source: number;
  /** Set where the groups are of all records of the batch: then of some it may be known that they come to nothing. */
  readonly isAll?: true;
  /** Set where what the groups give is written by whoever merges them; the number is that of the part of the first share. */
  readonly saves?: PartSaved;
}

/** What became of groups that were written as a part, beside that. Plain data. */
interface GroupsSaved extends Pick<PartResult, 'notes' | 'reached' | 'fields' | 'saved' | 'failure'> {
  /** The number of the part. */
  readonly number: number;
  /** What was bad on the way from the groups to it. */
  readonly bad: BadSummary;
}

/** What the groups of one share became, over all pieces, but for those that nobody wants who stands behind them. Plain data. */
export interface Merged {
  readonly keys: readonly Value[];
  readonly states: readonly unknown[];
  /** The ordinal of each group: the piece that it was first seen in, and its place there. */
  readonly pieces: readonly number[];
  readonly places: readonly number[];
  /** False where the answer might depend on how records were grouped; nothing else here is of use then. */
  readonly mayRegroup: boolean;
  /** What comparisons have met that decided which groups are wanted. */
  readonly comparisons: readonly Found[];
  /** What became of the groups where they were written; then none is here. */
  readonly saved?: GroupsSaved;
}

/** Tasks and what becomes of them as bytes, in the format of states, which has a version and a checksum. */
export function asBytes(data: object): Buffer {
  return encodeState(data as unknown as State);
}

/** The data that {@link asBytes} was given. @throws StateError where it is not. */
export function fromBytes<T>(bytes: Uint8Array): T {
  return decodeState(bytes) as unknown as T;
}

/**
 * Works on one piece of the input up to the first aggregation.
 *
 * @param give takes records where these are wanted, in their order.
 * @throws Error where a file of it is another one here.
 */
export async function workOnPiece(
  { piece, shares, ...task }: PieceTask,
  give: (block: RecordBlock) => void,
): Promise<{
  readonly result: PieceResult;
  /** By the number of the share; undefined where a share has no groups of this piece. */
  readonly shares: readonly (Share | undefined)[];
}> {
  if (task.isWhole !== true) for (const part of task.parts) checkSize(part);
  const { groups, ...result } = await runParts({ ...task, signals: new Int32Array(2), own: 1, byKeys: true }, give);
  const isOfUse = result.mayRegroup && task.records === undefined;
  return { result: { ...result, piece }, shares: isOfUse ? dealOut(groups, piece, shares) : [] };
}

/** A file that is shorter where the piece is worked on would be read as far as it goes. */
function checkSize({ name, file, end }: FilePart): void {
  // One that is not there is told of when it is opened.
  const size = typeof file === 'string' ? statSync(file, { throwIfNoEntry: false })?.size : undefined;
  if (size === undefined || size >= end) return;
  throw new Error(`${name} has ${size} bytes here, and ${end} or more where the run was started`);
}

/** Deals groups out by the hashes of their keys, which are the same in every process. */
function dealOut(
  { keys, states }: TableSnapshot<unknown>,
  piece: number,
  count: number,
): readonly (Share | undefined)[] {
  const shares: ({ piece: number; share: number; keys: Value[]; states: unknown[]; places: number[] } | undefined)[] =
    Array.from({
      length: count,
    });
  keys.forEach((key, place) => {
    const number = hashIdentity(identity(key)) % count;
    shares[number] ??= { piece, share: number, keys: [], states: [], places: [] };
    const share = shares[number];
    share.keys.push(key);
    share.states.push(states[place]);
    share.places.push(place);
  });
  return shares;
}

/** Merges the shares that have the same number, one of each piece that has groups in it, in the order of the input, however they come. It changes them. */
export function mergeShares(task: MergeTask, shares: readonly Share[]): Merged {
  const plan = compileTask(task);
  const { group } = frontOf(plan, plan.sources[task.source]!);
  const behaviour = group?.definition.behaviour;
  if (group === undefined || behaviour?.kind !== 'group') throw new Error('a program without groups to merge');
  const table = new GroupTable<unknown>(behaviour.create(group.arguments));
  const test = regroupingTest(group);
  const pieces: number[] = [];
  const places: number[] = [];
  let mayRegroup = true;
  for (const share of shares.toSorted((a, b) => a.piece - b.piece)) {
    const snapshot = { texts: undefined, keys: share.keys, states: share.states };
    if (test === undefined) table.absorb(snapshot);
    else mayRegroup &&= table.absorbIf(snapshot, test.state);
    for (let at = 0; pieces.length < table.size; at++) {
      // Groups that are new stand behind the others, in the order that they have here.
      if (!Object.is(table.places[pieces.length]!.key, share.keys[at])) continue;
      pieces.push(share.piece);
      places.push(share.places[at]!);
    }
  }
  const isNarrowed = task.saves === undefined && task.isAll === true && mayRegroup;
  const wanted = isNarrowed ? wantedPlaces(plan, group, table, task.batchEnd) : undefined;
  const { keys, states } = table.byKeys();
  const merged: Merged = { keys, states, pieces, places, mayRegroup, comparisons: plan.comparisons.snapshot() };
  return wanted === undefined ? merged : ofPlaces(merged, wanted);
}

/** The places of the groups that are wanted, where not all may be. */
function wantedPlaces(
  plan: Plan,
  group: StageNode,
  { places }: GroupTable<unknown>,
  batchEnd: number,
): readonly number[] | undefined {
  const narrowing = narrowingBehind(plan, group);
  const { behaviour } = group.definition;
  if (narrowing === undefined || behaviour.kind !== 'group') return undefined;
  return wantedGroups(places, behaviour.create(group.arguments), narrowing, batchEnd);
}

function ofPlaces({ keys, states, pieces, places, ...rest }: Merged, wanted: readonly number[]): Merged {
  const of = <T>(list: readonly T[]): readonly T[] => wanted.map((place) => list[place]!);
  return { ...rest, keys: of(keys), states: of(states), pieces: of(pieces), places: of(places) };
}

/** What the groups of all shares became, as one table: in the order in which the input has them. */
export function inOrderFirstSeen(merged: readonly Merged[]): TableSnapshot<unknown> {
  const groups = merged.flatMap(({ keys, states, pieces, places }) =>
    keys.map((key, i) => ({ key, state: states[i], piece: pieces[i]!, place: places[i]! })),
  );
  groups.sort((a, b) => a.piece - b.piece || a.place - b.place);
  return { texts: undefined, keys: groups.map(({ key }) => key), states: groups.map(({ state }) => state) };
}
