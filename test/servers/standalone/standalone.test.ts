/**
 * A standalone cluster of Spark of two workers on this machine: programs over files give what one process gives, whatever is killed in the middle of the work.
 * `bash test/servers/spark.sh` installs what is absent.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat, leat, temporaryFolder } from '../../cli/harness.ts';
import { isLong } from '../../support/effort.ts';
import { folderOf, hasJava, isDownloaded } from '../downloads.ts';
import { Standalone } from './standalone.ts';

/** JVMs that start one after the other on a busy machine, ms. */
const timeout = 1_800_000;
/** What has to come comes some time, ms. */
const patience = { timeout: 900_000, interval: 50 };

const installed = ['spark-3', 'spark-4'].filter((name) => isDownloaded(name));

const FILES = 12;
const LINES_A_FILE = 1500;
const nameOf = (file: number) => `${String(file).padStart(2, '0')}.json`;

/** Everything is in it that depends on the order of the input. */
const GROUPS =
  'files("in/*.json") | json | groupBy(.k, {n: count(), sum: sum(.x), p90: p90(.x), first: first(.x), last: last(.x)})';
const RECORDS = 'files("in/*.json") | json | filter(.x > 20) | map([.k, .x])';

/** What of a task is killed: the process that does its work, the JVM that the task is in, or that JVM's own keeper. */
const VICTIMS = ['executor', 'worker of leat', 'executor', 'worker of Spark', 'executor'] as const;

/** Writes files of lines, of which two are bad. */
function writeInput(folder: string): void {
  const random = new Random(1);
  mkdirSync(join(folder, 'in'));
  for (let file = 0; file < FILES; file++) {
    const lines = Array.from({ length: LINES_A_FILE }, () => {
      const x = random.whole(0, 10_000) / 100;
      return `{"k":"k${random.whole(0, 40)}","x":${x},"of":"${'a request of some length '.repeat(2)}"}\n`;
    });
    if (file === 3 || file === 9) lines[700] = 'no JSON\n';
    writeFileSync(join(folder, 'in', nameOf(file)), lines.join(''));
  }
}

/** Whether a process has ended, be it still in the table for whoever is to hear of it. */
function hasEnded(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.startsWith('Z');
  } catch {
    return true;
  }
}

const endOf = (pid: number) => vi.waitFor(() => expect(hasEnded(pid)).toBe(true), patience);

/** Who waits at a gate: a worker of leat, and the executor that it is beside. */
interface Held {
  readonly name: string;
  readonly worker: number;
  readonly executor: number;
}

/** Who opens one of some files has to wait, see gate.cjs. */
class Gates {
  readonly folder = temporaryFolder();
  private readonly closed: Set<string>;

  constructor(names: readonly string[]) {
    this.closed = new Set(names);
    for (const name of names) writeFileSync(join(this.folder, name), '');
  }

  /** Waits until somebody waits at any of them: which tasks come first is Spark's to say. */
  async held(): Promise<Held> {
    const found = () => [...this.closed].find((name) => existsSync(join(this.folder, `${name}.held`)));
    await vi.waitFor(() => expect(found()).toBeDefined(), patience);
    const name = found()!;
    const [worker, executor] = readFileSync(join(this.folder, `${name}.held`), 'utf8')
      .split(' ')
      .map(Number);
    return { name, worker: worker!, executor: executor! };
  }

  open({ name }: Held): void {
    rmSync(join(this.folder, name));
    this.closed.delete(name);
  }
}

/** The process that started another one. */
function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[1]);
}

