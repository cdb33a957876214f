import { setMaxListeners } from 'node:events';
import { RunFailure } from '../../../base/problem.ts';
import type { Chunk, Origin } from '../../../flow/define/chunk.ts';
import type { SourceContext } from '../../../flow/define/context.ts';
import type { Framer } from '../../../flow/define/framer.ts';
import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { Position, Split } from '../../../flow/define/position.ts';
import type { KnownOrigins, OriginState } from '../../../flow/define/snapshot.ts';
import type { Source, SourceBehaviour } from '../../../flow/define/source.ts';
import type { Span } from '../../../flow/define/span.ts';
import type { RunEnd, Step } from '../../../flow/define/step.ts';
import { hostSockets } from '../../../flow/sockets/host-sockets.ts';
import type { SourceNode } from '../../../query/plan/plan.ts';
import { isOwn } from '../../durable/received-splits.ts';
import type { LocalOptions } from '../options/local-options.ts';
import type { Reports } from '../reports/reports.ts';
import type { Closing } from '../steps/closing.ts';
import { keptBehind } from './kept-behind.ts';
import type { Lane } from './lane.ts';
import { Origins, type SourceState } from './origins.ts';
import type { Reader } from './reader.ts';
import type { ReceivedInput } from './received-input.ts';
import type { Recorder } from './recorder.ts';

/** A source of the plan, ready to be started. */
export interface OpenSource {
  readonly node: SourceNode;
  readonly behaviour: SourceBehaviour<BoundArguments>;
  /** The position that it goes on from. */
  readonly from: Position | undefined;
  /** Gives what is delivered to `step`. */
  readonly reader: Reader;
  readonly step: Step;
}

interface SourceSettings {
  readonly options: Pick<LocalOptions, 'clock' | 'sockets' | 'readKept'>;
  /** Sources are to take what is there, and end. */
  readonly once: boolean;
  /** Records of all origins are merged by their times. */
  readonly isMerged: boolean;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  readonly reports: Pick<Reports, 'note' | 'fail'>;
  readonly recorder: Recorder | undefined;
  /** Which of them are wanted any more. */
  readonly closing: Closing;
  /**
   * Resolves when what was taken so far is kept, where another run goes on from where they are: then nothing is taken of a record that the end
   * cuts off, since it comes again.
   */
  readonly kept?: () => Promise<void>;
  /** Takes what comes only once; there where `kept` is and a source receives something. */
  readonly received?: ReceivedInput | undefined;
}

/** How a source is started. */
interface Start {
  readonly signal: AbortSignal;
  readonly once: boolean;
  /** Has only what was received in earlier runs read of a source that receives; else that comes first, and then what comes anew. */
  readonly again?: (lane: Lane) => Promise<void>;
}

/** The sources of a run, and the steps that take what they give. */
export class OpenSources implements KnownOrigins {
  /** In the order of the plan. */
  readonly all: readonly OpenSource[];
  private readonly settings: SourceSettings;
  /** The places that the data of each comes from. */
  private readonly origins: readonly Origins[];
  /** That each is to end. */
  private readonly ends: readonly AbortController[];
  private openedOrigins: number;
  /** Resolves when none of them is wanted any more. */
  readonly closed: Promise<void>;
  private tellClosed = () => {};
  /** Of an earlier run, by number: those that steps remember, or that sources go on with. */
  private readonly known = new Map<number, Origin>();
  /** Of those the ones that steps have written down and that no source has gone on with. */
  private readonly awaited = new Set<Origin>();
  /** Records that were read in earlier runs. */
  recordsBefore = 0;
  private readByOthers = () => 0;

  constructor(all: readonly OpenSource[], settings: SourceSettings) {
    this.all = all;
    this.settings = settings;
    this.origins = all.map(() => new Origins());
    if (this.isKept) for (const { reader } of all) reader.isOver = ({ id }) => this.known.delete(id);
    // Those of an earlier run that may be gone on with keep their numbers.
    const known = all.flatMap(({ from = [] }) => from.flatMap(({ origin }) => origin?.id ?? []));
    this.openedOrigins = Math.max(-1, ...known) + 1;
    this.closed = new Promise((resolve) => {
      this.tellClosed = resolve;
    });
    this.ends = all.map((source) => this.endOf(source));
  }

