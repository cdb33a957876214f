/** A cluster without Spark: workers that are given tasks in any order, some of them twice, by the same frames as Spark's tasks give them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { type Frame, FrameReader, frameOf } from '../../src/run/cluster/frames.ts';
import { asBytes, fromBytes, NUMBER, SAID, workOnFrames } from '../../src/run/cluster/worker.ts';
import type { Cluster, ClusterResults, ClusterWork } from '../../src/run/local/options/cluster.ts';
import type { Merged, PieceResult, PieceTask } from '../../src/run/local/parts/pieces.ts';

/** How the work is dealt out: whole numbers from 0 to below `n`. */
export type Chance = (n: number) => number;

/** A worker as its JVM sees it. */
export class Worker {
  private readonly frames: Frame[] = [];
  private wake = () => {};
  private isOver = false;
  readonly output: Writable;
  private readonly end: () => Promise<unknown>;

  private constructor(input: Readable, output: Writable, end: () => Promise<unknown>) {
    this.output = output;
    this.end = end;
    const reader = new FrameReader();
    input.on('data', (bytes: Buffer) => {
      this.frames.push(...reader.push(bytes));
      this.wake();
    });
    input.on('end', () => {
      this.isOver = true;
      this.wake();
    });
  }

  /** One in this process. */
  static here(): Worker {
    const [to, from] = [new PassThrough(), new PassThrough()];
    const done = workOnFrames(to, from, 'here');
    return new Worker(from, to, () => done);
  }

  /** `leat worker`, as a process of its own. */
  static process(): Worker {
    const child: ChildProcess = spawn(process.execPath, ['bin/leat.js', 'worker'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    return new Worker(child.stdout!, child.stdin!, () => exit);
  }

  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame?.type === SAID.fault) throw new Error(`a worker failed: ${frame.payload}`);
      if (frame !== undefined) return frame;
      if (this.isOver) throw new Error('a worker ended');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** What it answers, up to the end of the task. */
  async answers(): Promise<readonly Frame[]> {
    const answers: Frame[] = [];
    for (let frame = await this.next(); frame.type !== SAID.end; frame = await this.next()) answers.push(frame);
    return answers;
  }

  async close(): Promise<void> {
    this.output.end();
    await this.end();
  }
}

/**
 * @param workers that tasks are given to.
 * @param path of the file that the run itself has open, which workers open themselves.
 */
export function clusterOf(
  program: string,
  {
    workers,
    chance,
    path,
    counted,
    ...settings
  }: Pick<Cluster, 'tasks' | 'largestPiece'> & {
    readonly workers: readonly Worker[];
    readonly chance: Chance;
    readonly path: string;
    /** Told how many pieces there are to work on. */
    readonly counted: (pieces: number) => void;
  },
): Cluster {
  return {
    ...settings,
    program,
    async work(work: ClusterWork): Promise<ClusterResults> {
      counted(work.pieces.length);
      const pieces: PieceResult[] = [];
      const shares = Array.from({ length: work.shares }, (): Buffer[] => []);
      const any = () => workers[chance(workers.length)]!;
      const tasks = work.pieces.map((task) => ({
        ...task,
        parts: task.parts.map((part) => ({ ...part, file: path })),
      }));
      for (const task of shuffled(tasks, chance)) {
        // One that is done again gives the same.
        if (chance(4) === 0) await doPiece(any(), task);
        for (const { type, payload } of await doPiece(any(), task)) {
          if (type === SAID.share) shares[payload.readUInt32BE(0)]!.push(payload.subarray(NUMBER));
          else pieces.push(fromBytes<PieceResult>(payload));
        }
      }
      const merged: Merged[] = [];
      for (const share of shuffled(shares, chance).filter((some) => some.length > 0)) {
        if (chance(4) === 0) await doMerge(any(), work, shuffled(share, chance));
        for (const { payload } of await doMerge(any(), work, shuffled(share, chance))) merged.push(fromBytes(payload));
      }
      return { pieces, merged };
    },
  };
}

function doPiece(worker: Worker, task: PieceTask): Promise<readonly Frame[]> {
  worker.output.write(frameOf(SAID.piece, asBytes(task)));
  return worker.answers();
}

function doMerge(worker: Worker, { merge }: ClusterWork, shares: readonly Buffer[]): Promise<readonly Frame[]> {
  worker.output.write(frameOf(SAID.merge, asBytes(merge)));
  for (const share of shares) worker.output.write(frameOf(SAID.share, share));
  worker.output.write(frameOf(SAID.end));
  return worker.answers();
}

function shuffled<T>(items: readonly T[], chance: Chance): readonly T[] {
  const left = [...items];
  return items.map(() => left.splice(chance(left.length), 1)[0]!);
}
