import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunFailure } from '../../base/problem.ts';
import type { Spark } from './find-spark.ts';

const run = promisify(execFile);

type Env = Readonly<Record<string, string | undefined>>;

/** The Java that Spark runs on, at least. */
const RELEASE = '17';

/** The files of Java in a folder. */
function sourcesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.java'));
  return names.sort().map((name) => join(folder, name));
}

/**
 * What Spark is given to run, compiled once for each version of Spark against its own jars, so that it always fits, and kept where the user keeps
 * what can be made again.
 *
 * @param from the folder with the files of Java.
 * @throws RunFailure of exit 1 where it cannot be compiled.
 */
export async function jarFor({ home, version }: Spark, from: string, env: Env): Promise<string> {
  const folder = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'leat');
  const sources = sourcesIn(from);
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const jar = join(folder, `spark-${version}-${hash.digest('hex').slice(0, 16)}.jar`);
  if (existsSync(jar)) return jar;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = mkdtempSync(join(folder, 'making-'));
  try {
    const classes = join(made, 'classes');
    await run(command('javac', env), [
      '-nowarn',
      '--release',
      RELEASE,
      '-cp',
      join(home, 'jars/*'),
      '-d',
      classes,
      ...sources,
    ]);
    await run(command('jar', env), ['--create', '--file', join(made, 'leat.jar'), '-C', classes, '.']);
    // Two that make it at once make the same.
    renameSync(join(made, 'leat.jar'), jar);
  } catch (error) {
    throw compileFailure(error, version);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return jar;
}

function command(name: string, { JAVA_HOME }: Env): string {
  return JAVA_HOME === undefined || JAVA_HOME === '' ? name : join(JAVA_HOME, 'bin', name);
}

function compileFailure(error: unknown, version: string): RunFailure {
  const { code, stderr = '', message } = error as NodeJS.ErrnoException & { readonly stderr?: string };
  if (code === 'ENOENT') {
    return new RunFailure(
      'no-javac',
      1,
      'javac was not found: for each version of Spark leat compiles once what Spark is to run',
      `install a JDK ${RELEASE} or later, or set JAVA_HOME to one`,
    );
  }
  const reason = stderr.split('\n').find((line) => line.includes('error')) ?? message.split('\n', 1)[0]!;
  return new RunFailure('no-spark-jar', 1, `what Spark ${version} is to run cannot be compiled: ${reason}`);
}