  /** A source ends with the run, or when no open stream reads it. */
  private endOf({ node, reader }: OpenSource): AbortController {
    const { signal, closing } = this.settings;
    const end = new AbortController();
    setMaxListeners(0, end.signal);
    signal.addEventListener('abort', () => end.abort(), { once: true });
    if (signal.aborted) end.abort();
    closing.whenClosed(node, () => {
      reader.close();
      end.abort();
      if (!this.isOpen) this.tellClosed();
    });
    return end;
  }

  /** Whether any of them is wanted any more. */
  get isOpen(): boolean {
    return this.all.some((source) => this.isWanted(source));
  }

  isWanted({ node }: OpenSource): boolean {
    return !this.settings.closing.isClosed(node);
  }

  /** Whether another run goes on from where they are. */
  private get isKept(): boolean {
    return this.settings.kept !== undefined;
  }

  /** Records read so far. */
  get records(): number {
    return this.all.reduce((sum, { reader }) => sum + reader.records, 0);
  }

  /** The same by source. */
  get counts(): readonly number[] {
    return this.all.map(({ reader }) => reader.records);
  }

  /** Bytes of text read so far. */
  get bytes(): number {
    return this.all.reduce((sum, { reader }) => sum + reader.bytes, this.readByOthers());
  }

  /** Bytes of text there are to read in all, where every source knows. */
  get expected(): number | undefined {
    const sum = this.origins.reduce((all, { expected = Number.NaN }) => all + expected, 0);
    return Number.isFinite(sum) ? sum : undefined;
  }

  /** How many places were opened so far: the next one gets this number. */
  get nextOrigin(): number {
    return this.openedOrigins;
  }

  set nextOrigin(number: number) {
    this.openedOrigins = number;
  }

  /** A place that data came from in an earlier run. */
  of(state: OriginState): Origin {
    const known = this.known.get(state.id);
    if (known !== undefined) return known;
    const origin = { ...state };
    this.known.set(state.id, origin);
    this.awaited.add(origin);
    return origin;
  }

  /** For each source, how far the steps have taken what it gave; undefined where it cannot go on from there, or not from here. */
  get positions(): readonly (Position | undefined)[] {
    const goesOn = ({ behaviour }: OpenSource) =>
      behaviour.replayable === true || (behaviour.received === true && this.received !== undefined);
    return this.all.map((source) => (goesOn(source) ? source.reader.taken.position : undefined));
  }

  /** What comes only once, where it is kept. */
  get received(): ReceivedInput | undefined {
    return this.settings.received;
  }

  get states(): readonly SourceState[] {
    return this.all.map(({ node, reader: { records, bytes, unread: bad } }, i) => {
      const { opened, open, lag, lagBytes, expected } = this.origins[i]!;
      // Other threads read of one source alone.
      const rest = () => expected && Math.max(0, expected - bytes - this.readByOthers());
      const behind = lagBytes === undefined ? rest() : lagBytes();
      return { node, opened, open, records, bytes, bad, lag, lagBytes: behind };
    });
  }

  /** A new place where data of a source comes from, see `SourceContext.origin`. */
  origin({ node, step }: OpenSource, name: string, firstLine?: string, from?: Split): Origin {
    const { isMerged, recorder } = this.settings;
    const source = this.numberOf(node);
    const origins = this.origins[source]!;
    origins.opened++;
    const { isKept } = this;
    // It was opened, and nothing of it was taken, so that no position speaks of it; event time waits for it.
    const unread = [...this.awaited].find(
      (known) => known.source === source && known.name === name && known.lines === 0,
    );
    const earlier = isKept ? (from?.origin ?? unread) : undefined;
    const id = from?.origin?.id ?? unread?.id ?? this.openedOrigins++;
    const over = () => void origins.closed++;
    const begun = earlier && this.known.get(id);
    if (begun !== undefined) this.awaited.delete(begun);
    const origin: Origin = Object.assign(begun ?? {}, {
      lines: 0,
      ...from?.origin,
      id,
      name,
      source,
      firstLine,
      isMerged,
      over,
    });
    if (isKept) this.known.set(id, origin);
    // It begins with its first record then, when the clock has come there. One of an earlier run has begun there.
    if (!isMerged && earlier === undefined) {
      recorder?.opened(origin);
      step.opened?.(origin);
    }
    return origin;
  }

