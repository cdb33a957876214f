import { wallClock } from '../../../base/clock.ts';
import { RunFailure } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { Informs } from '../../../flow/define/alarm.ts';
import type { Output, Region, RunContext, SinkContext } from '../../../flow/define/context.ts';
import type { Sink, SinkStart } from '../../../flow/define/sink.ts';
import type { Span } from '../../../flow/define/span.ts';
import { InformedCommand } from '../../../flow/informing/informed-command.ts';
import { InformedUrl } from '../../../flow/informing/informed-url.ts';
import type { Informed } from '../../../flow/informing/messages.ts';
import { hostFileSystem } from '../../../flow/output/host-file-system.ts';
import { hostNetwork } from '../../../flow/output/host-network.ts';
import { RunFile } from '../../../flow/output/run-file.ts';
import { inputsOf, isWritten, type Node, type Plan, type SinkNode } from '../../../query/plan/plan.ts';
import { sinkInputs, sinkNames } from '../../durable/plan-names.ts';
import type { Store } from '../../durable/store.ts';
import type { LocalOptions } from '../options/local-options.ts';
import { Gate } from './gate.ts';
import type { Grounds } from './grounds.ts';
import { mannerOf } from './manner.ts';

/** What sinks are told of how they are looked at. */
type Looks = Pick<
  LocalOptions,
  | 'files'
  | 'network'
  | 'stdout'
  | 'format'
  | 'color'
  | 'width'
  | 'openRegion'
  | 'openPicture'
  | 'openView'
  | 'liveSinks'
  | 'isWatched'
  | 'mayShowAsIs'
  | 'ascii'
  | 'sparklines'
>;

/** What sinks may ask of the run. */
interface Asked {
  /** People can look on while results come, by the clock of the wall. */
  readonly isPaced: boolean;
  /** See `SinkContext.recordsIn`. */
  recordsIn(span: Span, node: Node): number | undefined;
  /** Whether the user has ended it; and what is aborted when it is to end. */
  readonly endings: { readonly isStopped: boolean; readonly signal: AbortSignal };
}

/** What is kept of them, so that another run goes on from there. */
interface Kept {
  readonly store: Pick<Store, 'startOf' | 'intentsOf' | 'directory' | 'found'>;
  /** See `cutsAnew`. */
  readonly isCutAnew: boolean;
  /** What results follow from that cannot be taken back. */
  readonly grounds: Grounds;
  /** See {@link besideSinks}. */
  readonly others: readonly (readonly [
    name: string,
    output: { readonly isUnmarked?: boolean; mark?(): Promise<Value | undefined>; flush(): Promise<void> } | undefined,
  ])[];
  /** Called where what was to be waited for did not come about. */
  failed(): void;
}

/** What the file of bad records is called (`--bad`), and that of the session (`--record`). */
export const BAD = 'bad';
export const RECORD = 'record';

/** Outputs beside the sinks that say where they are, by what they are called. */
export function besideSinks({ keepBad, record }: Pick<LocalOptions, 'keepBad' | 'record'>): Kept['others'] {
  return [
    [BAD, keepBad],
    [RECORD, record],
  ];
}

/** What the file is called that a stage adds text to. */
function lateFile(path: string): string {
  return `file ${path}`;
}

/** The sinks of a run. */
export class OpenSinks {
  readonly all = new Map<SinkNode, Sink>();
  /** What stages leave beside what comes out. */
  private readonly files = new Map<string, RunFile>();
  private readonly informed: Informed[] = [];
  private readonly run: RunContext;
  private readonly looks: Looks;
  private readonly asked: Asked;
  private readonly prints: readonly SinkNode[];
  private readonly kept: Kept | undefined;
  /** In front of standard output, where something is kept. */
  private readonly gate: Gate | undefined;
  private readonly names: ReadonlyMap<SinkNode, string>;
  /** See `sinkInputs`; none where nothing is kept. */
  readonly inputs: ReadonlyMap<string, string>;

