import { existsSync, readFileSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { formatProblem } from '../base/code-frame.ts';
import { ProgramError } from '../base/problem.ts';
import { formatSize } from '../base/size.ts';
import { visibleLine } from '../base/visible.ts';
import { aggregates, functions, sinks, sources, stages } from '../flow/catalog.ts';
import type { ReadKept } from '../flow/define/context.ts';
import { reasonOf } from '../flow/input/fault.ts';
import { hostFileSystem } from '../flow/output/host-file-system.ts';
import { compileProgram } from '../query/compile.ts';
import { createScope, type ImportedFunction } from '../query/plan/expression/scope.ts';
import type { Plan } from '../query/plan/plan.ts';
import { thisProcess } from '../run/durable/lock.ts';
import type { BatchTime } from '../run/local/batches/batch-time.ts';
import { keptRecords } from '../run/local/checkpoints/kept-records.ts';
import { importModule } from './import-module.ts';
import { messagesAs, problemAsData } from './messages.ts';
import { intervalOf, type RunFlags } from './options.ts';
import { quotingHint } from './shell-hints.ts';
import { tell, tellPainted } from './streams/door.ts';
import { problemPaint } from './streams/paint.ts';
import { UsageError } from './usage-error.ts';

/** A program that is ready to run. */
export interface Loaded {
  readonly text: string;
  readonly plan: Plan;
  /** What `now()` reads; the run writes it. */
  readonly batchTime: BatchTime;
}

/** A longer text than this, bytes, is no program; most often it is data, given by a slip of the pen: `leat -f app.log`. */
const LONGEST = 1024 * 1024;
/** So many mistakes are told: who has made more begins with these. */
const MOST_TOLD = 20;

export function tellUsage({ message, isPainted, help }: UsageError, flags: RunFlags): void {
  if (isPainted) tellPainted(message);
  else for (const line of messagesAs(flags).usage(message, help)) tell(line);
}

/** The text of the program, and what it is called in messages. */
function readProgram(text: string | undefined, file: string | undefined): { text: string; name: string | undefined } {
  if (text !== undefined && file !== undefined) {
    throw new UsageError('a program was given both as text and by --file; leave one of them out');
  }
  if (file === undefined) return { text: text ?? '', name: undefined };
  try {
    if (file === '-') return { text: readFileSync(0, 'utf8'), name: 'program' };
    const { size } = statSync(file);
    if (size > LONGEST)
      throw new UsageError(`${file} is too long for a program (${formatSize(size)}); ${asData(file)}`);
    return { text: readFileSync(file, 'utf8'), name: file };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read the program ${file}: ${reasonOf(error)}`);
  }
}

function asData(file: string): string {
  return `-f names the file of a program; to read it as data: leat 'files("${file}") | …'`;
}

/**
 * Compiles the program that the command line names.
 *
 * @throws UsageError with a message for the user, all mistakes of the program in it.
 */
export async function loadProgram(text: string | undefined, flags: RunFlags): Promise<Loaded> {
  const program = readProgram(text, flags.file);
  const imports = await importFunctions(flags.import ?? []);
  try {
    const { plan, batchTime } = compiled(program.text, intervalOf(flags), imports);
    if (flags.file === '-' && plan.sources.some(({ definition }) => definition.isDefault)) {
      throw new UsageError('the program came from standard input, so it needs another source: listen(9999) | …');
    }
    return { text: program.text, plan, batchTime };
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const { problems } = error;
    if (flags.errors === 'json') {
      const data = problems.map((problem) => visibleLine(problemAsData(problem, program.text, program.name)));
      throw new UsageError(data.join('\n'), { isPainted: true });
    }
    const paint = problemPaint(flags.color);
    const told = problems
      .slice(0, MOST_TOLD)
      .map((problem) => formatProblem(problem, program.text, program.name, paint))
      .join('\n\n');
    const more = problems.length - MOST_TOLD;
    const rest = more > 0 ? `\n\n… and ${more.toLocaleString('en-US')} more mistakes` : '';
    const isData = more > 0 && flags.file !== undefined && !flags.file.endsWith('.leat');
    const hint =
      flags.file === undefined ? quotingHint(problems, program.text) : isData ? asData(flags.file) : undefined;
    throw new UsageError(`${told}${rest}${hint === undefined ? '' : `\n\n${visibleLine(hint)}`}`, {
      isPainted: true,
    });
  }
}

/** @throws ProgramError with all mistakes of the program. */
function compiled(
  text: string,
  interval: number,
  imports: ReadonlyMap<string, ImportedFunction>,
): Pick<Loaded, 'plan' | 'batchTime'> {
  const batchTime: BatchTime = { time: 0 };
  const expressions = createScope({
    functions,
    imports,
    now: () => batchTime.time,
    note: (about, message) => batchTime.note?.(about, message),
  });
  const words = { sources, stages, aggregates, sinks };
  return { plan: compileProgram(text, { words, expressions, interval }), batchTime };
}

/** What a stage remembers of another run, whose program may import what this one does. See `SourceContext.readKept`. */
export function keptReader(flags: RunFlags): ReadKept {
  return (directory, name) =>
    keptRecords(directory, name, {
      files: hostFileSystem,
      holder: thisProcess(),
      compile: async (text, interval) => compiled(text, interval, await importFunctions(flags.import ?? [])).plan,
    });
}

/** The plan of a program that is kept; undefined where it cannot be compiled here, since it imports something, or another leat has kept it. */
export function keptPlan(text: string, interval: number): Plan | undefined {
  try {
    return compiled(text, interval, new Map()).plan;
  } catch (error) {
    if (error instanceof ProgramError) return undefined;
    throw error;
  }
}

/** The functions that modules export, by name. A module is code of the user's, run because they asked for it. */
async function importFunctions(files: readonly string[]): Promise<ReadonlyMap<string, ImportedFunction>> {
  const found = new Map<string, ImportedFunction>();
  for (const file of files) {
    let module: Record<string, unknown>;
    try {
      module = await importModule(pathToFileURL(file).href);
    } catch (error) {
      // The system's words for a file that is not there name a file of ours.
      const reason = existsSync(file) ? (error as Error).message : 'it does not exist';
      throw new UsageError(`--import ${file}: ${reason}`);
    }
    for (const [name, exported] of Object.entries(module)) {
      if (typeof exported === 'function' && name !== 'default') found.set(name, exported as ImportedFunction);
    }
  }
  return found;
}
