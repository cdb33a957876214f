import { RunFailure } from '../../base/problem.ts';
import type { FileSystem } from '../../flow/define/file-system.ts';
import { TextOutput } from '../../flow/output/stdout.ts';
import { Store } from '../durable/store.ts';
import type { BatchTime } from '../local/batches/batch-time.ts';
import { refuseChange } from '../local/checkpoints/changed-program.ts';
import { refusalOf } from '../local/checkpoints/refusal.ts';
import { LocalRun } from '../local/local-run.ts';
import type { LocalResult } from '../local/options/local-options.ts';
import { Disk, type Fate, type Life } from './disk.ts';
import { Random } from './random.ts';
import type { Interruption, Started } from './started.ts';
import { SteppingClock } from './stepping-clock.ts';

/** One process, from its start to its end. */
export interface Process {
  /** What it wrote to standard output, and said to the user, line by line. */
  readonly text: string;
  readonly notes: readonly string[];
  /** How it ended; undefined where it was killed. */
  readonly result?: LocalResult;
  /** Which interruption ended it, by its place among those that were to come; undefined where none did. */
  readonly endedBy?: number;
}

/** The directory that runs are kept in. */
const DIRECTORY = 'state/';
/** So many turns without a call of the disk, and nothing is under way. */
const QUIET = 8;
/** So many turns those who wait for a process that is gone have to see it. */
const TURNS = 50;

/** What outlives a process: a disk in memory, and a clock on which no time passes while somebody is at work. */
export class Machine {
  /** ms since the start. */
  now = 0;
  private readonly disk: Disk;
  private readonly least: number | undefined;
  private starts = 0;

  /**
   * @param random what is lost in a power cut, and how much of what a process was about to do was done.
   * @param least see `Store`.
   */
  constructor(random = new Random(0), least?: number) {
    this.disk = new Disk(random, true);
    this.least = least;
  }

  /** What is on the disk. */
  get files(): FileSystem {
    return this.disk.life();
  }

  losePower(): void {
    this.disk.losePower();
  }

  /** Runs a program, and again after each interruption that ends a process, until it has ended by itself. */
  async startThrough(started: Started, interruptions: readonly Interruption[]): Promise<readonly Process[]> {
    const processes: Process[] = [];
    let rest = interruptions;
    for (let next = started; ; ) {
      const process = await this.start(next, rest);
      processes.push(process);
      if (process.endedBy === undefined || process.result?.failure !== undefined) return processes;
      next = { ...next, ...rest[process.endedBy]!.to };
      rest = rest.slice(process.endedBy + 1);
    }
  }

  /**
   * Runs a program in a process of its own, kept in the one directory of the machine, until it ends, or is ended.
   *
   * @param interruptions in order: the first one that ends a process ends this one.
   */
  async start(started: Started, interruptions: readonly Interruption[] = [], fate: Fate = {}): Promise<Process> {
    const life = this.disk.life(fate);
    const clock = new SteppingClock();
    const stdout = new TextOutput();
    const notes: string[] = [];
    let ended: { readonly result: LocalResult } | { readonly error: unknown } | undefined;
    const run = await this.open(started, life, { clock, stdout, notes });
    if (run === undefined) return { text: '', notes };
    if (run instanceof RunFailure) return failed(run, notes);
    void run.run().then(
      (result) => {
        ended = { result };
      },
      (error: unknown) => {
        ended = { error };
      },
    );
    const isOver = () => ended !== undefined || life.isOver;
    const endedBy = await interrupt(run, { life, clock, isOver }, interruptions);
    await clock.passUntil(isOver);
    const { text } = stdout;
    for (let turns = 0; ended === undefined && turns < TURNS; turns++) await turn();
    this.now = clock.now() + (endedBy === undefined ? 0 : interruptions[endedBy]!.lasting);
    const common = { notes, ...(endedBy === undefined ? {} : { endedBy }) };
    if (life.isOver) return { ...common, text };
    if ('error' in ended!) throw ended.error;
    const { result } = ended as { readonly result: LocalResult };
    if (result.failure !== undefined) notes.push(...saidOf(result.failure));
    return { ...common, text: stdout.text, result };
  }

  /** The run; undefined where the process ended before it began. */
  private async open(
    { text, mayChange, isKept, plan, options, opened }: Started,
    life: Life,
    { clock, stdout, notes }: { clock: SteppingClock; stdout: TextOutput; notes: string[] },
  ): Promise<LocalRun | RunFailure | undefined> {
    const batchTime: BatchTime = { time: 0 };
    const made = plan(batchTime, text);
    const holder = { text: `start ${++this.starts}`, isAtWork: () => false };
    const around = {
      stdout,
      files: life,
      tell: (line: string) => void notes.push(line),
      trace: (line: string) => void notes.push(line),
    };
    if (isKept === false) return new LocalRun(made, { ...options(made), ...around, clock }, batchTime);
    try {
      const least = this.least === undefined ? {} : { least: this.least };
      const store = await Store.open({ files: life, directory: DIRECTORY, holder, ...least });
      opened?.(store.found, made);
      // Who was killed before anything was kept has not begun.
      clock.moveTo(store.found === undefined ? 0 : this.now);
      const own = options(made);
      const refusal = refusalOf(made, own) ?? refuseChange(made, store, own.interval, mayChange);
      if (refusal !== undefined) {
        await store.close();
        return refusal;
      }
      const checkpoint = { store, program: text, version: '0', isFinal: false };
      return new LocalRun(made, { ...own, ...around, clock, checkpoint }, batchTime);
    } catch (error) {
      if (life.isOver) return undefined;
      if (error instanceof RunFailure) return error;
      throw error;
    }
  }
}

function failed(failure: RunFailure, notes: readonly string[]): Process {
  const result = { exit: failure.exit, failure, records: 0, bad: 0, late: 0, batches: 0 };
  return { text: '', notes: [...notes, ...saidOf(failure)], result };
}

function saidOf({ exit, message, help }: RunFailure): readonly string[] {
  return [`exit ${exit}: ${message}`, ...(help === undefined ? [] : [`help: ${help}`])];
}

/** Does to a process what is to come, up to what ends it. @returns which that was, if any did. */
async function interrupt(
  run: LocalRun,
  { life, clock, isOver }: { readonly life: Life; readonly clock: SteppingClock; isOver(): boolean },
  interruptions: readonly Interruption[],
): Promise<number | undefined> {
  for (const [i, { time, kind, lasting }] of interruptions.entries()) {
    await clock.passTo(time, isOver);
    await settle(life, isOver);
    if (isOver()) return undefined;
    if (kind === 'pause') clock.jumpTo(clock.now() + lasting);
    else {
      if (kind === 'crash') life.kill();
      else run.stop();
      return i;
    }
  }
  return undefined;
}

/** What is under way comes to its end. */
async function settle(life: Life, isOver: () => boolean): Promise<void> {
  for (let quiet = 0, calls = life.calls; quiet < QUIET && !isOver(); quiet++) {
    await turn();
    if (life.calls !== calls) quiet = 0;
    calls = life.calls;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