  constructor(plan: Plan, run: RunContext, looks: Looks, asked: Asked, kept?: Kept) {
    this.kept = kept;
    this.gate = kept && new Gate(looks.stdout, kept.failed, () => kept.grounds.now());
    this.names = kept === undefined ? new Map() : sinkNames(plan);
    this.inputs = kept === undefined ? new Map() : sinkInputs(plan);
    this.run = run;
    this.looks = looks;
    this.asked = asked;
    this.prints = plan.nodes.flatMap((node) => (node.kind === 'sink' && node.definition.prints ? [node] : []));
  }

  /** Called once a sink, in the order of the program. */
  open(node: SinkNode): Sink {
    const from = this.startOf(this.names.get(node)!);
    const sink = node.definition.create(node.arguments, this.contextOf(node), from);
    this.all.set(node, sink);
    return sink;
  }

  /** Where a sink goes on, and whether with other records than those that were written behind that. */
  private startOf(name: string): SinkStart | undefined {
    const start = this.kept?.store.startOf(name);
    if (start === undefined) return undefined;
    const { store, isCutAnew } = this.kept!;
    const { isLeft, frozen } = store.found!;
    // Parts of a batch are told by the number of their records.
    const isOther = this.run.isOneBatch === true ? frozen.inputs.get(name) !== this.inputs.get(name) : isCutAnew;
    return { ...start, isOther: isOther && !isLeft };
  }

  /** Opens a file of a stage. See `RunContext.appendTo`. */
  appendTo(path: string, failure: (error: unknown) => RunFailure): Output {
    const { files = hostFileSystem } = this.looks;
    const failed = (error: unknown) => this.run.fail(failure(error));
    try {
      const name = lateFile(path);
      const store = this.kept?.store;
      const intents = store?.intentsOf(name);
      const file = new RunFile({ files, path, mode: 'append', failed, intents, from: store?.startOf(name) });
      this.files.set(name, file);
      return file;
    } catch (error) {
      throw failure(error);
    }
  }

  /** Has a command or a server informed by a stage. See `RunContext.inform`. */
  inform(whom: Informs): (line: string) => void {
    const note = (message: string, about: string) => this.run.note(message, about);
    const informed =
      'url' in whom ? new InformedUrl(whom.url, wallClock, note) : new InformedCommand(whom.command, wallClock, note);
    this.informed.push(informed);
    return (line) => informed.inform(line, this.kept?.grounds.now());
  }

  /** Whether one of them keeps something until the batch is over. */
  get isHolding(): boolean {
    return [...this.all.values()].some((sink) => sink.isHolding === true);
  }

  /** Whether the run can be gone on with in the middle of the batch, for all that they know. */
  get isClear(): boolean {
    return [...this.all.values()].every((sink) => sink.isClear === true);
  }

  /** Whether there is an output beside them of which nothing was kept, so that nobody could go back to where it begins. */
  get hasUnmarked(): boolean {
    return this.kept?.others.some(([, output]) => output?.isUnmarked) ?? false;
  }

  /** Where all of them are, by what they are called; undefined where one of them has failed. Called where they can say so. */
  async marks(): Promise<ReadonlyMap<string, Value> | undefined> {
    const asked = [
      ...[...this.all].map(([node, sink]) => [this.names.get(node)!, sink] as const),
      ...this.files,
      ...(this.kept?.others ?? []),
    ].flatMap(([name, output]) => (output?.mark === undefined ? [] : [[name, output.mark()] as const]));
    const marks = new Map<string, Value>();
    for (const [name, asking] of asked) {
      const mark = await asking;
      if (mark === undefined) return undefined;
      marks.set(name, mark);
    }
    return marks;
  }

  /** What can go out does, though the batch goes on. */
  flush(): void {
    for (const sink of this.all.values()) sink.flush?.();
  }

  /** A promise while one of them, or of some other outputs, cannot take more. */
  blocked(others: readonly (Pick<Output, 'blocked'> | undefined)[]): Promise<void> | undefined {
    const blocked = [...this.all.values(), ...this.files.values(), ...others].flatMap(
      (output) => output?.blocked() ?? [],
    );
    return blocked.length === 0 ? undefined : Promise.all(blocked).then(() => {});
  }

