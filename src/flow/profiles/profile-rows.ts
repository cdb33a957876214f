import { nameOf } from '../../base/field-key.ts';
import { toJson } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import { countHyperLogLog } from '../sketches/hyperloglog.ts';
import type { Profile } from './profile.ts';

/** How many digits a share has that counts. */
const DIGITS = 3;

/** What a place of records is like, as users are shown it: a record. */
export type ProfileRow = {
  /** The way to it as an expression: `.user.id`, `.items[].sku`; `_` is the record itself. */
  readonly field: string;
  /** The kinds of its values, the commonest first: `number | string`; `null` where there is none. */
  readonly type: string;
  /** Which share of the records, or of the items of the list that it is in, has null there or nothing. */
  readonly nulls: number;
  readonly distinct: Value;
  readonly least: Value;
  readonly greatest: Value;
  readonly examples: readonly Value[];
};

/** The rows of all places, each behind the one that it is in. The records themselves have one only where some of them are no objects. */
export function profileRows(root: Profile): readonly ProfileRow[] {
  const rows: ProfileRow[] = [];
  const isOfObjects = root.kinds.size === 1 && root.kinds.has('object') && !root.isCut;
  if (!isOfObjects) rows.push(rowOf('_', root, root.total));
  addInner(rows, root, '', root.total);
  return rows;
}

/** @param of how many values the fields could have had. */
function addInner(rows: ProfileRow[], { fields, items }: Profile, before: string, of: number): void {
  for (const [key, field] of fields) {
    const way = before + access(nameOf(key), before === '');
    rows.push(rowOf(way, field, of));
    addInner(rows, field, way, of);
  }
  if (items === undefined) return;
  const way = `${before === '' ? '_' : before}[]`;
  rows.push(rowOf(way, items, items.total));
  addInner(rows, items, way, items.total);
}

function rowOf(field: string, profile: Profile, of: number): ProfileRow {
  const { kinds, distinct, least, greatest, examples } = profile;
  const isPlain = [...kinds.keys()].some((kind) => kind !== 'object' && kind !== 'list');
  return {
    field,
    type: typeOf(profile),
    nulls: shareOf(of - total(kinds.values()), of),
    distinct: isPlain ? countHyperLogLog(distinct) : null,
    least,
    greatest,
    examples: [...examples],
  };
}

function typeOf({ kinds, isCut }: Profile): string {
  if (kinds.size === 0) return 'null';
  const names = [...kinds].sort(([, a], [, b]) => b - a).map(([kind]) => kind);
  return names.join(' | ') + (isCut ? ' (of too many fields)' : '');
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Number((part / whole).toPrecision(DIGITS));
}

function total(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/** How a field is asked for. */
function access(name: string, isFirst: boolean): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`;
  return `${isFirst ? '_' : ''}[${toJson(name)}]`;
}
