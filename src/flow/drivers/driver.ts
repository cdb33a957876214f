import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TextFault } from '../../base/problem.ts';

/** A package that a word needs and leat can do without: it is loaded when the word is used. */
export interface Driver {
  /** The name of the package, and the version of it to install. */
  readonly package: string;
  readonly version: string;
  /** What it is for, for messages: `PostgreSQL`. */
  readonly of: string;
}

/** Where this file, or the bundle that it is in, lies. */
const OWN = fileURLToPath(import.meta.url);

/** npm has it in a cache that belongs to nobody: a package of the user's does not lie beside it. */
const isCached = OWN.includes(`${sep}_npx${sep}`);

/** The global packages of the Node that runs. */
const GLOBAL = join(dirname(process.execPath), '..', 'lib', 'node_modules');

/** From where packages are looked for, in order: beside leat, which is also where global ones lie that were installed with it. */
function places(): readonly string[] {
  return isCached ? [OWN, join(process.cwd(), 'package.json'), join(GLOBAL, 'package.json')] : [OWN];
}

/** The file of a package to load, for a thread that loads it by itself. @throws where it is not installed. */
export function driverPath({ package: name }: Driver): string {
  return createRequire(places().find((from) => find(from, name)) ?? OWN).resolve(name);
}

/** Loads a package, or a part of it, such as `mysql2/promise`. @throws where it is not installed. */
export function loadDriver<T>({ package: name }: Driver, part = name): T {
  const place = places().find((from) => find(from, name));
  return createRequire(place ?? OWN)(part) as T;
}

function find(from: string, name: string): boolean {
  try {
    createRequire(from).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a program that needs it, where it is not installed. @param length of the argument that asks for it. */
export function driverFault(driver: Driver, length: number): TextFault | undefined {
  if (places().some((from) => find(from, driver.package))) return undefined;
  const global = OWN.startsWith(GLOBAL + sep) ? '-g ' : '';
  return {
    code: 'missing-driver',
    message: `the driver of ${driver.of}, ${driver.package}, is not installed`,
    label: `needs ${driver.package}`,
    help: `install it: \`npm install ${global}${driver.package}@${driver.version}\``,
    at: { start: 0, end: length },
  };
}
