import { placeOf, RECORD } from '../../base/field-path.ts';
import type { ColumnForm } from '../define/column-form.ts';

/**
 * What can be done with rows that have slots for `names`: of an object that is asked for as a whole its fields have none, and a function that
 * looks at one of them is called for records.
 */
export function inSlots(form: ColumnForm, names: readonly string[]): ColumnForm {
  if (!('name' in form) || form.name === RECORD || placeOf(form.name, names) >= 0) return form;
  return { kind: 'record', f: form.f };
}
