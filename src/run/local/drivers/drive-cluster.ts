import { statSync } from 'node:fs';
import { RunFailure } from '../../../base/problem.ts';
import type { Origin } from '../../../flow/define/chunk.ts';
import type { ListBatch, Source } from '../../../flow/define/source.ts';
import { headOf } from '../../../flow/files/head-of.ts';
import type { Cluster } from '../options/cluster.ts';
import { LOOKED_AT } from '../reading/input-form.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import { type PieceInput, piecesOfFiles, piecesOfList, piecesOfWholes } from './cluster-pieces.ts';
import { type Divided, divide, type PieceTaken, workOn } from './cluster-work.ts';
import type { Core } from './core.ts';

/** What there is to read of a source. */
interface Input {
  readonly pieces: readonly PieceInput[];
  readonly places: Places;
  /** Nothing more comes from one of them. */
  readonly over: (origin: Origin) => void;
}

/** Where the files of an input come from, by their names. */
class Places {
  private readonly opened: Map<string, Origin>;
  private readonly open: (name: string) => Origin;

  /** @param opened those that have begun. */
  constructor(open: (name: string) => Origin, opened: readonly Origin[]) {
    this.open = open;
    this.opened = new Map(opened.map((origin) => [origin.name, origin]));
  }

  /** It begins with this call, where it has not before. */
  of(name: string): Origin {
    const origin = this.opened.get(name) ?? this.open(name);
    this.opened.set(name, origin);
    return origin;
  }

  get all(): Iterable<Origin> {
    return this.opened.values();
  }
}

/**
 * Has the files of sources read by many processes, each some pieces of them, up to the first aggregation or as far as stages see one record
 * at a time. Groups are merged by others, each those of some keys. Here groups and records come together in the order in which the input has
 * them, so that the answer is the same, to the byte, however the work was dealt out.
 *
 *     pieces   [ 1 ] [ 2 ] [ 3 ] [ 4 ]      json | filter | groupBy         [ 1 ] [ 2 ] [ 3 ]     json | filter
 *                 ╲  ╳   ╳  ╳  ╱            by the hashes of their keys        │     │     │      records, one piece after the other
 *     shares      [ a–k ]  [ l–z ]          merge, in the order of pieces      │     │     │
 *                     ╲    ╱                                                   ▼     ▼     ▼
 *     here        groups in order ─▶ close ─▶ top(10) | print               sample(0.1) | print
 */
export class ClusterReading {
  private readonly core: Core;
  private readonly cluster: Cluster;
  /** Of each source, in the order of the program: what there is to read of it is known, and it has been read. */
  private readonly turns: ReadonlyMap<OpenSource, { readonly known: Mark; readonly over: Mark }>;

  /** @param sources that are read so; all that can be unless given. */
  constructor(core: Core, cluster: Cluster, sources = core.sources.all.filter(canBeDealtOut)) {
    this.core = core;
    this.cluster = cluster;
    const dealtOut = sources.filter((of) => core.sources.isWanted(of));
    this.turns = new Map(dealtOut.map((of) => [of, { known: mark(), over: mark() }]));
  }

  /** @returns whether it did; false, with nothing taken, where the source is to be read here. */
  async read(of: OpenSource, source: Source): Promise<boolean> {
    const turn = this.turns.get(of);
    const divided = divide(this.core, of);
    if (turn === undefined) return false;
    try {
      const input = divided && (await this.inputOf(of, source, divided));
      turn.known.reach();
      if (input === undefined) return false;
      // All places that data comes from are known first: they hold event time back. Then one source comes after the other.
      for (const { known } of this.turns.values()) await known.reached;
      for (const [other, { over }] of this.turns) {
        if (other === of) break;
        await over.reached;
      }
      await this.take(divided!, input);
      return true;
    } finally {
      turn.known.reach();
      turn.over.reach();
    }
  }

