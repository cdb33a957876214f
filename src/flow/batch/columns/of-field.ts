import { BadRecord } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { OfRecord } from './column-form.ts';
import { INTERNED, type RowBlock } from './row-block.ts';

/** Stands for what a function gave where it failed: the record is bad, which is for others to tell. */
export const FAILED = Symbol('failed');

/** What a function gives, or {@link FAILED}. */
export function tried(f: OfRecord, record: Value): Value | typeof FAILED {
  try {
    return f(record);
  } catch (error) {
    if (error instanceof BadRecord) return FAILED;
    throw error;
  }
}

/**
 * What a function of one field gives, turned into `T` by `settle` and remembered by the id of the field's text: for a text that comes again
 * neither is called. What `settle` gives must depend on nothing else, as long as `forget` is not called.
 */
export class OfField<T> {
  private readonly field: number;
  private readonly name: string;
  private readonly f: OfRecord;
  private readonly settle: (value: Value | typeof FAILED) => T;
  private readonly probe: Record<string, Value>;
  private byId: T[] = [];
  private generation = 0;

  constructor(
    names: readonly string[],
    { name, f }: { readonly name: string; readonly f: OfRecord },
    settle: (value: Value | typeof FAILED) => T,
  ) {
    this.field = names.indexOf(name);
    this.name = name;
    this.f = f;
    this.settle = settle;
    this.probe = Object.fromEntries([[name, null]]);
  }

  forget(): void {
    this.byId = [];
  }

  of(block: RowBlock, row: number): T {
    const slot = block.slot(this.field) + row * block.size;
    if (block.ints[slot] !== INTERNED) return this.work(block, slot);
    if (this.generation !== block.generation) {
      this.generation = block.generation;
      this.forget();
    }
    const id = block.ints[slot + 1]!;
    this.byId[id] ??= this.work(block, slot);
    return this.byId[id];
  }

  private work(block: RowBlock, slot: number): T {
    this.probe[this.name] = block.value(slot);
    return this.settle(tried(this.f, this.probe));
  }
}
