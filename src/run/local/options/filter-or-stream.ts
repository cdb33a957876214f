import type { PrintFormat } from '../../../flow/define/context.ts';
import { isWritten, type Node, type Plan, windowSpecOf } from '../../../query/plan/plan.ts';
import { printExpression } from '../../../query/text/printer.ts';

/** What stands around a program, as far as it decides how a pipe is taken. Of the options, those that were given. */
export interface Surroundings {
  readonly stdin: 'pipe' | 'terminal';
  readonly stdoutIsTerminal: boolean;
  readonly once?: boolean | undefined;
  readonly batch?: number | undefined;
  readonly for?: number | undefined;
  readonly batches?: number | undefined;
  readonly live?: boolean | undefined;
  readonly serve?: object | undefined;
  readonly format?: PrintFormat | undefined;
}

/** How standard input is taken where it is no regular file, and why. */
export interface PipeManner {
  readonly manner: 'filter' | 'stream';
  /** What decided it, as a clause: `standard output is a terminal`. */
  readonly why: string;
  /** The user has asked for a result each batch, rather than being shown one. */
  readonly isAsked: boolean;
}

/** One reason to take a pipe as a stream: says what it is, or undefined where it does not hold. */
interface Reason {
  readonly of: (plan: Plan, around: Surroundings) => string | undefined;
  /** Somebody looks on or is at the other end, and has not said that results are to come batch by batch. */
  readonly isLooks?: true;
}

/**
 * Whether a pipe is a stream (batches by the clock, each with its result) or a filter (one batch until it ends, like sort and awk, so that a script
 * never gets a part for the whole). It is decided by the text of the program and by what stands around it, never by how fast anything is.
 *
 * @returns undefined where the program does not read standard input.
 */
export function filterOrStream(plan: Plan, around: Surroundings): PipeManner | undefined {
  if (stdinOf(plan) === undefined) return undefined;
  if (around.once === true) return { manner: 'filter', why: '--once was given', isAsked: true };
  for (const { of, isLooks } of REASONS) {
    const why = of(plan, around);
    if (why !== undefined) return { manner: 'stream', why, isAsked: isLooks !== true };
  }
  return { manner: 'filter', why: 'no source is written', isAsked: false };
}

/** The first that holds is the one that is told. */
const REASONS: readonly Reason[] = [
  { of: (plan) => (isWritten(stdinOf(plan)!) ? '`stdin` is written' : undefined) },
  { of: (_plan, { batch }) => (batch === undefined ? undefined : '--batch was given') },
  { of: (_plan, around) => (around.for === undefined ? undefined : '--for was given') },
  { of: (_plan, { batches }) => (batches === undefined ? undefined : '--batches was given') },
  { of: (_plan, { live }) => (live === true ? '--live was given' : undefined) },
  { of: (_plan, { serve }) => (serve === undefined ? undefined : '--serve was given') },
  { of: (_plan, { format }) => (format === 'batches' || format === 'spark' ? `--format ${format}` : undefined) },
  { of: wordByClock },
  { of: liveBeside },
  { of: (_plan, { stdin }) => (stdin === 'terminal' ? 'standard input is a terminal' : undefined), isLooks: true },
  {
    of: (plan, { stdoutIsTerminal }) =>
      stdoutIsTerminal && plan.nodes.some((node) => node.kind === 'sink' && node.definition.prints === true)
        ? 'standard output is a terminal'
        : undefined,
    isLooks: true,
  },
];

function stdinOf({ sources }: Plan) {
  return sources.find(({ definition }) => definition.isDefault);
}

/** A word whose results belong to a batch or to the time of arrival: a window without `on:`, state, a chart. */
function wordByClock(plan: Plan): string | undefined {
  const node = plan.nodes.find(goesByClock);
  return (
    node && `\`${node.kind === 'stage' && node.window ? node.window.call.name : node.call.name}\` goes by the clock`
  );
}

function goesByClock(node: Node): boolean {
  const window = windowSpecOf(node);
  // Windows that are to come out again in each batch that changed them need batches.
  if (window !== undefined && (window.kind !== 'event' || window.emit === 'update')) return true;
  if (node.kind !== 'stage' && node.kind !== 'sink') return false;
  return node.definition.byClock?.(node.arguments) === true;
}

function liveBeside({ sources }: Plan): string | undefined {
  const live = sources.find(
    ({ definition, arguments: args }) =>
      definition.isDefault !== true && definition.behaviour(args, { stdin: 'filter' }).kind === 'live',
  );
  return live && `\`${printExpression(live.call)}\` beside it is live`;
}
