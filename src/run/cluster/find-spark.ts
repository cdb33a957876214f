import { readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** A Spark that is installed on this machine. */
export interface Spark {
  /** The folder with `bin` and `jars` in it. */
  readonly home: string;
  /** As in the name of its core: `4.0.1`. */
  readonly version: string;
}

/** The core of Spark among its jars, with the versions of Scala and its own. */
const CORE = /^spark-core_[\d.]+-(\d+\.\d+\.\d+.*)\.jar$/;

/**
 * Finds Spark: where `SPARK_HOME` says, else by a `spark-submit` on the path, be it Spark's own or that of Python's package.
 *
 * @returns undefined where there is none.
 */
export function findSpark(env: Readonly<Record<string, string | undefined>>): Spark | undefined {
  const { SPARK_HOME, PATH = '' } = env;
  if (SPARK_HOME !== undefined && SPARK_HOME !== '') return sparkAt(SPARK_HOME);
  for (const folder of PATH.split(delimiter)) {
    const submit = resolved(join(folder, 'spark-submit'));
    if (submit === undefined) continue;
    const root = dirname(dirname(submit));
    const found = [root, ...pythonPackages(root)].map(sparkAt).find((spark) => spark !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sparkAt(home: string): Spark | undefined {
  const version = namesIn(join(home, 'jars')).flatMap((name) => CORE.exec(name)?.[1] ?? [])[0];
  return version === undefined ? undefined : { home, version };
}

/** Where pip puts pyspark, beside the commands that it puts into `bin`. */
function pythonPackages(root: string): readonly string[] {
  const lib = join(root, 'lib');
  return namesIn(lib)
    .filter((name) => name.startsWith('python3'))
    .map((python) => join(lib, python, 'site-packages', 'pyspark'));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function resolved(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
