import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SourceContext } from '../define/context.ts';
import { reasonOf } from '../input/fault.ts';
import { openAtOnce } from './opening.ts';
import { hasVanished } from './paths.ts';
import { namesBefore } from './rotation.ts';

/** Looks at files and at what is beside them. What the system does not let us look at is told of once, and is as good as not there. */
export class Siblings {
  private readonly context: SourceContext;
  private readonly complained = new Set<string>();
  /** By directory, while they are remembered: by each name the others that a rotation may have made of it. */
  private directories: Map<string, ReadonlyMap<string, readonly string[]>> | undefined;

  constructor(context: SourceContext) {
    this.context = context;
  }

  /** From now on each directory is read once. */
  remember(): void {
    this.directories = new Map();
  }

  /** From now on directories are read anew each time. */
  forget(): void {
    this.directories = undefined;
  }

  /** The files beside one whose names a rotation may have made of its own. */
  of(path: string): readonly string[] {
    const directory = dirname(path);
    const names = this.directories?.get(directory) ?? namesByOriginal(this.namesIn(directory));
    this.directories?.set(directory, names);
    return (names.get(basename(path)) ?? []).map((name) => join(directory, name));
  }

  /** All that is in the directory of a file, by name. */
  beside(path: string): readonly string[] {
    const directory = dirname(path);
    return this.namesIn(directory).map((name) => join(directory, name));
  }

  stat(path: string): BigIntStats | undefined {
    try {
      return statSync(path, { bigint: true, throwIfNoEntry: false });
    } catch (error) {
      return hasVanished(error) ? undefined : this.complain(path, error);
    }
  }

  /** @returns a descriptor, which the caller closes. */
  open(path: string): number | undefined {
    try {
      return openAtOnce(path);
    } catch (error) {
      return hasVanished(error) ? undefined : this.complain(path, error);
    }
  }

  complain(path: string, error: unknown): undefined {
    if (!this.complained.has(path)) this.context.note(`cannot read ${path}: ${reasonOf(error)}`);
    this.complained.add(path);
  }

  private namesIn(directory: string): readonly string[] {
    try {
      return readdirSync(directory);
    } catch (error) {
      if (!hasVanished(error)) this.complain(directory, error);
      return [];
    }
  }
}

function namesByOriginal(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, string[]>();
  for (const name of names) {
    for (const original of namesBefore(name)) {
      const others = known.get(original);
      if (others === undefined) known.set(original, [name]);
      else others.push(name);
    }
  }
  return known;
}
