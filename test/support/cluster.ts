/** A cluster without Spark: workers that are given tasks in any order, some of them twice, by the same frames as Spark's tasks give them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { type Frame, FrameReader, frameOf } from '../../src/run/cluster/frames.ts';
import { NUMBER, SAID, workOnFrames } from '../../src/run/cluster/worker.ts';
import type { Cluster, ClusterWork, PieceRecords } from '../../src/run/local/options/cluster.ts';

/** A whole number from 0 to below `n`. */
type Chance = (n: number) => number;

/** A worker as the JVM beside it sees it. */
export class Worker {
  /** What it says first: which leat it is. */
  readonly hello: Promise<Buffer>;
  private readonly frames: Frame[] = [];
  private wake = () => {};
  private isOver = false;
  private readonly output: Writable;
  private readonly ended: Promise<unknown>;

  private constructor(input: Readable, output: Writable, ended: Promise<unknown>) {
    this.output = output;
    this.ended = ended;
    const reader = new FrameReader();
    input.on('data', (bytes: Buffer) => {
      this.frames.push(...reader.push(bytes));
      this.wake();
    });
    input.on('end', () => {
      this.isOver = true;
      this.wake();
    });
    this.hello = this.next().then(({ payload }) => payload);
  }

  /** One in this process. */
  static here(): Worker {
    const [to, from] = [new PassThrough(), new PassThrough()];
    return new Worker(from, to, workOnFrames(to, from, 'here'));
  }

  /** `leat worker`, a process of its own. */
  static process(): Worker {
    const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit'];
    const child: ChildProcess = spawn(process.execPath, ['bin/leat.js', 'worker'], { stdio });
    return new Worker(child.stdout!, child.stdin!, once(child, 'exit'));
  }

  /** The answers to some frames, up to the end of the task. */
  async ask(...frames: readonly Buffer[]): Promise<readonly Frame[]> {
    await this.hello;
    for (const frame of frames) this.output.write(frame);
    const answers: Frame[] = [];
    for (let frame = await this.next(); frame.type !== SAID.end; frame = await this.next()) answers.push(frame);
    return answers;
  }

  private async next(): Promise<Frame> {
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

  async close(): Promise<void> {
    this.output.end();
    await this.ended;
  }
}

/** Has work done by any of the workers, as chance has it. */
export function dealtOut(workers: readonly Worker[], chance: Chance): Pick<Cluster, 'work' | 'records'> {
  const any = () => workers[chance(workers.length)]!;
  /** What is done again gives the same. */
  const once = async (task: (worker: Worker) => Promise<readonly Frame[]>) => {
    if (chance(4) === 0) await task(any());
    return task(any());
  };
  const work: Cluster['work'] = async (work) => {
    const pieces: Buffer[] = [];
    const shares = Array.from({ length: work.shares }, (): Buffer[] => []);
    for (const task of shuffled(work.pieces, chance)) {
      for (const { type, payload } of await once((worker) => doPiece(worker, task))) {
        if (type === SAID.share) shares[payload.readUInt32BE(0)]!.push(payload.subarray(NUMBER));
        else pieces.push(payload);
      }
    }
    const merged: Buffer[] = [];
    for (const share of shuffled(shares, chance).filter((some) => some.length > 0)) {
      const answers = await once((worker) => doMerge(worker, work, shuffled(share, chance)));
      merged.push(...answers.map(({ payload }) => payload));
    }
    return { pieces, merged };
  };
  async function* records(pieces: readonly Uint8Array[]): AsyncIterableIterator<PieceRecords> {
    for (const task of pieces) {
      const answers = await once((worker) => doPiece(worker, task));
      const result = answers.at(-1)!.payload;
      yield { blocks: answers.slice(0, -1).map(({ payload }) => payload), result };
    }
  }
  return { work, records };
}

function doPiece(worker: Worker, task: Uint8Array): Promise<readonly Frame[]> {
  return worker.ask(frameOf(SAID.piece, task));
}

function doMerge(worker: Worker, { merge }: ClusterWork, shares: readonly Buffer[]): Promise<readonly Frame[]> {
  const framed = shares.map((share) => frameOf(SAID.share, share));
  return worker.ask(frameOf(SAID.merge, merge), ...framed, frameOf(SAID.end));
}

function shuffled<T>(items: readonly T[], chance: Chance): readonly T[] {
  const left = [...items];
  return items.map(() => left.splice(chance(left.length), 1)[0]!);
}
