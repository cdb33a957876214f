import { formatType, formatTypes, mayBePair, type Type } from '../../../base/type.ts';
import type { StageDefinition } from '../../../flow/define/stage.ts';
import type { Argument, Call } from '../../tree/tree.ts';
import { inputsOf, isWritten, type Node } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** The problem of a stage that is given something else than it needs; undefined if it is not. */
export function checkNeeds(call: Call, { needs, instead }: StageDefinition, input: Node): PlanProblem | undefined {
  if (needs === 'anything' || fits(needs, input.type)) return undefined;
  return planProblem(`needs-${needs}`, call.namePlace, {
    message: `\`${call.name}\` needs ${NEEDED[needs]}, found ${formatTypes(input.type)}`,
    label: `${nameOf(input)} gives ${describe(input.type)}`,
    help: `write ${lineOf(needs, input.type) ?? instead ?? WAYS_OUT[needs]}`,
  });
}

/** The same of the second stream of a stage, which is its argument. */
export function checkOther(
  call: Call,
  { needs, instead }: StageDefinition,
  argument: Argument,
  right: Node,
): PlanProblem | undefined {
  if (needs === 'anything' || fits(needs, right.type)) return undefined;
  return planProblem(`needs-${needs}`, argument.value.place, {
    message: `\`${call.name}\` needs ${NEEDED[needs]} from both streams, found ${formatTypes(right.type)}`,
    label: `gives ${describe(right.type)}`,
    help: `write ${instead ?? WAYS_OUT[needs]}`,
  });
}

/**
 * The problem of a stage that takes first lines for headers behind one that holds lines until the end of a batch: the first line of a file need
 * not come first any more.
 */
export function checkOrigin(call: Call, input: Node): PlanProblem | undefined {
  const holding = holdsBefore(input);
  if (holding === undefined) return undefined;
  const { name } = holding.call;
  return planProblem('header-place', call.namePlace, {
    message: `\`${call.name}\` takes the first line of each file or connection for a header, and behind \`${name}\` nobody knows which that is`,
    label: 'cannot tell headers from rows',
    help: `put \`${call.name}\` before \`${name}\`, or name the columns: \`${call.name}(columns: ["a", "b"])\``,
    also: { place: holding.call.place, label: 'lines do not leave it as they come' },
  });
}

const NEEDED = { pairs: 'pairs', text: 'strings', objects: 'objects' } as const;

const WAYS_OUT = {
  pairs: '`map([_, 1])` before it',
  text: '`map(string(_))` before it',
  objects: '`json`, `csv` or `map({…})` before it',
} as const;

/** The way out where lines were given with the names of their files: `files(tag: true) | json`. */
function lineOf(needs: keyof typeof NEEDED, type: Type): string | undefined {
  const isTagged = needs === 'text' && type.kind === 'object' && type.fields.get('line')?.kind === 'string';
  return isTagged ? '`map(.line)` before it' : undefined;
}

/** The last stage before a point of a stream that does not pass lines on as they come; undefined if all do. */
function holdsBefore(node: Node): Node | undefined {
  if (node.kind === 'source') return undefined;
  const passes =
    node.kind === 'sink' ||
    (node.kind !== 'window' && (node.definition.keepsOrigin === true || node.definition.behaviour.kind === 'record'));
  if (!passes) return node;
  return inputsOf(node)
    .map(holdsBefore)
    .find((holding) => holding !== undefined);
}

/** What gives out the records of a node, as a user would call it. */
export function nameOf(node: Node): string {
  return isWritten(node) ? `\`${node.call.name}\`` : 'standard input';
}

/** What is known about records, for "gives …". */
function describe(type: Type): string {
  const isPlain = type.kind !== 'pair' && type.kind !== 'object';
  return isPlain || formatType(type) === type.kind ? formatTypes(type) : formatType(type);
}

function fits(needs: keyof typeof NEEDED, type: Type): boolean {
  switch (needs) {
    case 'pairs':
      return mayBePair(type);
    case 'text':
      return type.kind === 'string' || type.kind === 'unknown' || type.kind === 'null';
    case 'objects':
      return type.kind === 'object' || type.kind === 'unknown' || type.kind === 'null';
  }
}