describe.skipIf(!isLong || !hasJava() || installed.length === 0)('a standalone cluster of Spark', () => {
  describe.each(installed)('%s', (name) => {
    let cluster: Standalone;
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'leat-standalone-'));
      writeInput(folder);
      cluster = await Standalone.start(folderOf(name), folder);
      await Promise.all([cluster.addWorker(), cluster.addWorker()]);
    }, timeout);

    afterAll(() => {
      cluster?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Starts a program there. @param gates that its workers come to. @param conf of Spark besides. */
    function start(program: string, gates: Gates, ...conf: readonly string[]): Leat {
      vi.stubEnv('PATH', `${folderOf(name)}/bin:${process.env.PATH}`);
      vi.stubEnv('SPARK_LOCAL_IP', '127.0.0.1');
      vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
      onTestFinished(() => void vi.unstubAllEnvs());
      const settings = [
        'spark.driver.memory=512m',
        'spark.executor.memory=512m',
        `spark.default.parallelism=${FILES}`,
        // Each kill is a failure of the task that it hits.
        'spark.task.maxFailures=100',
        `spark.executorEnv.NODE_OPTIONS=--require=${resolve('test/servers/standalone/gate.cjs')}`,
        `spark.executorEnv.LEAT_TEST_GATES=${gates.folder}`,
        ...conf,
      ];
      const options = settings.flatMap((setting) => ['--conf', setting]);
      return new Leat(['--engine', 'spark', '--master', cluster.master, ...options, program], folder);
    }

    test.each([GROUPS, RECORDS])('the same, however often something is killed: %s', { timeout }, async (program) => {
      const here = await leat([program], '', folder);
      const gates = new Gates(VICTIMS.map((_, i) => nameOf(1 + 2 * i)));
      const there = start(program, gates, 'spark.ui.enabled=false');
      for (const victim of VICTIMS) {
        const held = await Promise.race([gates.held(), tooEarly(there)]);
        await kill(victim, held);
        gates.open(held);
        // A worker of leat goes with its executor, at the latest behind its piece.
        await endOf(held.worker);
      }
      const { code, stdout, stderr } = await there.ended;
      expect([code, stdout, lines(stderr)]).toEqual([0, here.stdout, lines(here.stderr)]);
    });

    async function kill(victim: (typeof VICTIMS)[number], { worker, executor }: Held): Promise<void> {
      switch (victim) {
        case 'worker of leat':
          process.kill(worker, 'SIGKILL');
          break;
        case 'executor':
          process.kill(executor, 'SIGKILL');
          await endOf(executor);
          break;
        case 'worker of Spark':
          process.kill(parentOf(executor), 'SIGKILL');
          await endOf(executor);
          // An executor that joins in the middle of a run.
          await cluster.addWorker();
      }
    }

    test('a leat and a Node that are shipped with the job are those that work', { timeout }, async () => {
      const shipped = temporaryFolder();
      mkdirSync(join(shipped, 'leat'));
      for (const part of ['bin', 'dist']) cpSync(part, join(shipped, 'leat', part), { recursive: true });
      const started = join(shipped, 'started');
      const node = `#!/bin/sh\necho "$1" >> '${started}'\nexec '${process.execPath}' "$@"\n`;
      writeFileSync(join(shipped, 'leat/node'), node, { mode: 0o755 });
      const archive = join(shipped, 'leat.tgz');
      execFileSync('tar', ['-czf', archive, '-C', join(shipped, 'leat'), '.']);
      const here = await leat([GROUPS], '', folder);
      const there = start(GROUPS, new Gates([]), 'spark.ui.enabled=false', `spark.archives=${archive}#leat`);
      const { code, stdout } = await there.ended;
      expect([code, stdout]).toEqual([0, here.stdout]);
      const scripts = readFileSync(started, 'utf8').trim().split('\n');
      expect(scripts.every((path) => path.startsWith(`${folder}/worker-`) && path.endsWith('/bin/leat.js'))).toBe(true);
    });

    test('two leats at once', { timeout }, async () => {
      const programs = [GROUPS, RECORDS];
      const here = await Promise.all(programs.map((program) => leat([program], '', folder)));
      const gates = programs.map(() => new Gates([nameOf(5)]));
      const there = programs.map((program, i) => start(program, gates[i]!, 'spark.cores.max=1'));
      // Both are in the middle of their work.
      const held = await Promise.all(gates.map((each, i) => Promise.race([each.held(), tooEarly(there[i]!)])));
      for (const [i, each] of gates.entries()) each.open(held[i]!);
      const given = await Promise.all(there.map(({ ended }) => ended));
      expect(given.map(({ code, stdout }) => [code, stdout])).toEqual(here.map(({ stdout }) => [0, stdout]));
      const pages = given.map(({ stderr }) => /its page is (\S+)/.exec(stderr)?.[1]);
      expect(new Set(pages).size).toBe(2);
    });
  });
});

async function tooEarly({ ended }: Leat): Promise<never> {
  throw new Error(`ended before anything was killed: ${JSON.stringify(await ended)}`);
}

/** What was said, but for what of Spark is up where; what pieces have to say is known when they are done. */
function lines(stderr: string): readonly string[] {
  return stderr
    .split('\n')
    .filter((line) => !line.startsWith('leat: Spark '))
    .sort();
}
