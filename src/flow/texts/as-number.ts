import { readDuration } from '../../base/duration-text.ts';
import { parseTime } from '../../base/time.ts';
import type { Value } from '../../base/value.ts';

/** What makes a number of a text where one is needed, as the end of a detail: of a time, a duration, digits; nothing for all else. */
export function makesNumber(value: Value): string {
  if (typeof value !== 'string') return '';
  const word = /^-?\d+(?:\.\d+)?$/.test(value)
    ? 'number'
    : readDuration(value) !== undefined
      ? 'parseDuration'
      : parseTime(value) !== undefined
        ? 'time'
        : undefined;
  return word === undefined ? '' : `; ${word}(…) makes it one`;
}
