import { type Format, toLine, type Write } from './format.ts';

/** One record a line, without headers: a string as it is, a pair as `key<TAB>value`, anything else as JSON. */
export function textFormat(write: Write): Format {
  return {
    push: (record) => write(`${toLine(record)}\n`),
    close() {},
  };
}