  private async inputOf(of: OpenSource, source: Source, divided: Divided): Promise<Input | undefined> {
    const { core, cluster } = this;
    const files = await source.shared?.files();
    const open = (name: string) => core.sources.origin(of, name);
    if (files === undefined) {
      if (core.timing.mode === 'dealt') {
        const help = 'unpack them, or leave --engine out';
        throw new RunFailure('not-on-cluster', 3, 'packed files cannot be read on a cluster', help);
      }
      const wholes = await source.wholes?.();
      if (wholes === undefined) return undefined;
      const origins = wholes.map(({ origin }) => origin);
      for (const { name } of origins) refuseOther(name);
      return {
        pieces: piecesOfWholes(origins.map(({ name }) => name)),
        places: new Places(open, origins),
        over: (origin) => origin.over?.(),
      };
    }
    // What is open here nobody else can open.
    if (files.some(({ file }) => typeof file === 'number')) return undefined;
    // Of a stream each begins when those before it were read, as it does alone: they say what of it is late.
    const isStream = core.timing.mode === 'dealt';
    const places = new Places(open, isStream ? [] : files.map(({ name }) => open(name)));
    const pieces = piecesOfFiles(files, cluster.tasks, cluster.largestPiece, divided.originStep);
    // What a file is shows in more than a small piece of it has.
    for (const [id, file] of files.entries()) {
      core.recognition.look(of.node, { id, name: file.name, source: 0, lines: 0 }, headOf(file, LOOKED_AT));
    }
    core.recognition.finish();
    return {
      pieces,
      places,
      over: (origin) => {
        origin.over?.();
        of.step.ended?.(origin);
        of.reader.isOver?.(origin);
      },
    };
  }

  private async take(divided: Divided, { pieces, places, over }: Input): Promise<void> {
    const { core, cluster } = this;
    const read = new Set<Origin>();
    const taken = ({ input, result }: PieceTaken): void => {
      result.lines.forEach((count, i) => {
        const origin = places.of(input.parts[i]!.name);
        core.reports.absorbBad(result.bad[i]!, origin.lines);
        const memory = result.memories[i];
        // What is told or given at the end of the batch is so here.
        if (memory !== undefined) divided.originStep?.resume(origin, memory, origin.lines);
        origin.lines += count;
        read.add(origin);
        if (input.ends?.[i] === true) over(origin);
      });
    };
    const originOf = ({ parts }: PieceInput, part: number) => places.of(parts[part]!.name);
    const isAll = core.timing.mode === 'bounded' ? { isAll: true as const } : {};
    await workOn(core, divided, cluster, { pieces, originOf, taken, ...isAll });
    if (core.signal.aborted || !core.sources.isWanted(divided.of)) return;
    for (const origin of places.all) if (!read.has(origin)) over(origin);
  }
}

/** Something that is waited for. */
interface Mark {
  readonly reached: Promise<void>;
  readonly reach: () => void;
}

function mark(): Mark {
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return { reached, reach };
}

/** Whether others can read files of it too. */
function canBeDealtOut({ behaviour }: OpenSource): boolean {
  return behaviour.kind === 'bounded' && (behaviour.shared === true || behaviour.wholes === true);
}

/** What is read of a pipe is gone, so that nobody could do a task again. */
function refuseOther(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== false) return;
  throw new RunFailure('not-on-cluster', 3, `${path} is no file that others can read`, 'leave --engine out');
}

/** The same for lists: has that of a batch (from 0) worked on, and says whether there was one. See `openLists`. */
export function openClusterLists(core: Core, cluster: Cluster): readonly ((index: number) => Promise<boolean>)[] {
  return core.sources.all.flatMap((source) => {
    const { behaviour, node, from } = source;
    if (behaviour.kind !== 'batches') return [];
    const list = behaviour.open(node.arguments, from);
    const split = from?.find((known) => known.origin !== undefined);
    const origin = core.sources.origin(source, node.definition.name, undefined, split);
    const work = listWorker(core, source, cluster);
    return [
      async (index: number) => {
        const batch = list(index);
        if (batch !== undefined) await work(origin, batch);
        return batch !== undefined;
      },
    ];
  });
}

/** Has some records of a source of lists worked on that follow each other. */
type WorkOnList = (origin: Origin, list: ListBatch) => Promise<void>;

/** The same for records that are made here, as those of one batch. */
export function listWorker(core: Core, source: OpenSource, cluster: Cluster): WorkOnList {
  const { node, reader } = source;
  const divided = divide(core, source);
  return async (origin, { values, behind }) => {
    if (divided === undefined) {
      reader.read({ kind: 'values', origin, values, behind });
      return;
    }
    const { originStep } = divided;
    const memory = originStep?.recall(origin);
    const pieces = piecesOfList(node.definition.name, values, cluster.tasks, memory, origin.lines);
    const taken = ({ result }: PieceTaken) => {
      core.reports.absorbBad(result.bad[0]!, origin.lines);
      const [memory] = result.memories;
      if (memory !== undefined) originStep?.resume(origin, memory, origin.lines);
      origin.lines += result.lines[0]!;
    };
    await workOn(core, divided, cluster, { pieces, originOf: () => origin, taken });
    if (behind !== undefined && !core.signal.aborted) reader.read({ kind: 'position', origin, behind: [behind] });
  };
}
