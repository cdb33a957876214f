import { type FieldKey, nameOf } from '../../base/field-key.ts';
import { isTime, type Type } from '../../base/type.ts';

/** Whether what stands under a path of records of this type is known to be times, ms. */
export function holdsTimes(type: Type | undefined, path: readonly (FieldKey | number)[]): boolean {
  let at = type;
  for (const step of path) {
    if (at === undefined) return false;
    if (at.kind === 'pair' && typeof step === 'number') at = step === 0 ? at.key : at.value;
    else if (at.kind === 'list' && typeof step === 'number') at = at.item;
    else if (at.kind === 'object' && typeof step !== 'number') at = at.fields.get(nameOf(step));
    else return false;
  }
  return at !== undefined && isTime(at);
}
