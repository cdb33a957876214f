import { fstatSync } from 'node:fs';
import { type Clock, wallClock, wallClockFrom } from '../base/clock.ts';
import { toJson } from '../base/json.ts';
import { RunFailure } from '../base/problem.ts';
import { withoutSecrets } from '../base/secrets.ts';
import type { RunFile } from '../flow/output/run-file.ts';
import type { Plan } from '../query/plan/plan.ts';
import type { SparkCluster } from '../run/cluster/spark-cluster.ts';
import type { Store } from '../run/durable/store.ts';
import { LocalRun } from '../run/local/local-run.ts';
import { filterOrStream } from '../run/local/options/filter-or-stream.ts';
import type { LocalOptions } from '../run/local/options/local-options.ts';
import { ALL_BAD } from '../run/local/reports/bad-log.ts';
import { StageMeter } from '../run/local/steps/stage-meter.ts';
import type { Service } from '../run/serve/service.ts';
import { programOf } from './as-nc.ts';
import { watchDownstream } from './downstream.ts';
import { keepHeapSmall } from './heap.ts';
import { keptReader, type Loaded, loadProgram, tellUsage } from './load-program.ts';
import { messagesAs } from './messages.ts';
import { noteOnClock, openCheckpoint, openInitialStates } from './open-checkpoint.ts';
import { intervalOf, type RunFlags } from './options.ts';
import { openCluster, othersOf } from './others.ts';
import { noteOnRecord, openBad, openRecord } from './run-files.ts';
import { openPictures, type SavedPictures, savePictures } from './saved-pictures.ts';
import { openViews, withServed } from './serving.ts';
import { unreadHint } from './shell-hints.ts';
import { Signals } from './signals.ts';
import { statsData, statsHead, statsTable } from './stats-report.ts';
import { say, tell } from './streams/door.ts';
import { leadsToTerminal } from './streams/leads-to-terminal.ts';
import { wantsColor } from './streams/paint.ts';
import { Console } from './terminal/console.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs a program to its end.
 *
 * @param text the program; undefined where it comes from a file.
 * @param surplus arguments behind the program, which are a mistake: most often a quote is missing.
 * @returns the exit code.
 */
export async function runCommand(
  text: string | undefined,
  flags: RunFlags,
  surplus: readonly string[],
): Promise<number> {
  let program: Loaded;
  try {
    const whole = programOf({ ...flags, text, surplus });
    if (whole === undefined && flags.file === undefined) {
      const { welcome } = await import('./help-command.ts');
      say(welcome());
      return 2;
    }
    program = await loadProgram(whole, flags);
    if (flags.serve !== undefined || flags.save !== undefined) program = withServed(program, flags);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    tellUsage(error, flags);
    return 2;
  }
  keepHeapSmall();
  return runProgram(program, flags);
}

