import type { Parameters } from '../../../flow/define/parameters.ts';
import type { Call } from '../../tree/tree.ts';

interface Word {
  readonly parameters: Parameters;
}

/**
 * Whether a call means a word and not another one of the same name, as the arguments say: `udp(8125)` is the source, `udp("host", 8125)` the sink. Where they are for neither, or
 * for both, it is the word.
 *
 * @param word undefined where there is none of the name.
 */
export function isFor(call: Call, word: Word | undefined, other: Word | undefined): boolean {
  if (word === undefined) return false;
  return other === undefined || areFor(call, word.parameters) || !areFor(call, other.parameters);
}

/** Whether what stands in the places of a call is for a word: as much as it takes, and texts and numbers where it takes such. */
function areFor(call: Call, parameters: Parameters): boolean {
  const positional = Object.values(parameters).filter(({ named }) => !named);
  const given = call.arguments.filter(({ name }) => name === undefined);
  const least = positional.filter(({ required }) => required).length;
  if (given.length < least || (given.length > positional.length && positional.at(-1)?.rest !== true)) return false;
  return given.every(({ value }, i) => {
    const { kind } = (positional[i] ?? positional.at(-1)!).accepts;
    if (value.kind !== 'literal' || (kind !== 'text' && kind !== 'number')) return true;
    return (kind === 'text') === (typeof value.value === 'string');
  });
}
