import type { StageDefinition } from '../../flow/define/stage.ts';

/** Stages that give some of their records as they are, beside those that say so (`keeps`). */
const GIVES_SOME = ['filter', 'grep', 'sample', 'top'];

/** Whether a stage gives records that it was given, so that their fields are what they were. */
export function givesSome({ name, keeps }: Pick<StageDefinition, 'name' | 'keeps'>): boolean {
  return keeps === true || GIVES_SOME.includes(name);
}