  /** Starts a source, in the way that `read` says. Resolves when it has ended; a failure becomes the run's. */
  async start(
    source: OpenSource,
    take: (chunk: Chunk) => Promise<void> | undefined,
    read: (source: Source) => Promise<void> = (opened) => opened.run(),
    { signal = this.ends[this.numberOf(source.node)]!.signal, once = this.settings.once, again }: Partial<Start> = {},
  ): Promise<void> {
    const { node, behaviour } = source;
    if (behaviour.kind === 'batches' || behaviour.kind === 'recorded' || !this.isWanted(source)) return;
    const { isKept } = this;
    const deliver = (chunk: Chunk) => {
      if (isKept && signal.aborted && chunk.behind === undefined) return undefined;
      return take(chunk);
    };
    try {
      const { received } = this;
      if (behaviour.received !== true || received === undefined) {
        const context = this.contextOf(source, deliver, { signal, once });
        await read(behaviour.open(node.arguments, context, this.beginOf(source)));
        return;
      }
      const context = this.contextOf(source, deliver, { signal, once }, (name) => lane.open(name));
      const position = this.beginOf(source) ?? [];
      const { readsFromStart = false } = behaviour;
      const opened = behaviour.open(node.arguments, context, position.filter(isOwn));
      const lane = received.laneOf(this.numberOf(node), opened, { context, position, readsFromStart });
      if (again !== undefined) return await again(lane);
      await this.receive(source, lane, () => read(opened), signal);
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      this.settings.reports.fail(error);
    }
  }

  /** Reads what came in earlier runs and was not worked on, then what comes now, unless the source has ended. */
  private async receive({ node }: OpenSource, lane: Lane, read: () => Promise<void>, signal: AbortSignal) {
    await this.received!.replay([lane], signal);
    if (signal.aborted) return;
    if (lane.isOver) {
      this.settings.reports.note(`${node.definition.name} has ended in an earlier run, and is not read any more`);
      return;
    }
    await read();
    if (!signal.aborted) await lane.over();
  }

  /** Where a source begins: behind what was taken of it again, where a run is gone on with. */
  private beginOf({ reader, from }: OpenSource): Position | undefined {
    const { position } = reader.taken;
    return this.isKept && position !== undefined && position.length > 0 ? position : from;
  }

  private contextOf(
    source: OpenSource,
    deliver: (chunk: Chunk) => Promise<void> | undefined,
    { signal, once }: Pick<SourceContext, 'signal' | 'once'>,
    receive?: (name: string) => Framer,
  ): SourceContext {
    const { options, reports, received } = this.settings;
    const { clock, sockets = hostSockets, readKept } = options;
    // Who receives need not wait for a batch to be kept.
    const kept = receive === undefined ? keptBehind(this.settings.kept, deliver, signal) : () => received!.sync();
    return {
      clock,
      sockets,
      signal,
      once,
      origin: (name, firstLine, from) => {
        const origin = this.origin(source, name, firstLine, from);
        const { over } = origin;
        origin.over = (behind) => {
          over?.();
          void deliver({ kind: 'end', origin, behind });
        };
        return origin;
      },
      deliver,
      bad: (problem, origin, text, behind) => {
        void deliver({ kind: 'bad', origin, problem, text, behind });
      },
      note: (message) => reports.note(message),
      readKept,
      ...(kept === undefined ? {} : { kept }),
      ...(receive === undefined ? {} : { receive }),
      lag: (records) => {
        this.origins[this.numberOf(source.node)]!.lag = records;
      },
      lagBytes: (ask) => {
        this.origins[this.numberOf(source.node)]!.lagBytes = ask;
      },
      expect: (bytes) => {
        const origins = this.origins[this.numberOf(source.node)]!;
        origins.expected = (origins.expected ?? 0) + bytes;
      },
    };
  }

  /** So many bytes will be read of a source by threads; `read` tells how many other threads than this one have read so far. */
  expectParts({ node }: OpenSource, bytes: number, read: () => number): void {
    this.origins[this.numberOf(node)]!.expected = bytes;
    this.readByOthers = read;
  }

  /** The batch under way is whole. */
  close(span: Span): void {
    for (const { step } of this.all) step.close(span);
    for (const { step } of this.all) step.advance(span.end);
  }

  /** What waits for nothing comes out, though the batch goes on. */
  release(): void {
    for (const { step } of this.all) step.release?.();
  }

  /** The run is over. */
  finish(end: RunEnd): void {
    for (const { step } of this.all) step.finish(end);
  }

  private numberOf(node: SourceNode): number {
    return this.all.findIndex((source) => source.node === node);
  }
}
