import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import type {
  Cluster,
  ClusterResults,
  ClusterStream,
  ClusterWork,
  PieceRecords,
  StreamWish,
} from '../local/options/cluster.ts';
import type { Spark } from './find-spark.ts';
import { type Frame, FrameReader, frameOf, numberOf } from './frames.ts';
import { sparkStream } from './spark-stream.ts';
import { SAID } from './worker.ts';

/** How Spark is started, and what it is told of the run. */
interface SparkSettings {
  readonly spark: Spark;
  readonly jar: string;
  /** Spark's address of the cluster: `local[2]`, `spark://head:7077`. */
  readonly master: string;
  /** Each `key=value` of Spark's configuration. */
  readonly conf: readonly string[];
  /** How a worker is started on the machines of the cluster, and the version that it has to be of. */
  readonly worker: readonly string[];
  readonly version: string;
  readonly program: string;
  /** How many tasks a small input is cut into. */
  readonly tasks: number;
  /** Where Spark keeps what it has to know of a stream; in a folder that goes with the run unless given. */
  readonly kept?: string;
  /** Told lines for the user. */
  readonly note: (line: string) => void;
}

/** What leat and the JVM say to each other beside what is said to workers (see `SAID`); the other side is `spark/Leat.java`. */
const TO_SPARK = { job: 'J', go: 'G', inOrder: 'O', leave: 'L' } as const;

/** bytes. */
const LARGEST_PIECE = 32 * 1024 * 1024;
/** So much of what Spark tells may wait here before it has to wait, bytes. */
const MOST_WAITING = 32 * 1024 * 1024;
/** How long Spark may take to end, ms. */
const PATIENCE = 10_000;

