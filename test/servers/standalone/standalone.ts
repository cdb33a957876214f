/** A standalone cluster of Spark on this machine: a master and workers on loopback, each a process of its own, as on machines of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { findSpark } from '../../../src/run/cluster/find-spark.ts';

const DEPLOY = 'org.apache.spark.deploy';
const HERE = '127.0.0.1';
/** What any port of this machine is. */
const ANY = '0';

/** One of its processes, and what it has told so far. */
interface Daemon {
  readonly process: ChildProcess;
  /** Resolves with what it has told that a pattern matches. */
  readonly told: (pattern: RegExp) => Promise<RegExpExecArray>;
}

export class Standalone {
  /** For `--master`. */
  readonly master: string;
  private readonly home: string;
  private readonly folder: string;
  private readonly daemons: Daemon[];

  private constructor(home: string, folder: string, master: string, daemon: Daemon) {
    this.home = home;
    this.folder = folder;
    this.master = master;
    this.daemons = [daemon];
  }

  /**
   * Starts a master.
   *
   * @param installed the environment of Python that Spark is in.
   * @param folder for what its processes write.
   */
  static async start(installed: string, folder: string): Promise<Standalone> {
    const { home } = findSpark({ PATH: join(installed, 'bin') })!;
    const daemon = start(home, folder, 'master.Master', ['--host', HERE, '--port', ANY, '--webui-port', ANY]);
    const [, master] = await daemon.told(/Starting Spark master at (spark:\S+)/);
    return new Standalone(home, folder, master!, daemon);
  }

  /** Starts one more worker, with one core. @returns its process id. */
  async addWorker(): Promise<number> {
    const own = mkdtempSync(join(this.folder, 'worker-'));
    const manner = ['--host', HERE, '--webui-port', ANY, '--cores', '1', '--memory', '1g', '--work-dir', own];
    const daemon = start(this.home, this.folder, 'worker.Worker', [...manner, this.master]);
    this.daemons.push(daemon);
    await daemon.told(/Successfully registered with master/);
    return daemon.process.pid!;
  }

  /** Ends all that was started. Executors end with their workers. */
  stop(): void {
    for (const { process } of this.daemons) process.kill('SIGKILL');
  }
}

function start(home: string, folder: string, name: string, args: readonly string[]): Daemon {
  const process_ = spawn(join(home, 'bin', 'spark-class'), [`${DEPLOY}.${name}`, ...args], {
    cwd: folder,
    env: { ...process.env, SPARK_HOME: home, SPARK_LOCAL_IP: HERE, SPARK_DAEMON_MEMORY: '256m' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  let isOver = false;
  let look = () => {};
  process_.stderr!.setEncoding('utf8').on('data', (said: string) => {
    text += said;
    look();
  });
  process_.on('close', () => {
    isOver = true;
    look();
  });
  const told = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      look = () => {
        const match = pattern.exec(text);
        if (match !== null) resolve(match);
        else if (isOver) reject(new Error(`${name} ended without ${pattern}: ${text}`));
      };
      look();
    });
  return { process: process_, told };
}
