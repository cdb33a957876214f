import type { ReadingAggregate } from '../grouping.ts';
import { columnFormOf } from './column-form.ts';
import type { Group } from './find-groups.ts';
import { FAILED, tried } from './of-field.ts';
import { MOST_ROWS, NOTHING, NUMBER, type RowBlock } from './row-block.ts';
import { NONE } from './take-rows.ts';

/** What an aggregate takes of rows: read first, of all rows, and put into their groups once it is known of how many. */
export interface Input {
  /** @returns the first row of which it is not sure; NONE if it is sure of all. */
  read(block: RowBlock, rows: Int32Array, count: number): number;
  /** Puts what was read of the first `count` rows into the groups found for them. */
  put(found: readonly Group<unknown>[], count: number): void;
}

/**
 * How an aggregate takes rows with the fields `names`.
 *
 * @param part its number within the partial of a group, which is a list; undefined where it is the whole partial.
 */
export function inputOf(aggregate: ReadingAggregate, names: readonly string[], part: number | undefined): Input {
  const { reads } = aggregate;
  const put = putting(aggregate, part);
  if (reads === 'nothing') return nothing(put);
  const form = reads && columnFormOf(reads);
  return form?.kind === 'field' ? numbers(names.indexOf(form.name), put) : anything(aggregate, put);
}

type Put = (group: Group<unknown>, value: unknown) => void;

function putting(aggregate: ReadingAggregate, part: number | undefined): Put {
  if (part === undefined) {
    return (group, value) => {
      group.state = aggregate.put(group.state, value);
    };
  }
  return (group, value) => {
    const state = group.state as unknown[];
    state[part] = aggregate.put(state[part], value);
  };
}

function nothing(put: Put): Input {
  return {
    read: () => NONE,
    put(found, count) {
      for (let i = 0; i < count; i++) put(found[i]!, null);
    },
  };
}

/** Numbers as they lie in a field, and null where it is missing. To anything else the row form has something to say. */
function numbers(field: number, put: Put): Input {
  // Null is NaN, which no field is.
  const values = new Float64Array(MOST_ROWS);
  return {
    read(block, rows, count) {
      const { ints, doubles, size } = block;
      const first = block.slot(field);
      for (let i = 0; i < count; i++) {
        const slot = first + rows[i]! * size;
        const kind = ints[slot];
        if (kind === NUMBER) values[i] = doubles[(slot + 2) >> 1]!;
        else if (kind === NOTHING) values[i] = Number.NaN;
        else return rows[i]!;
      }
      return NONE;
    },
    put(found, count) {
      for (let i = 0; i < count; i++) {
        const value = values[i]!;
        put(found[i]!, Number.isNaN(value) ? null : value);
      }
    },
  };
}

function anything(aggregate: ReadingAggregate, put: Put): Input {
  const values: unknown[] = [];
  const read = (record: Parameters<typeof aggregate.read>[0]) => aggregate.read(record) as never;
  return {
    read(block, rows, count) {
      block.lookUpAll(rows, count);
      for (let i = 0; i < count; i++) {
        const value: unknown = tried(read, block.record(rows[i]!));
        if (value === FAILED) return rows[i]!;
        values[i] = value;
      }
      return NONE;
    },
    put(found, count) {
      for (let i = 0; i < count; i++) put(found[i]!, values[i]);
    },
  };
}
