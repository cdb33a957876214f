import type { StdinManner } from '../../flow/define/source.ts';
import { type Plan, type SourceNode, writtenOf } from '../../query/plan/plan.ts';
import { isInPieces } from '../local/parts/in-pieces.ts';
import { frontOf } from '../local/parts/parted-plan.ts';

/** Why a program cannot run on a cluster, and a way out. */
interface Refusal {
  readonly why: string;
  readonly help: string;
}

interface Circumstances {
  /** How standard input is taken; as a file unless given. */
  readonly stdin?: StdinManner;
  /** Set where tests have lines come from standard input, instead of files. */
  readonly isStdinShared?: boolean;
}

const OUT = 'leave --engine out';

/**
 * What stands in the way of a program that is to be dealt out to many processes; undefined where there is something for them to do: of some source of files
 * or lists, stages that see one record at a time, or an aggregation of each batch. What stands behind these, and other sources, is worked on in one process, so that
 * it may be anything.
 */
export function refusalOf(plan: Plan, circumstances: Circumstances = {}): Refusal | undefined {
  const { stdin } = circumstances;
  const endless = plan.sources.find((source) => !['bounded', 'batches'].includes(behaviourOf(source, stdin).kind));
  if (endless?.definition.isDefault === true && plan.sources.length > 1)
    return { why: 'standard input goes on, beside what ends', help: '--once reads it to its end' };
  if (endless !== undefined && endless.definition.isDefault !== true) return refusalOfStream(plan, endless);
  const shared = plan.sources.filter((source) => canBeRead(source, circumstances));
  if (shared.length === 0) {
    const [source] = plan.sources;
    if (source?.definition.isDefault === true)
      return { why: 'standard input comes to this process alone', help: 'files("dir/*.log") | …' };
    const name = source?.definition.name;
    return { why: `a cluster reads files("…") and queue(…), and not ${name}(…) as it is here`, help: OUT };
  }
  const isWorth = shared.some((source) => {
    const { last, group } = frontOf(plan, source);
    return last !== source || (group !== undefined && isInPieces(group));
  });
  return isWorth ? undefined : nothingToDo(plan, shared[0]!);
}

function behaviourOf(
  { definition, arguments: args }: SourceNode,
  stdin: StdinManner = 'file',
): ReturnType<SourceNode['definition']['behaviour']> {
  return definition.behaviour(args, { stdin });
}

/** What goes on is dealt out by batches: one source, up to an aggregation. */
function refusalOfStream(plan: Plan, source: SourceNode): Refusal | undefined {
  const { definition, arguments: args } = source;
  const behaviour = behaviourOf(source);
  const dealt = behaviour.kind === 'live' ? behaviour.dealt?.(args) : undefined;
  const ofFiles = dealt?.kind === 'files' ? definition.behaviour(args, { stdin: 'file', given: [] }) : undefined;
  if (dealt === undefined || (ofFiles !== undefined && !(ofFiles.kind === 'bounded' && ofFiles.shared === true))) {
    const why = `a cluster reads lines of files("…") and watch("…"), queue(…) and rate(…), and not ${definition.name}(…) as it is here`;
    return { why, help: OUT };
  }
  if (plan.sources.length > 1) return { why: 'it has several sources of which one goes on', help: OUT };
  const { group } = frontOf(plan, source);
  if (group !== undefined && isInPieces(group)) return undefined;
  return {
    why: 'what many processes make of a stream has to come together in an aggregation of each batch: groupBy, countBy, reduceByKey, aggregate, …',
    help: 'in front of it may be stages that see one record at a time, as json, map and filter, and anything behind it',
  };
}

/** Whether what a source gives can be dealt out. */
export function canBeRead(source: SourceNode, { isStdinShared = false }: Circumstances = {}): boolean {
  if (source.definition.isDefault === true && !isStdinShared) return false;
  const behaviour = behaviourOf(source);
  if (behaviour.kind === 'bounded') return behaviour.shared === true || behaviour.wholes === true;
  return behaviour.kind === 'batches' || (behaviour.kind === 'live' && behaviour.dealt !== undefined);
}

/** No process but one has anything to do with the records. */
function nothingToDo(plan: Plan, source: SourceNode): Refusal {
  const behind = plan.consumers.get(source)!;
  const [next] = behind;
  const help = 'what many can do stands directly behind a source: json, map, filter, groupBy and the like';
  if (behind.length > 1) return { why: 'several streams begin with the lines as they are', help };
  if (next === undefined || next.kind === 'sink') return { why: 'nothing is done with the lines', help };
  const isFirst = next.kind === 'stage' && next.definition.needsFirst !== undefined;
  return {
    why: `${writtenOf(next)} ${isFirst ? 'needs the first records only' : 'has to see all records in their order'}`,
    help,
  };
}