async function runProgram(program: Loaded, flags: RunFlags): Promise<number> {
  const way = wayOf(program.plan, flags);
  const console = new Console(program.plan, flags);
  const messages = messagesAs(flags);
  let cluster: SparkCluster | undefined;
  let store: Store | undefined;
  try {
    if (way.once && flags.for === undefined) {
      const { refuseEndless } = await import('./refuse-endless.ts');
      refuseEndless(program.plan, way);
    }
    // What goes with no cluster is refused before a directory is made for it.
    cluster = await openCluster(program, flags, way.stdin, (line) => console.tellAll(messages.note(line)));
    store = await openCheckpoint(program.plan, way, flags);
  } catch (error) {
    await cluster?.close(false);
    return tellFailure(error, flags);
  }
  const meter = flags.stats === undefined ? undefined : new StageMeter(program.plan);
  let kept: Kept;
  let initialStates: LocalOptions['initialStates'];
  try {
    initialStates = await openInitialStates(program.plan, store, flags);
    kept = { ...openKept(flags, program.plan, store, (failure) => run.fail(failure)), store };
  } catch (error) {
    await store?.close();
    await cluster?.close(false);
    return tellFailure(error, flags);
  }
  const newRecord = kept.record && noteOnRecord(store, kept.record);
  if (newRecord !== undefined) console.tellAll(messages.note(newRecord));
  if (store !== undefined && flags.workers !== undefined) {
    console.tellAll(messages.note('--workers is left aside: with --checkpoint one thread reads'));
  }
  const behind = noteOnClock(store);
  if (behind !== undefined) console.tellAll(messages.note(behind));
  const start = wallClock.now();
  const look = { state: () => run.state(), stages: () => meter?.stages ?? [] };
  const clock = wallClockFrom(store?.found?.frozen.written);
  const service = isServed(program.plan) ? await openViews(program, look, { clock, ...way }) : undefined;
  const beside = { clock, initialStates, meter, service, cluster };
  const options = localOptions(program, flags, console, { ...way, ...kept, ...beside });
  const run: LocalRun = new LocalRun(program.plan, options, program.batchTime);
  const signals = new Signals(run, flags.import !== undefined, () => {
    console.tellAll(messages.note(`so far ${statsHead(run.state(), wallClock.now() - start)}`));
  });
  console.attach(run);
  const unwatch = isWaiting(run) ? watchDownstream(() => run.closeOutput()) : () => {};
  const report = meter === undefined ? undefined : startStats(flags, meter, run, (lines) => console.tellAll(lines));
  const result = await run.run();
  await console.close();
  unwatch();
  report?.();
  const { pictures } = kept;
  const unsaved = pictures && (await savePictures(pictures, service, (note) => tellAll(messages.note(note))));
  await kept.record?.close();
  await kept.keepBad?.close();
  const hint = console.isUnread && flags.file === undefined ? unreadHint(program.text) : undefined;
  if (hint !== undefined) tellAll(messages.note(hint));
  const failure = result.failure ?? unsaved;
  await cluster?.close(failure?.code === 'spark');
  if (failure !== undefined) tellAll(messages.failure(failure));
  const isSuccess = failure === undefined || failure.code === ALL_BAD;
  const exit = isSuccess ? signals.exit || result.exit : failure.exit;
  tellAll(messages.end({ ...result, exit }));
  return exit;
}

function tellAll(lines: readonly string[]): void {
  for (const line of lines) tell(line);
}

/** What counts, what works and what shows results beside the main thread. */
interface Beside {
  readonly clock: Clock;
  readonly cluster: SparkCluster | undefined;
  readonly meter: StageMeter | undefined;
  readonly service: Service | undefined;
  readonly initialStates: LocalOptions['initialStates'];
}

/** How a run goes through time. */
type Way = Pick<LocalOptions, 'interval' | 'once' | 'batches' | 'duration' | 'replay' | 'stdin' | 'pipe'>;

function wayOf(plan: Plan, flags: RunFlags): Way {
  const stdin = standardInput();
  const pipe =
    stdin === 'file' ? undefined : filterOrStream(plan, { ...flags, stdin, stdoutIsTerminal: leadsToTerminal(1) });
  return {
    interval: intervalOf(flags),
    once: flags.once ?? false,
    ...(flags.batches === undefined ? {} : { batches: flags.batches }),
    ...(flags.for === undefined ? {} : { duration: flags.for }),
    ...(flags.replay === undefined ? {} : { replay: flags.replay }),
    stdin: stdin === 'file' ? 'file' : (pipe?.manner ?? 'stream'),
    pipe,
  };
}

