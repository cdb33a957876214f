/** A log file that is written and rotated as the usual programs do it, and a run that follows it. */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Position } from '../../src/flow/define/position.ts';
import { tail } from '../../src/flow/sources/tail.ts';
import type { SteppingClock } from '../../src/run/trials/stepping-clock.ts';
import { type Cut, openSource, TestRun } from './source.ts';

/** More than the numbers that rotations give in a test. */
const MOST = 60;

export class RotatingLog {
  readonly path: string;
  /** All lines that were written, in order, without line ends. */
  readonly written: string[] = [];
  /** For each of them how often the log had been rotated before. */
  readonly generations: number[] = [];
  private generation = 0;
  private time = 0;
  private readonly held: number[] = [];

  constructor(path: string, content = '') {
    this.path = path;
    writeFileSync(path, content);
    this.touch(path);
  }

  /** Appends so many numbered lines. */
  append(count: number): void {
    for (let i = 0; i < count; i++) {
      const number = this.written.length;
      this.put(`${'x'.repeat(number % 40)} line ${number}`);
    }
  }

  /** Appends a line. @param start what of it has been written before. */
  put(line: string, start = ''): void {
    this.written.push(line);
    this.generations.push(this.generation);
    appendFileSync(this.path, `${line.slice(start.length)}\n`);
    this.touch(this.path);
  }

  /** Gives it to `app.log.1`, and makes a new one. */
  rename(): void {
    this.shift();
    renameSync(this.path, `${this.path}.1`);
    writeFileSync(this.path, '');
    this.touch(this.path);
    this.generation++;
  }

  /** Copies it to `app.log.1`, and empties it. */
  copyAndTruncate(): void {
    this.shift();
    copyFileSync(this.path, `${this.path}.1`);
    this.touch(`${this.path}.1`);
    truncateSync(this.path);
    this.touch(this.path);
    this.generation++;
  }

  /** Packs one of the rotated files, where it is there and is not packed yet. */
  pack(number: number): void {
    const path = `${this.path}.${number}`;
    if (!existsSync(path)) return;
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    const { atime, mtime } = statSync(path);
    utimesSync(`${path}.gz`, atime, mtime);
    // Its number is not given to a file that is made at the same instant.
    this.held.push(openSync(path, 'r'));
    rmSync(path);
  }

  close(): void {
    for (const fd of this.held.splice(0)) closeSync(fd);
  }

  /** What is done at the same instant has no order that could be told; here each time is another one. */
  private touch(path: string): void {
    utimesSync(path, ++this.time, this.time);
  }

  private shift(): void {
    for (let number = MOST; number > 0; number--) {
      for (const ending of ['', '.gz']) {
        const from = `${this.path}.${number}${ending}`;
        if (existsSync(from)) renameSync(from, `${this.path}.${number + 1}${ending}`);
      }
    }
  }
}

/** A run that follows a log. */
export interface Following {
  readonly run: TestRun;
  stop(): Promise<TestRun>;
}

/** Follows a log, from a position or its end on. Resolves when the run has said so. */
export async function follow(path: string, clock: SteppingClock, from?: Position): Promise<Following> {
  const run = new TestRun({ clock, ...(from === undefined ? {} : { from }) });
  const running = openSource(tail, { path }, run, from).run();
  await Promise.race([run.until(() => run.notes.some((note) => note.startsWith('following'))), running]);
  return {
    run,
    async stop() {
      run.abort();
      await running;
      return run;
    },
  };
}

/** As it comes from a checkpoint. */
export const positionOf = ({ position }: Cut): Position => JSON.parse(position!) as Position;

/** The places that may be gone on from: before the first look is over nothing is known. */
export const begunCuts = ({ cuts }: TestRun): readonly Cut[] =>
  cuts.filter(({ position }) => position?.includes('begun'));
