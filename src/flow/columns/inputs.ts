import type { Value } from '../../base/value.ts';
import { hasNumber, MOST_ROWS, NOTHING } from '../bytes/row-block.ts';
import type { ColumnForm } from '../define/column-form.ts';
import { NONE, type Rows } from '../define/faster.ts';
import type { FasterAggregate, ReadingAggregate } from '../define/grouping.ts';
import { type Condition, conditionOf } from './condition.ts';
import type { GroupRuns } from './group-runs.ts';
import type { Partials } from './groups.ts';
import { inSlots } from './in-slots.ts';
import { FAILED, tried, ValuesOfField } from './of-field.ts';

/** What an aggregate takes of rows: read first, of all rows, and put into their groups once it is known of how many. */
export interface Input {
  /** Whether it calls a function of the program for what it reads. */
  readonly callsFunction: boolean;
  /** @returns the first row of which it is not sure; NONE if it is sure of all. */
  read(block: Rows, rows: Int32Array, count: number): number;
  /** Puts what was read of the rows from number `from` up to `to` into the groups found for them. `runs` are these by group, where that is worth it. */
  put(found: Int32Array, from: number, to: number, runs: GroupRuns | undefined): void;
}

/**
 * How an aggregate takes rows with the fields `names`.
 *
 * @param part its number within the partial of a group, which is a list; undefined where it is the whole partial.
 */
export function inputOf(
  aggregate: ReadingAggregate,
  names: readonly string[],
  partials: Partials<unknown>,
  part: number | undefined,
): Input {
  const reads = aggregate.faster?.reads;
  const states = new States(aggregate, partials, part);
  if (reads === 'nothing') return nothing(states);
  if (reads === undefined) return anything(aggregate, states);
  const form = inSlots(reads.of.column, names);
  if (reads.as === 'truth') return counted(conditionOf(form, names), states);
  if (reads.as === 'amounts' && isCondition(form)) return amounts(conditionOf(form, names), states);
  if (form.kind === 'ofField')
    return ofOneField(aggregate, new ValuesOfField(names, { name: form.name, f: readBy(aggregate) }), states);
  if (form.kind !== 'field') return anything(aggregate, states);
  const field = names.indexOf(form.name);
  if (reads.as !== 'values') return numbers(field, states);
  const keeps = aggregate.faster?.keeps;
  return keeps === undefined ? values(field, states) : rarelyPut(field, keeps, states);
}

/** Whether a function gives nothing but whether something is true. */
function isCondition(form: ColumnForm): boolean {
  if (form.kind === 'every' || form.kind === 'some') return form.parts.every(isCondition);
  return form.kind === 'comparison' || form.kind === 'presence' || form.kind === 'not';
}

/** An aggregate's partials in those of groups. */
class States {
  /** Absent where it takes them one by one. */
  readonly takeMany: FasterAggregate<unknown>['putMany'];
  private readonly aggregate: ReadingAggregate;
  private readonly partials: Partials<unknown>;
  private readonly part: number | undefined;

  constructor(aggregate: ReadingAggregate, partials: Partials<unknown>, part: number | undefined) {
    this.aggregate = aggregate;
    this.partials = partials;
    this.part = part;
    this.takeMany = aggregate.faster?.putMany;
  }

  /** What the partial of a group is. */
  of(place: number): unknown {
    const { state } = this.partials.places[place]!;
    return this.part === undefined ? state : (state as unknown[])[this.part];
  }

  put(place: number, value: unknown): void {
    const group = this.partials.places[place]!;
    if (this.part === undefined) {
      group.state = this.aggregate.put(group.state, value);
    } else {
      const parts = group.state as unknown[];
      parts[this.part] = this.aggregate.put(parts[this.part], value);
    }
  }

  putMany(place: number, numbers: Float64Array, count: number): void {
    const group = this.partials.places[place]!;
    if (this.part === undefined) {
      group.state = this.takeMany!(group.state, numbers, count);
    } else {
      const parts = group.state as unknown[];
      parts[this.part] = this.takeMany!(parts[this.part], numbers, count);
    }
  }
}

const NO_NUMBERS = new Float64Array(0);

function nothing(states: States): Input {
  return {
    callsFunction: false,
    read: () => NONE,
    put(found, from, to, runs) {
      if (runs === undefined || states.takeMany === undefined) {
        for (let i = from; i < to; i++) states.put(found[i]!, null);
        return;
      }
      for (let at = 0, first = 0; at < runs.size; at++) {
        const end = runs.ends[at]!;
        states.putMany(runs.groups[at]!, NO_NUMBERS, end - first);
        first = end;
      }
    },
  };
}

/** Of how many rows a condition is true. */
function counted(condition: Condition, states: States): Input {
  const passes = new Uint8Array(MOST_ROWS);
  const truth = new Uint8Array(MOST_ROWS);
  return {
    callsFunction: true,
    read(block, rows, count) {
      const unsure = condition(block, rows, count, passes);
      for (let i = 0; i < count; i++) truth[i] = passes[rows[i]!]!;
      return unsure;
    },
    put(found, from, to, runs) {
      if (runs === undefined || states.takeMany === undefined) {
        for (let i = from; i < to; i++) if (truth[i] === 1) states.put(found[i]!, true);
        return;
      }
      const { order, ends, groups, size } = runs;
      for (let at = 0, i = 0; at < size; at++) {
        let many = 0;
        for (const end = ends[at]!; i < end; i++) many += truth[order[i]!]!;
        states.putMany(groups[at]!, NO_NUMBERS, many);
      }
    },
  };
}

