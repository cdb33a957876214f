import { toJson } from '../../base/json.ts';
import type { Format, Write } from './format.ts';

/** One JSON value a line. */
export function jsonFormat(write: Write): Format {
  return {
    push: (record) => write(`${toJson(record)}\n`),
    close() {},
  };
}
