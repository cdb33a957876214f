import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const LEAT = resolve('bin/leat.js');

/** How a process ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** Null where a signal killed it. */
  readonly code: number | null;
}

/** The command at work as a process of its own, as a user's shell starts it. */
export class Leat {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  private stdout = '';
  private stderr = '';
  private readonly watchers = new Set<() => void>();

  constructor(args: readonly string[], folder: string) {
    this.child = spawn(process.execPath, [LEAT, ...args], { cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
    endWithTest(this.child);
    // A process that does not read its input closes the pipe under us, which is its right.
    this.child.stdin.on('error', () => {});
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      for (const watch of this.watchers) watch();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      for (const watch of this.watchers) watch();
    });
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => {
        resolve({ stdout: this.stdout, stderr: this.stderr, code });
        for (const watch of this.watchers) watch();
      });
    });
  }

  /** Resolves when standard output has a match. Rejects if the process ends without one. */
  said(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.stdout), `${pattern} on standard output`);
  }

  /** The same for standard error. */
  noted(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.stderr), `${pattern} on standard error`);
  }

  /** Writes to its standard input, and closes it unless `more` follows. */
  input(text: string, more = false): void {
    if (more) this.child.stdin.write(text);
    else this.child.stdin.end(text);
  }

  private until(find: () => RegExpExecArray | null, wanted: string): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = find();
        if (match !== null) {
          this.watchers.delete(look);
          resolve(match);
        } else if (this.child.exitCode !== null && this.child.stdout.readableEnded && this.child.stderr.readableEnded) {
          this.watchers.delete(look);
          reject(new Error(`ended without ${wanted}; said ${this.stdout} noted ${this.stderr}`));
        }
      };
      this.watchers.add(look);
      look();
    });
  }
}

/** By each test and not by `afterEach`, which would be that of the first file only: files of a worker share this one, loaded once. */
function endWithTest(child: ChildProcess): void {
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
}

/** An empty folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leat-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the command; its input stays open. */
export function start(args: readonly string[], folder = temporaryFolder()): Leat {
  return new Leat(args, folder);
}

/** Runs the command on an input from a pipe, to its end. */
export function leat(args: readonly string[], input = '', folder = temporaryFolder()): Promise<Ended> {
  const process = start(args, folder);
  process.input(input);
  return process.ended;
}

/** Runs a line of shell in which `leat` is the command. */
export function shell(line: string, folder = temporaryFolder()): Promise<Ended> {
  const child = spawn('bash', ['-c', `leat() { "${process.execPath}" "${LEAT}" "$@"; }; ${line}`], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  endWithTest(child);
  child.stdin.end();
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ stdout, stderr, code });
    });
  });
}
