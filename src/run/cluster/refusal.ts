import type { SourceBehaviour } from '../../flow/define/source.ts';
import { isByRecord, type Plan } from '../../query/plan/plan.ts';
import { partedStages } from '../local/parts/parted-plan.ts';
import { regroupingTest } from '../local/parts/regrouping.ts';

/** Why a program cannot run on a cluster, and a way out. */
interface Refusal {
  readonly why: string;
  readonly help: string;
}

/** Where tests have lines come from, instead of files. */
interface Allowed {
  readonly stdin: boolean;
}

/**
 * What of a program cannot be dealt out to many processes; undefined where all of it can: one source of files or lists, stages that see one record at a
 * time, and an aggregation of each batch. What stands behind that is worked on in one process, so that it may be anything.
 */
export function refusalOf(plan: Plan, allowed: Allowed = { stdin: false }): Refusal | undefined {
  const [source, ...others] = plan.sources;
  if (source === undefined || others.length > 0) {
    return { why: 'it has several sources, and a cluster reads one', help: 'leave --engine out' };
  }
  const { name, isDefault } = source.definition;
  if (isDefault === true && !allowed.stdin) {
    return { why: 'standard input comes to this process alone', help: 'files("dir/*.log") | …' };
  }
  const behaviour = source.definition.behaviour(source.arguments, { stdin: 'file' });
  if (
    !canBeDealtOut(
      behaviour,
      () => source.definition.behaviour(source.arguments, { stdin: 'file', given: [] }),
      source.arguments,
    )
  ) {
    return {
      why: `a cluster reads lines of files("…") and watch("…"), queue(…) and rate(…), and not ${name}(…) as it is here`,
      help: 'leave --engine out',
    };
  }
  return refusalOfStages(plan);
}

/** @param ofFiles how a source behaves that is given files. */
function canBeDealtOut<A>(behaviour: SourceBehaviour<A>, ofFiles: () => SourceBehaviour<A>, args: A): boolean {
  switch (behaviour.kind) {
    case 'bounded':
      return behaviour.shared === true;
    case 'batches':
      return true;
    case 'live': {
      const dealt = behaviour.dealt?.(args);
      return dealt?.kind === 'files' ? canBeDealtOut(ofFiles(), ofFiles, args) : dealt !== undefined;
    }
    default:
      return false;
  }
}

/** Where a plan has no stretch that ends in an aggregation: what stands in the way. */
function refusalAt({ nodes }: Plan): Refusal {
  const help =
    'in front of an aggregation may be stages that see one record at a time, as json, map and filter, and anything behind it';
  const node = nodes.find(
    (other) => other.kind !== 'source' && !(other.kind === 'stage' && isByRecord(other.definition)),
  );
  if (node?.kind === 'stage' && node.window !== undefined) {
    return {
      why: `${node.definition.name} is over a window by event time`,
      help: 'leave --engine out',
    };
  }
  if (node?.kind === 'stage' && node.definition.behaviour.kind === 'step') {
    return {
      why: `${node.definition.name} stands before any aggregation, and has to see all records in their order`,
      help,
    };
  }
  return {
    why: 'what many processes make of its input has to come together in an aggregation of each batch: groupBy, countBy, reduceByKey, aggregate, …',
    help,
  };
}

function refusalOfStages(plan: Plan): Refusal | undefined {
  const parted = partedStages(plan);
  if (parted === undefined) return refusalAt(plan);
  const { group } = parted;
  const name = group.definition.name;
  const { behaviour } = group.definition;
  const isByProgram = behaviour.kind === 'group' && behaviour.create(group.arguments).aggregate.byProgram === true;
  if (isByProgram && regroupingTest(group) === undefined) {
    return {
      why: `${name} combines values by a function of the program, of which it is not known that the answer does not depend on the groupings`,
      help: 'an aggregate says the same: groupBy(…, {n: sum(…)}); or leave --engine out',
    };
  }
  return undefined;
}