/** Whether a condition is true, as 1 and 0. */
function amounts(condition: Condition, states: States): Input {
  const passes = new Uint8Array(MOST_ROWS);
  return ofNumbers(true, states, (block, rows, count, read) => {
    const unsure = condition(block, rows, count, passes);
    for (let i = 0; i < count; i++) read[i] = passes[rows[i]!]!;
    return unsure;
  });
}

/** Numbers as they lie in a field, and null where it is missing. To anything else the row form has something to say. */
function numbers(field: number, states: States): Input {
  return ofNumbers(false, states, (block, rows, count, read) => {
    const { ints, doubles, size } = block;
    const first = block.slot(field);
    for (let i = 0; i < count; i++) {
      const slot = first + rows[i]! * size;
      const kind = ints[slot];
      if (hasNumber(kind)) read[i] = doubles[(slot + 2) >> 1]!;
      else if (kind === NOTHING) read[i] = Number.NaN;
      else return rows[i]!;
    }
    return NONE;
  });
}

/** Numbers of rows. @param readInto puts them where they belong: null is NaN, which no number is. */
function ofNumbers(
  callsFunction: boolean,
  states: States,
  readInto: (block: Rows, rows: Int32Array, count: number, read: Float64Array) => number,
): Input {
  const read = new Float64Array(MOST_ROWS);
  const ofGroup = new Float64Array(MOST_ROWS);
  return {
    callsFunction,
    read: (block, rows, count) => readInto(block, rows, count, read),
    put(found, from, to, runs) {
      if (runs === undefined || states.takeMany === undefined) {
        for (let i = from; i < to; i++) states.put(found[i]!, Number.isNaN(read[i]!) ? null : read[i]);
        return;
      }
      const { order, ends, groups, size } = runs;
      for (let at = 0, i = 0; at < size; at++) {
        let filled = 0;
        for (const end = ends[at]!; i < end; i++) {
          const number = read[order[i]!]!;
          if (!Number.isNaN(number)) ofGroup[filled++] = number;
        }
        states.putMany(groups[at]!, ofGroup, filled);
      }
    },
  };
}

/** What an aggregate reads of records. */
function readBy(aggregate: ReadingAggregate): (record: Value) => Value {
  return (record) => aggregate.read(record) as Value;
}

/** What an aggregate reads of one field, remembered by its texts. */
function ofOneField(aggregate: ReadingAggregate, values: ValuesOfField, states: States): Input {
  const { field } = values;
  if (aggregate.faster?.putMany === undefined) {
    const read = (block: Rows, row: number) => values.of(block, row);
    return reading(states, true, read, (block, rows, count) => block.lookUp(field, rows, count));
  }
  return ofNumbers(true, states, (block, rows, count, read) => {
    block.lookUp(field, rows, count);
    for (let i = 0; i < count; i++) {
      const value = values.of(block, rows[i]!);
      if (typeof value === 'number') read[i] = value;
      else if (value === null) read[i] = Number.NaN;
      else return rows[i]!;
    }
    return NONE;
  });
}

/** The values of a field. */
function values(field: number, states: States): Input {
  return reading(
    states,
    false,
    (block, row) => block.value(block.slot(field) + row * block.size),
    (block, rows, count) => block.lookUp(field, rows, count),
  );
}

/** The same where most numbers change nothing: these are never made values. */
function rarelyPut(field: number, keeps: 1 | -1, states: States): Input {
  const read = new Float64Array(MOST_ROWS);
  const all: Value[] = [];
  let valueAt: (i: number) => Value;
  return {
    callsFunction: false,
    read(block, rows, count) {
      block.lookUp(field, rows, count);
      const { ints, doubles, size } = block;
      const first = block.slot(field);
      valueAt = (i) => block.value(first + rows[i]! * size);
      for (let i = 0; i < count; i++) {
        const slot = first + rows[i]! * size;
        const isNumber = hasNumber(ints[slot]);
        read[i] = isNumber ? doubles[(slot + 2) >> 1]! : Number.NaN;
        if (!isNumber) all[i] = block.value(slot);
      }
      return NONE;
    },
    put(found, from, to) {
      for (let i = from; i < to; i++) {
        const number = read[i]!;
        if (Number.isNaN(number)) {
          states.put(found[i]!, all[i]);
          continue;
        }
        // Compared here: a call for each number would have the engine make an object of it.
        const kept = states.of(found[i]!);
        if (typeof kept !== 'number' || !((number - kept) * keeps >= 0)) states.put(found[i]!, valueAt(i));
      }
    },
  };
}

/** Whatever an aggregate reads of records. */
function anything(aggregate: ReadingAggregate, states: States): Input {
  const read = readBy(aggregate);
  return reading(
    states,
    true,
    (block, row) => tried(read, block.record(row), row),
    (block, rows, count) => block.lookUpAll(rows, count),
  );
}

function reading(
  states: States,
  callsFunction: boolean,
  read: (block: Rows, row: number) => unknown,
  lookUp: (block: Rows, rows: Int32Array, count: number) => void,
): Input {
  const all: unknown[] = [];
  return {
    callsFunction,
    read(block, rows, count) {
      lookUp(block, rows, count);
      for (let i = 0; i < count; i++) {
        const value = read(block, rows[i]!);
        if (value === FAILED) return rows[i]!;
        all[i] = value;
      }
      return NONE;
    },
    put(found, from, to) {
      for (let i = from; i < to; i++) states.put(found[i]!, all[i]);
    },
  };
}
