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
 * What stands in the way of a program that is to be dealt out to many processes; undefined where there is something for them to do: of some source of files,
 * of lists, or of what comes in batches, stages that see one record at a time, or an aggregation of each batch. What stands behind these, and other sources, is
 * worked on in one process, so that it may be anything.
 */
export function refusalOf(plan: Plan, circumstances: Circumstances = {}): Refusal | undefined {
  const isPipe = ({ definition }: SourceNode) => definition.isDefault === true && !circumstances.isStdinShared;
  const endless = plan.sources.filter((source) => goesOn(source, circumstances));
  if (endless.some(isPipe) && plan.sources.length > 1)
    return { why: 'standard input goes on, beside other sources', help: '--once reads it to its end' };
  const undealt = endless.find((source) => !isPipe(source) && !isDealt(source));
  if (undealt !== undefined) {
    const why = `a cluster reads lines of files("…") and watch("…"), queue(…), rate(…) and kafka(…), and not ${undealt.definition.name}(…) as it is here`;
    return { why, help: OUT };
  }
  const shared = dealtSources(plan, circumstances);
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

/** The sources whose records can be dealt out. Beside what goes on, what is bounded is read by one process. */
export function dealtSources({ sources }: Plan, circumstances: Circumstances = {}): readonly SourceNode[] {
  const isStream = sources.some((source) => goesOn(source, circumstances));
  return sources.filter((source) => {
    if (source.definition.isDefault === true && !circumstances.isStdinShared) return false;
    const behaviour = behaviourOf(source);
    if (behaviour.kind === 'bounded') return !isStream && (behaviour.shared === true || behaviour.wholes === true);
    return behaviour.kind === 'batches' || isDealt(source);
  });
}

function behaviourOf(
  { definition, arguments: args }: SourceNode,
  stdin: StdinManner = 'file',
): ReturnType<SourceNode['definition']['behaviour']> {
  return definition.behaviour(args, { stdin });
}

function goesOn(source: SourceNode, { stdin }: Circumstances): boolean {
  return !['bounded', 'batches'].includes(behaviourOf(source, stdin).kind);
}

/** Whether a source goes on, and others can say what belongs to each batch. */
function isDealt(source: SourceNode): boolean {
  const { definition, arguments: args } = source;
  const behaviour = behaviourOf(source);
  if (behaviour.kind !== 'live' || behaviour.dealt === undefined) return false;
  if (behaviour.dealt(args).kind !== 'files') return true;
  const given = definition.behaviour(args, { stdin: 'file', given: [] });
  return given.kind === 'bounded' && given.shared === true;
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