/** How a run goes that is said by these flags, and shown on this console. */
function localOptions(
  { text }: Loaded,
  flags: RunFlags,
  console: Console,
  { record, keepBad, store, pictures, meter, service, initialStates, cluster, ...way }: Kept & Beside & Way,
): LocalOptions {
  const messages = messagesAs(flags);
  const { stdout, isTerminal, openRegion, ascii } = console;
  const format = flags.format ?? (isTerminal && flags.raw !== true ? 'table' : 'text');
  return {
    ...way,
    readKept: keptReader(flags),
    initialStates,
    ...othersOf(text, flags, cluster, store !== undefined || (service !== undefined && flags.save !== undefined)),
    ...(store === undefined
      ? {}
      : {
          checkpoint: {
            store,
            program: withoutSecrets(text),
            version: LEAT_VERSION,
            isFinal: flags.final === true,
          },
        }),
    stdout,
    format,
    color: wantsColor(flags.color, isTerminal),
    width: () => (isTerminal ? process.stdout.columns : undefined),
    ...(openRegion === undefined ? {} : { openRegion, liveSinks: flags.live === true ? 'all' : 'fit' }),
    ...(pictures === undefined ? {} : { openPicture: () => pictures.open() }),
    ...(service === undefined ? {} : { openView: (wish, of, from) => service.open(wish, of, from) }),
    isWatched: isTerminal && flags.format === undefined && flags.live !== false,
    mayShowAsIs: !isTerminal || flags.raw === true,
    ascii,
    sparklines: flags.sparklines === true || flags.spark === true,
    showsTotals: isTerminal && format === 'table',
    ...(meter === undefined ? {} : { meter }),
    stateMax: flags.stateMax,
    kernels: flags.kernels,
    ...(flags.badMax === undefined ? {} : { badMax: flags.badMax }),
    ...(record === undefined ? {} : { record }),
    ...(keepBad === undefined ? {} : { keepBad }),
    tell: (line, data) => console.tellAll(messages.note(line, data)),
    trace: (line) => console.tellAll(messages.trace(line)),
  };
}

/** @returns the exit code. */
function tellFailure(error: unknown, flags: RunFlags): number {
  if (error instanceof UsageError) {
    tellUsage(error, flags);
    return 2;
  }
  if (!(error instanceof RunFailure)) throw error;
  tellAll(messagesAs(flags).failure(error));
  return error.exit;
}

/** Files that options name, to be kept beside the output. */
interface Kept {
  readonly record: RunFile | undefined;
  readonly keepBad: RunFile | undefined;
  /** Where the run is kept. */
  readonly store?: Store | undefined;
  readonly pictures: SavedPictures | undefined;
}

/** @throws UsageError or the system's error, as {@link openRecord} and {@link openPictures} do. */
function openKept(
  flags: RunFlags,
  plan: Plan,
  store: Store | undefined,
  onFailure: (failure: RunFailure) => void,
): Omit<Kept, 'store'> {
  const { save, format } = flags;
  const pictures = save === undefined ? undefined : openPictures(save, format, plan);
  const record = flags.record === undefined ? undefined : openRecord(flags.record, plan, store, onFailure);
  const keepBad = flags.bad === undefined ? undefined : openBad(flags.bad, store, onFailure);
  return { record, pictures, keepBad };
}

declare const LEAT_VERSION: string;

function isServed({ nodes }: Plan): boolean {
  return nodes.some((node) => node.kind === 'sink' && node.definition.serves === true);
}

/** Whether the run may wait for input for so long that nobody may be there any more to read what it prints. */
function isWaiting({ plan, sources, options }: LocalRun): boolean {
  const prints = plan.nodes.some((node) => node.kind === 'sink' && node.definition.prints === true);
  return (
    prints &&
    sources.all.some(
      ({ behaviour, node }) =>
        behaviour.kind === 'live' || (node.definition.isDefault === true && options.stdin !== 'file'),
    )
  );
}

/** Tells the counts every so often, where that is wanted. @returns how to tell them for the last time. */
function startStats(
  flags: RunFlags,
  meter: StageMeter,
  run: LocalRun,
  tell: (lines: readonly string[]) => void,
): () => void {
  const start = wallClock.now();
  const { json = false, every } = flags.stats ?? {};
  const report = () => {
    const elapsed = wallClock.now() - start;
    const data = statsData(meter.stages, run.state(), elapsed);
    const lines = () => [statsHead(run.state(), elapsed), ...statsTable(meter.stages)];
    tell(json ? [toJson(data)] : messagesAs(flags).stats(lines, data));
  };
  let callOff = () => {};
  const again = () => {
    callOff = wallClock.at(wallClock.now() + every!, () => {
      report();
      again();
    });
  };
  if (every !== undefined) again();
  return () => {
    callOff();
    report();
  };
}

function standardInput(): 'file' | 'pipe' | 'terminal' {
  if (leadsToTerminal(0)) return 'terminal';
  try {
    return fstatSync(0).isFile() ? 'file' : 'pipe';
  } catch {
    // It is closed; the source will say so if it is read.
    return 'pipe';
  }
}
