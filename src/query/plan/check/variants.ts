import type { StageDefinition } from '../../../flow/define/stage.ts';
import type { Call } from '../../tree/tree.ts';

/** What a stage is with the arguments of a call: `sample(n: 100)` is another one than `sample(0.1)`. */
export function variantOf(definition: StageDefinition | undefined, call: Call): StageDefinition | undefined {
  const variants = definition?.variants;
  if (variants === undefined) return definition;
  const given = call.arguments.find(({ name, value }) => {
    return name !== undefined && Object.hasOwn(variants, name) && !(value.kind === 'literal' && value.value === false);
  });
  return given === undefined ? definition : variants[given.name!];
}
