import { toJson } from '../../../base/json.ts';
import type { Value } from '../../../base/value.ts';
import type { Chunk, Origin } from '../../../flow/define/chunk.ts';
import type { DealtRange } from '../../../flow/define/dealt.ts';
import type { Ranges } from '../../../flow/define/source.ts';
import type { Cluster } from '../options/cluster.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import { piecesOfRange } from './cluster-pieces.ts';
import { type Divided, divide, type PieceTaken, workOn } from './cluster-work.ts';
import { type Core, orAborted } from './core.ts';

/** So many records are one piece, unless there are too few for as many pieces as there are tasks. */
const MOST = 200_000;
const LEAST = 10_000;

/** A source whose records others keep under numbers: it is asked here which there are, and tasks read them. */
export class DealtRanges {
  private readonly core: Core;
  private readonly source: OpenSource;
  private readonly cluster: Cluster;
  /** Undefined where nothing is wanted of it, or it cannot be opened. */
  private readonly opened: Promise<Ranges | undefined>;
  private ranges: Ranges | undefined;
  private end = () => {};

  constructor(core: Core, source: OpenSource, cluster: Cluster) {
    this.core = core;
    this.source = source;
    this.cluster = cluster;
    const ended = new Promise<void>((resolve) => {
      this.end = resolve;
    });
    this.opened = new Promise((resolve) => {
      const deliver = (chunk: Chunk) => {
        if (core.endings.isWanted) source.reader.read(chunk);
        return core.blocked();
      };
      const reading = core.sources.start(source, deliver, ({ ranges }) => {
        if (ranges === undefined) throw new Error(`${source.node.definition.name} does not say what there is`);
        this.ranges = ranges;
        resolve(ranges);
        return ended;
      });
      void reading.then(() => resolve(undefined));
    });
  }

  /** What there is by now; undefined at the end of the run. Rejects with a RunFailure. */
  async find(): Promise<readonly DealtRange[] | undefined> {
    const { signal } = this.core;
    let found: readonly DealtRange[] | undefined;
    const ask = async () => {
      found = (await (await this.opened)?.find()) ?? [];
    };
    await orAborted(ask(), signal);
    return signal.aborted ? undefined : found;
  }

  /** What is read, in words. */
  get about(): string | undefined {
    return this.ranges?.about;
  }

  /** Has what was found worked on, one place after the other. */
  async take(all: readonly DealtRange[]): Promise<void> {
    const { core, source, cluster } = this;
    const ranges = await this.opened;
    if (ranges === undefined) return;
    const found = all.filter((range) => this.isThere(range, ranges));
    const divided = divide(core, source);
    const total = found.reduce((sum, { at, end }) => sum + end - at.offset, 0);
    const most = Math.min(MOST, Math.max(LEAST, Math.ceil(total / cluster.tasks)));
    if (divided === undefined) await this.readHere(found, ranges);
    else await this.haveRead(divided, found, ranges, most);
    if (core.signal.aborted) return;
    for (const range of found) {
      ranges.passed(range);
      const { key, at, end } = range;
      const behind = [{ key, at: { ...at, offset: end } }];
      source.reader.read({ kind: 'position', origin: ranges.origin(range), behind });
    }
  }

  private isThere(range: DealtRange, ranges: Ranges): boolean {
    const isFound = ranges.has(range);
    const { name, at, end } = range;
    // A batch that is done again has those that are gone by now.
    if (!isFound && end > at.offset)
      this.core.reports.note(
        `lost: what a batch had of ${name} from offset ${at.offset} on, up to ${end}: its topic is gone`,
      );
    return isFound;
  }

  private async haveRead(divided: Divided, found: readonly DealtRange[], ranges: Ranges, most: number): Promise<void> {
    const { core, cluster } = this;
    const { originStep } = divided;
    const origins = new Map(found.map((range) => [range.name, ranges.origin(range)]));
    const originOf = (name: string): Origin => origins.get(name)!;
    const pieces = found.flatMap((range) => {
      const origin = originOf(range.name);
      return piecesOfRange(range, most, originStep?.recall(origin), origin.lines);
    });
    const taken = ({ input, result }: PieceTaken) => {
      const origin = originOf(input.parts[0]!.name);
      core.reports.absorbBad(result.bad[0]!, origin.lines);
      const [memory] = result.memories;
      if (memory !== undefined) originStep?.resume(origin, memory, origin.lines);
      origin.lines += result.lines[0]!;
    };
    await workOn(core, divided, cluster, { pieces, originOf: ({ parts }) => originOf(parts[0]!.name), taken });
  }

  /** Where nothing is done with the records by many. */
  private async readHere(found: readonly DealtRange[], ranges: Ranges): Promise<void> {
    const { core, source } = this;
    const { node, reader } = source;
    const { stdin } = core.options;
    for (const range of found) {
      if (core.signal.aborted || range.at.offset >= range.end) continue;
      const given = node.definition.behaviour(node.arguments, { stdin, given: [toJson(range as unknown as Value)] });
      if (given.kind !== 'bounded') throw new Error('what is given ranges is bounded');
      const { open } = given;
      // The place is the same as ever.
      const origin = () => ranges.origin(range);
      const behaviour: typeof given = { ...given, open: (args, context) => open(args, { ...context, origin }) };
      const deliver = (chunk: Chunk) => {
        if (core.endings.isWanted) reader.read(chunk);
        return core.blocked();
      };
      await core.sources.start({ ...source, behaviour, from: undefined }, deliver);
    }
  }

  /** Lets go of it, where it was opened. */
  close(): void {
    this.end();
    this.ranges?.close();
  }
}