/** A Spark that was started for this run, in its driver's JVM. It is left when the run ends. */
export class SparkCluster implements Cluster {
  readonly program: string;
  readonly tasks: number;
  readonly largestPiece = LARGEST_PIECE;
  private readonly settings: SparkSettings;
  private readonly jvm: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'leat-spark-'));
  private readonly frames: Frame[] = [];
  /** How many bytes these have. */
  private waiting = 0;
  private wake = () => {};
  /** Why there is nothing more to be expected of it. */
  private failure: RunFailure | undefined;
  private isUp = false;
  private readonly ended: Promise<void>;

  constructor(settings: SparkSettings) {
    this.settings = settings;
    this.program = settings.program;
    this.tasks = settings.tasks;
    this.jvm = this.start();
    const reader = new FrameReader();
    this.jvm.stdout!.on('data', (bytes: Buffer) => {
      try {
        for (const frame of reader.push(bytes)) {
          this.frames.push(frame);
          this.waiting += frame.payload.length;
        }
        if (this.waiting > MOST_WAITING) this.jvm.stdout!.pause();
      } catch {
        this.abort('what Spark writes is not from leat');
      }
      this.wake();
    });
    // It may end while it is told something.
    this.jvm.stdin!.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const over = (what: string) => {
        this.failure ??= this.failed(`Spark ${what}`);
        this.wake();
        resolve();
      };
      this.jvm.on('error', (error) => over(`cannot be started: ${error.message}`));
      this.jvm.on('close', (code, signal) => over(`has ended (${code === null ? signal : `exit ${code}`})`));
    });
  }

  /** Where Spark tells what it does. */
  private get log(): string {
    return join(this.folder, 'spark.log');
  }

  private start(): ChildProcess {
    const { spark, jar, master, conf, worker, version } = this.settings;
    const log = openSync(this.log, 'w', 0o600);
    const confs = ['spark.ui.showConsoleProgress=false', ...conf].flatMap((pair) => ['--conf', pair]);
    const args = [
      '--master',
      master,
      '--name',
      'leat',
      '--class',
      'leat.Leat',
      ...confs,
      jar,
      version,
      process.cwd(),
      ...worker,
    ];
    try {
      // In a group of its own: Ctrl-C is for the run to hear, which ends Spark.
      return spawn(join(spark.home, 'bin', 'spark-submit'), args, {
        stdio: ['pipe', 'pipe', log],
        detached: true,
        env: { ...process.env, SPARK_HOME: spark.home },
      });
    } finally {
      closeSync(log);
    }
  }

  async work({ pieces, merge, shares }: ClusterWork, signal: AbortSignal): Promise<ClusterResults> {
    const nothing: ClusterResults = { pieces: [], merged: [] };
    if (signal.aborted) return nothing;
    const abort = this.abortWith(signal);
    try {
      await this.untilUp();
      this.say(TO_SPARK.job, numberOf(shares));
      for (const piece of pieces) this.say(SAID.piece, piece);
      this.say(SAID.merge, merge);
      this.say(TO_SPARK.go);
      return await this.results();
    } catch (error) {
      if (signal.aborted) return nothing;
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  stream(wish: StreamWish, done: number): ClusterStream {
    return sparkStream(wish, done, {
      directory: this.settings.kept ?? join(this.folder, 'stream'),
      say: (frame) => void this.jvm.stdin!.write(frame),
      next: async (signal) => {
        // Whoever waits looks at the signal again.
        const abort = () => this.wake();
        signal.addEventListener('abort', abort, { once: true });
        try {
          await this.untilUp(signal);
          return await this.next(signal);
        } finally {
          signal.removeEventListener('abort', abort);
        }
      },
      failed: (message) => this.failed(message),
    });
  }

  async *records(pieces: readonly Uint8Array[], signal: AbortSignal): AsyncIterableIterator<PieceRecords> {
    if (signal.aborted) return;
    const abort = this.abortWith(signal);
    let isOver = false;
    try {
      await this.untilUp();
      this.say(TO_SPARK.job, numberOf(0));
      for (const piece of pieces) this.say(SAID.piece, piece);
      this.say(TO_SPARK.inOrder);
      let blocks: Buffer[] = [];
      for (;;) {
        const { type, payload } = await this.next();
        isOver = type === SAID.end || type === SAID.fault;
        if (type === SAID.end) return;
        if (type === SAID.fault) throw this.gaveUp(payload);
        if (type === SAID.records) blocks.push(payload);
        else {
          yield { blocks, result: payload };
          blocks = [];
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      if (!isOver && this.failure === undefined) await this.leave();
    }
  }

  /** Nothing more is wanted of a job whose records come in their order. */
  private async leave(): Promise<void> {
    this.say(TO_SPARK.leave);
    for (;;) {
      const { type } = await this.next();
      if (type === SAID.end || type === SAID.fault) return;
    }
  }

  private say(type: string, ...payload: readonly Uint8Array[]): void {
    this.jvm.stdin!.write(frameOf(type, ...payload));
  }

  /** @returns what has to be forgotten of the signal when the work is done. */
  private abortWith(signal: AbortSignal): () => void {
    const abort = () => this.abort('the run has ended');
    signal.addEventListener('abort', abort, { once: true });
    return abort;
  }

  /** What is at work is of no use any more. */
  private abort(why: string): void {
    this.failure ??= this.failed(why);
    this.kill('SIGTERM');
    this.wake();
  }

  private async results(): Promise<ClusterResults> {
    const pieces: Buffer[] = [];
    const merged: Buffer[] = [];
    for (;;) {
      const { type, payload } = await this.next();
      if (type === SAID.end) return { pieces, merged };
      if (type === SAID.fault) throw this.gaveUp(payload);
      if (type === SAID.piece) pieces.push(payload);
      else merged.push(payload);
    }
  }

  /** @param signal ends the waiting. */
  private async untilUp(signal?: AbortSignal): Promise<void> {
    if (this.isUp) return;
    const frame = await this.next(signal);
    if (frame === undefined) return;
    const { payload } = frame;
    this.isUp = true;
    const [version, page] = payload.toString().split('\n');
    const at = page === '' ? '' : `, its page is ${page}`;
    this.settings.note(`Spark ${version} is up at ${this.settings.master}${at}`);
  }

  private async next(): Promise<Frame>;
  private async next(signal: AbortSignal | undefined): Promise<Frame | undefined>;
  private async next(signal?: AbortSignal): Promise<Frame | undefined> {
    for (;;) {
      if (signal?.aborted === true) return undefined;
      const frame = this.frames.shift();
      if (frame !== undefined) {
        this.waiting -= frame.payload.length;
        if (this.waiting <= MOST_WAITING) this.jvm.stdout!.resume();
        return frame;
      }
      if (this.failure !== undefined) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private gaveUp(reason: Buffer): RunFailure {
    return this.failed(`Spark gave the job up: ${reason}`);
  }

  private failed(message: string): RunFailure {
    return new RunFailure('spark', 1, message, `Spark's log tells more: ${this.log}`);
  }

  private kill(signal: NodeJS.Signals): void {
    const { pid } = this.jvm;
    if (pid === undefined || this.jvm.exitCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended.
    }
  }

  /** Ends Spark. @param isLogWanted whether the user may want to read what it told. */
  async close(isLogWanted: boolean): Promise<void> {
    this.jvm.stdin?.end();
    this.jvm.stdout?.resume();
    const late = setTimeout(() => this.kill('SIGKILL'), PATIENCE);
    await this.ended;
    clearTimeout(late);
    if (!isLogWanted) rmSync(dirname(this.log), { recursive: true, force: true });
  }
}
