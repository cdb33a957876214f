import { entriesOf } from '../../base/fields.ts';
import { toJson } from '../../base/json.ts';
import { isFields, isList, isPair, type Value } from '../../base/value.ts';
import type { Format, Write } from './format.ts';

/** What Spark's `print` draws above and below the time. */
const RULE = '-'.repeat(43);

/**
 * Exactly what `print` of Spark Streaming writes, also for empty batches: the time between two rules, the first records, `...` if
 * there are more, an empty line. (`DStream.print` in org.apache.spark.streaming.dstream.)
 */
export function sparkFormat(write: Write): Format {
  let lines = '';
  return {
    push(record) {
      lines += `${toScala(record)}\n`;
    },
    close({ time }, leftOut) {
      write(`${RULE}\nTime: ${time} ms\n${RULE}\n${lines}${leftOut > 0 ? '...\n' : ''}\n`);
      lines = '';
    },
  };
}

/** A value as Scala's `toString` writes it; a list of two is a tuple, as it is in Spark's pair streams. */
function toScala(value: Value): string {
  if (typeof value === 'string') return value;
  if (isPair(value)) return `(${toScala(value[0])},${toScala(value[1])})`;
  if (isList(value)) return `List(${value.map(toScala).join(', ')})`;
  if (!isFields(value)) return toJson(value);
  const entries = entriesOf(value).map(([name, inner]) => `${name} -> ${toScala(inner)}`);
  return `Map(${entries.join(', ')})`;
}
