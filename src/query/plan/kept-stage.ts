import type { Initial, KeptStage } from '../../flow/define/initial.ts';
import type { Node } from './plan.ts';

/** The stage of another run that a stage begins with. */
export function keptStageOf(node: Node): KeptStage | undefined {
  if (node.kind !== 'stage') return undefined;
  const [given] = Object.entries(node.definition.parameters).flatMap(([name, { accepts }]) =>
    accepts.kind === 'states' ? [node.arguments[name] as Initial] : [],
  );
  return given === undefined || Array.isArray(given) ? undefined : (given as KeptStage);
}
