import type { Place } from '../../../base/problem.ts';
import type { Argument } from '../../tree/tree.ts';

/** A place in the value of a text, where it stands in the program: all of the text where that has escapes before it. */
export function placeWithin(expression: Argument['value'], { start, end }: Place): Place {
  const { place } = expression;
  if (expression.kind !== 'literal' || typeof expression.value !== 'string') return place;
  const first = place.start + 1;
  const isPlain = expression.text.slice(1, 1 + end) === expression.value.slice(0, end);
  return isPlain ? { start: first + start, end: first + end } : place;
}
