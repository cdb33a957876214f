import { placeOf } from '../../base/field-path.ts';
import type { TextCounts } from '../bytes/text-counts.ts';
import type { Compiled } from '../define/compiled.ts';
import { NONE, type TakeRows } from '../define/faster.ts';
import { inSlots } from './in-slots.ts';

/** Where texts are counted in front of groups of records. */
interface Counted {
  readonly counts: TextCounts<unknown>;
  /** Whether no record came yet: behind one the texts would have to become groups at once. */
  readonly isOfTexts: () => boolean;
  /** What takes rows that are not all texts, and those behind them. */
  readonly byGroups: TakeRows;
}

/**
 * Counts records by a text of theirs as bytes, so that it becomes a string only where it comes out.
 *
 * @param key gives the key of a record.
 * @returns undefined where the key is no field of theirs.
 */
export function countingTexts(
  { column }: Compiled,
  names: readonly string[],
  { counts, isOfTexts, byGroups }: Counted,
): TakeRows | undefined {
  const form = inSlots(column, names);
  if (form.kind !== 'field') return undefined;
  const field = placeOf(form.name, names);
  return (block, rows, count) => {
    const texts = isOfTexts() ? block.texts(field, rows, count) : undefined;
    if (texts === undefined) return byGroups(block, rows, count);
    counts.addTexts(texts);
    return NONE;
  };
}
