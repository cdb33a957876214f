import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Plan } from '../query/plan/plan.ts';
import { refusalOf } from '../run/local/checkpoints/refusal.ts';
import { programOf } from './as-nc.ts';
import { loadProgram, tellUsage } from './load-program.ts';
import type { RunFlags } from './options.ts';
import { groupsToRead } from './service/access.ts';
import { carriedOptions } from './service/carried-options.ts';
import { directoryOf, isWithin, pathsOf } from './service/paths.ts';
import { stateDirectoryOf, unitOf } from './service/unit.ts';
import { say } from './streams/door.ts';
import { UsageError } from './usage-error.ts';

interface ServiceFlags extends RunFlags {
  readonly name?: string;
  readonly user?: string;
}

/** Directories that each service has for itself. */
const PRIVATE = ['/tmp', '/var/tmp'];

/** The least port that anybody may take. */
const FREE_PORT = 1024;

/**
 * Prints a unit of systemd that runs a program with a checkpoint.
 *
 * @param surplus arguments behind the program, as of a run.
 * @param args the command line as it was given, and `command` what reads it.
 * @returns the exit code.
 */
export async function serviceCommand(
  text: string | undefined,
  flags: ServiceFlags,
  surplus: readonly string[],
  { args, command }: { readonly args: readonly string[]; readonly command: Command },
): Promise<number> {
  try {
    const name = nameFrom(flags.name);
    checkUser(flags.user);
    const program = await loadProgram(programOf({ ...flags, text, surplus }), flags);
    refuse(program.plan, flags);
    const state = stateDirectoryOf(name);
    const checkpoint = flags.checkpoint ?? `${state}/checkpoint`;
    const { reads, writes } = pathsWith(program.plan, { ...flags, checkpoint });
    const script = realpathSync(process.argv[1]!);
    const written = writable(writes, state, flags.user);
    const readable = [process.execPath, script, ...reads];
    say(
      unitOf({
        name,
        command: [
          process.execPath,
          script,
          '--checkpoint',
          checkpoint,
          ...carriedOptions(args, command),
          '--',
          program.text,
        ],
        user: flags.user,
        groups: flags.user === undefined ? await groupsOf(readable) : [],
        writes: written,
        takesLowPort: takesLowPort(program.plan),
        hasSecrets: hasSecrets(program.plan),
      }),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    tellUsage(error, flags);
    return 2;
  }
}

function nameFrom(name: string | undefined): string {
  const help = "leat service 'PROGRAM' --name paths makes paths.service";
  if (name === undefined) throw new UsageError('a service has a name', { help });
  if (/^[A-Za-z\d][\w.-]{0,99}$/.test(name) && !name.endsWith('.service')) return name;
  throw new UsageError(`a service's name is letters, digits, - _ and ., found ${name}`, { help });
}

function checkUser(user: string | undefined): void {
  if (user === undefined || /^(?:[A-Za-z_][\w.-]{0,30}\$?|\d+)$/.test(user)) return;
  throw new UsageError(`--user takes the name or the number of a user, found ${user}`);
}

/** @throws UsageError where a program cannot be a service. */
function refuse(plan: Plan, flags: ServiceFlags): void {
  const { sources } = plan;
  if (sources.some(({ definition }) => definition.isDefault)) {
    throw new UsageError('a service has no standard input, and the program reads it', {
      help: 'let it begin with a source: tail("/var/log/app.log") | …, or listen(9999) | …',
    });
  }
  const behaviours = sources.map((source) => source.definition.behaviour(source.arguments, { stdin: 'stream' }));
  if (flags.replay !== undefined || behaviours.every(({ kind }) => kind !== 'live')) {
    const names = [...new Set(sources.map(({ definition }) => definition.name))].join(' and ');
    throw new UsageError(`a service does not end, and ${flags.replay === undefined ? names : '--replay'} does`, {
      help: 'follow what is written: tail("/var/log/app.log") | …, watch("/data/in") | …',
    });
  }
  const fault = refusalOf(plan, { stdin: 'stream', once: false });
  if (fault !== undefined) throw new UsageError(fault.message, { help: fault.help! });
}

/** What is read and written, of the program and of options. @throws UsageError where that means nothing in a service. */
function pathsWith(
  plan: Plan,
  { bad, save, import: imports = [], checkpoint, record }: ServiceFlags,
): ReturnType<typeof pathsOf> {
  const own = pathsOf(plan);
  const reads = [...own.reads, ...imports];
  const writes = [...own.writes, ...[bad, save, record].filter((path) => path !== undefined)];
  for (const path of [...reads, ...writes, checkpoint!]) {
    if (!isAbsolute(path)) {
      throw new UsageError(`a service is in no directory of yours, found the path ${path}`, {
        help: `write all of it: ${resolve(path)}`,
      });
    }
    const own = PRIVATE.find((directory) => isWithin(path, directory));
    if (own !== undefined) {
      throw new UsageError(`a service has a ${own} of its own, where there is no ${path}`, {
        help: 'keep it in another directory',
      });
    }
  }
  return { reads, writes: [...writes, `${checkpoint}/`] };
}

/** The groups that the service's own user has to be in. @throws UsageError where no group lets it read. */
async function groupsOf(paths: readonly string[]): Promise<readonly string[]> {
  const { groups, closed } = await groupsToRead(paths);
  if (closed === undefined) return groups;
  throw new UsageError(`only its owner may read ${closed.path}, and a service has a user of its own`, {
    help: `let others read it, or run the service as its owner: --user ${closed.owner}`,
  });
}

/** The directories that are written to besides the service's own. @throws UsageError where it may not, or there is none. */
function writable(paths: readonly string[], state: string, user: string | undefined): readonly string[] {
  const others = new Set(paths.map(directoryOf).filter((directory) => !isWithin(directory, state)));
  for (const directory of others) {
    if (user === undefined) {
      throw new UsageError(`a service may write to ${state} alone, and this is to write to ${directory}`, {
        help: `write to a file in ${state}, or run it as a user who may: --user NAME`,
      });
    }
    if (!existsSync(directory)) {
      throw new UsageError(`there is no ${directory}, which the service is to write to`, {
        help: `make it first: install -d -o ${user} ${directory}`,
      });
    }
  }
  return [...others];
}

/** Whether clients come to a port that only root may take. */
function takesLowPort({ sources }: Plan): boolean {
  return sources.some(({ definition, arguments: { port } }) => {
    return definition.origins === 'client' && typeof port === 'number' && port > 0 && port < FREE_PORT;
  });
}

/** Whether a variable of the environment is to be put in somewhere. */
function hasSecrets({ nodes }: Plan): boolean {
  return nodes.some((node) => {
    if (node.kind === 'window') return false;
    return Object.entries(node.definition.parameters).some(([name, { accepts }]) => {
      const value = node.arguments[name];
      return accepts.kind === 'text' && accepts.isSecret === true && typeof value === 'string' && value.includes('${');
    });
  });
}
