import { dirname } from 'node:path';
import type { BoundArguments, Parameters } from '../../flow/define/parameters.ts';
import { type Plan, windowSpecOf } from '../../query/plan/plan.ts';

/** Paths and globs as a program says them, `~` put in. */
interface ProgramPaths {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** Where a program reads and writes files. */
export function pathsOf({ nodes }: Plan): ProgramPaths {
  const reads: string[] = [];
  const writes: string[] = [];
  for (const node of nodes) {
    const spec = windowSpecOf(node);
    if (spec?.kind === 'event' && spec.lateTo !== undefined) writes.push(spec.lateTo);
    if (node.kind === 'window') continue;
    for (const { path, isApart } of pathsAmong(node.definition.parameters, node.arguments)) {
      // What stands apart from what is read and made is a file for what came too late.
      (node.kind === 'sink' || isApart ? writes : reads).push(path);
    }
  }
  return { reads, writes };
}

function pathsAmong(
  parameters: Parameters,
  given: BoundArguments,
): readonly { readonly path: string; readonly isApart: boolean }[] {
  return Object.entries(parameters).flatMap(([name, { accepts, apart }]) => {
    if (accepts.kind === 'states' && !Array.isArray(given[name]))
      return pathsAmong(accepts.kept, given[name] as BoundArguments);
    if (accepts.kind !== 'text' || accepts.isPath !== true) return [];
    // An address names no file of this machine.
    const paths = [given[name]]
      .flat()
      .filter((path): path is string => typeof path === 'string' && !path.includes('://'));
    return paths.map((path) => ({ path, isApart: apart === true }));
  });
}

/** The directory that a path of a sink is in; a path that ends in a slash is one. */
export function directoryOf(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) || '/' : dirname(path);
}

/** Whether a path is a directory or lies below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