  /** An earlier run has brought all out: resolves when what is kept was shown for as long as it is wanted. */
  async linger(): Promise<void> {
    await Promise.all([...this.all.values()].map((sink) => sink.linger?.()));
  }

  /** Resolves when everything is out. */
  async finish(): Promise<void> {
    await Promise.all([...this.all.values()].map((sink) => sink.finish()));
    await this.closeOthers();
  }

  /** The run ends, and another goes on from the last marks. */
  async leave(): Promise<void> {
    this.gate?.shut();
    await Promise.all([...this.all.values()].map((sink) => (sink.leave === undefined ? sink.finish() : sink.leave())));
    await this.closeOthers();
    await this.gate?.flush();
  }

  /** What there is beside the sinks. What is on its way goes out while it can be written down where that goes. */
  private async closeOthers(): Promise<void> {
    await Promise.all(this.kept?.others.map(([, output]) => output?.flush()) ?? []);
    await Promise.all([...this.files.values()].map((file) => file.close()));
    await Promise.all(this.informed.map((command) => command.finish()));
  }

  private contextOf(node: SinkNode): SinkContext {
    const { run, looks, prints, asked } = this;
    const {
      files = hostFileSystem,
      network = hostNetwork,
      format,
      color,
      ascii = false,
      sparklines = false,
      isWatched = false,
      mayShowAsIs = true,
    } = looks;
    const { isFlowing, isRunning } = mannerOf(node.input);
    const stdout = this.gate ?? looks.stdout;
    const recordsIn = (span: Span) => asked.recordsIn(span, node.input);
    const keptAt = this.kept && { files, directory: this.kept.store.directory };
    const ground = this.kept && (() => this.kept!.grounds.now());
    const output = node.definition.prints && prints.length > 1 ? prints.indexOf(node) + 1 : undefined;
    return {
      ...run,
      fail: (failure) => run.fail(withHelp(failure, node)),
      files,
      network,
      intents: this.kept?.store.intentsOf(this.names.get(node)!),
      ground,
      stdout,
      format,
      color,
      width: () => looks.width?.(),
      output,
      region: this.regionOf(node),
      keepPicture: node.definition.draws === true ? looks.openPicture?.() : undefined,
      openView:
        looks.openView &&
        ((wish, from) =>
          looks.openView!(wish, { node, run, signal: asked.endings.signal, keptAt, recordsIn, ground }, from)),
      isFlowing: isWatched && asked.isPaced && isFlowing && output === undefined,
      isRunning,
      isOfOneSource: sourcesOf(node).size === 1,
      type: node.input.type,
      recordsIn,
      isStopped: () => asked.endings.isStopped,
      mayShowAsIs,
      ascii,
      sparklines,
    };
  }

  /** Where a sink draws in place. A run that does not go by the clock of the wall has no results to wait for, and shows each. */
  private regionOf(node: SinkNode): Region | undefined {
    const { openRegion, liveSinks } = this.looks;
    if (openRegion === undefined || node.definition.prints !== true) return undefined;
    // Who writes `print` wants each batch to stay.
    const isFit = node.definition.draws === true || (mannerOf(node.input).isAggregated && !isWritten(node));
    return liveSinks === 'all' || (this.asked.isPaced && isFit) ? openRegion() : undefined;
  }
}

/** What a node is made of. */
function sourcesOf(node: Node): ReadonlySet<Node> {
  return node.kind === 'source' ? new Set([node]) : new Set(inputsOf(node).flatMap((input) => [...sourcesOf(input)]));
}

/** A failure of a sink, with what its word knows to do about it. */
function withHelp(failure: RunFailure, { definition }: SinkNode): RunFailure {
  const help = failure.help ?? definition.failureHelp?.[failure.code];
  return help === failure.help ? failure : new RunFailure(failure.code, failure.exit, failure.message, help);
}
