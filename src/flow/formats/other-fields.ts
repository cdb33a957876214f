import { type FieldKey, nameOf } from '../../base/field-key.ts';
import { keysOf } from '../../base/fields.ts';
import { isFields, isList, type Value } from '../../base/value.ts';
import type { Columns } from './rows.ts';

/** What has columns at one place of a record: `true` where it is a cell. */
type Known = Map<FieldKey | number, Known | true>;

/** Finds what records have that no column holds. */
export class OtherFields {
  private readonly known: Known = new Map();
  private readonly isObject: boolean;

  constructor({ kind, all }: Columns) {
    this.isObject = kind === 'object';
    for (const { path } of all) {
      let at = this.known;
      path.forEach((step, i) => {
        const inner: Known | true = i === path.length - 1 ? true : (at.get(step) ?? new Map());
        at.set(step, inner);
        if (inner !== true) at = inner;
      });
    }
  }

  /** The names of what a record has besides; each of them once. */
  of(record: Value): readonly string[] {
    const found: string[] = [];
    this.look(record, this.known, '', found);
    return found;
  }

  private look(value: Value, known: Known, prefix: string, found: string[]): void {
    // A bare value has no columns but itself.
    const steps = known.size === 0 ? [] : isFields(value) ? keysOf(value) : isList(value) ? value.keys() : [];
    for (const step of steps) {
      const inner = known.get(step);
      if (inner === true) continue;
      const name = `${prefix}${this.nameOf(step, prefix)}`;
      if (inner === undefined) {
        known.set(step, true);
        found.push(name);
      } else {
        this.look((value as { readonly [step: string | number]: Value })[step]!, inner, `${name}.`, found);
      }
    }
  }

  private nameOf(step: FieldKey | number, prefix: string): string {
    if (typeof step !== 'number') return nameOf(step);
    if (prefix === '' && !this.isObject) return step === 0 ? 'key' : 'value';
    return String(step + 1);
  }
}
