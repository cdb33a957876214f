import { toJson } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import type { Format, Write } from './format.ts';
import { HeldText } from './held.ts';

/**
 * One JSON object a batch, also for empty ones, for programs that read us. The records come last in it, behind what is known only
 * when the batch is whole, so they are held until then.
 *
 * @param output the number of the output, where the program has several.
 * @param from the mark of one that it goes on from: the number of the last batch.
 */
export function batchesFormat(write: Write, output: number | undefined, from?: Value): Format {
  const records = new HeldText();
  let separator = '';
  let batch = (from as number | undefined) ?? 0;
  return {
    push(record) {
      records.write(separator + toJson(record));
      separator = ',';
    },
    close({ time, start, end, partial }) {
      const head = {
        batch: ++batch,
        time,
        start,
        end,
        ...(partial ? { partial } : {}),
        ...(output === undefined ? {} : { output }),
      };
      write(`${JSON.stringify(head).slice(0, -1)},"records":[`);
      records.release(write);
      write(']}\n');
      separator = '';
    },
    get mark() {
      return batch;
    },
  };
}
