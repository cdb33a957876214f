import { toJson } from '../../base/json.ts';
import type { Fields, Value } from '../../base/value.ts';
import type { Batch } from './batch.ts';
import { type Changes, changesBetween } from './changes.ts';
import type { Refusal } from './refusal.ts';
import type { Ring } from './ring.ts';

/** What is said of a batch beside its records, as the members of an object of JSON. Times in ms since the epoch. */
function headOf({ number, span, leftOut, read }: Batch): { readonly [name: string]: number | boolean } {
  const { time, start, end, partial } = span;
  return {
    batch: number,
    time,
    start,
    end,
    ...(partial ? { partial } : {}),
    ...(leftOut > 0 ? { leftOut } : {}),
    ...(read === undefined ? {} : { read }),
  };
}

/** An object of JSON: that head, with lists of values behind it. @param first members in front of it. */
export function objectOf(
  batch: Batch,
  lists: readonly (readonly [name: string, values: readonly Value[] | undefined])[],
  first: object = {},
): string {
  let text = toJson({ ...first, ...headOf(batch) } as Fields).slice(0, -1);
  for (const [name, values] of lists) {
    if (values !== undefined) text += `,"${name}":[${values.map(toJson).join(',')}]`;
  }
  return `${text}}`;
}

/** An event as it is sent (HTML standard, server-sent events). */
function eventOf(kind: string, id: string, data: string): Buffer {
  return Buffer.from(`event: ${kind}\nid: ${id}\ndata: ${data}\n\n`);
}

/**
 * The events of one view. Each is made once, for all who look.
 *
 * Batches have an id: their number, and what run they are of, so that what a client has of another run is not taken for what this one gave.
 */
export class Events {
  private readonly view: string;
  private readonly run: string;
  private hasOrder = true;
  private readonly wholes = new WeakMap<Batch, Buffer>();
  private readonly changes = new WeakMap<Batch, Buffer>();

  /** @param view what it is called. @param run what tells this run from others. */
  constructor(view: string, run: string) {
    this.view = view;
    this.run = run;
  }

  idOf({ number, run = this.run }: Batch): string {
    return `${number}.${run}`;
  }

  /** The number that an id is of, where it is of this run, or of a result of another one that is still kept; a number alone is taken for one as well. */
  numberOf(id: string, kept: Pick<Ring, 'numbered'>): number | undefined {
    const [, digits, run] = /^(\d{1,15})(?:\.(\w+))?$/.exec(id) ?? [];
    if (digits === undefined) return undefined;
    const number = Number(digits);
    const known = kept.numbered(number);
    const isIt = run === undefined || run === (known === undefined ? this.run : (known.run ?? this.run));
    return isIt ? number : undefined;
  }

  /** Rows have no order from now on: those who look may have been told of some without. */
  loseOrder(): void {
    this.hasOrder = false;
  }

  /** The whole result. */
  whole(batch: Batch): Buffer {
    let event = this.wholes.get(batch);
    if (event === undefined) {
      event = eventOf(
        'result',
        this.idOf(batch),
        objectOf(
          batch,
          [
            ['keys', batch.keys],
            ['rows', batch.records],
          ],
          { view: this.view },
        ),
      );
      this.wholes.set(batch, event);
    }
    return event;
  }

  /** What is other in a batch than in the one before it: the whole of it where that is not known, or is not less. */
  change(before: Batch, batch: Batch): Buffer {
    let event = this.changes.get(batch);
    if (event === undefined) {
      const changes = this.changesTo(before, batch);
      const isMost = changes === undefined || changes.rows.length > batch.records.length / 2 + 5;
      event = isMost ? this.whole(batch) : eventOf('change', this.idOf(batch), textOf(this.view, batch, changes));
      this.changes.set(batch, event);
    }
    return event;
  }

  private changesTo(before: Batch, batch: Batch): Changes | undefined {
    const changes = changesBetween(before, batch, this.hasOrder);
    if (changes !== 'reordered') return changes;
    // From now on: a client that put one change without its order would put the next one into wrong places.
    this.loseOrder();
    return changesBetween(before, batch, false) as Changes;
  }
}

function textOf(view: string, batch: Batch, { gone, keys, rows, at }: Changes): string {
  return objectOf(
    batch,
    [
      ['gone', gone],
      ['keys', keys],
      ['at', at],
      ['rows', rows],
    ],
    { view },
  );
}

/** That batches were left out for who was too slow for them. */
export function skippedEvent(batches: number): Buffer {
  return Buffer.from(`event: skipped\ndata: {"batches":${batches}}\n\n`);
}

/** That nothing more will come. @param refusal why, where that is not the end of the run. */
export function endEvent(refusal: Refusal | undefined): Buffer {
  return Buffer.from(`event: end\ndata: ${toJson(refusal?.data ?? {})}\n\n`);
}

/** What keeps connections open that nothing goes over. */
export const COMMENT = Buffer.from(': still here\n\n');
