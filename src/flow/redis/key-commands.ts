import { entriesOf } from '../../base/fields.ts';
import { toJson, toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { aKind, isFields, isPair, type Value } from '../../base/value.ts';
import type { Lambda } from '../define/compiled.ts';
import type { Command } from './client.ts';

interface KeySettings {
  /** The key of a record; where it is undefined a record is a pair of its key and its value. */
  readonly key: Lambda | undefined;
  /** What is written; all of the record, or the second of a pair, where it is undefined. */
  readonly value: Lambda | undefined;
  /** Objects are written as JSON too, else as hashes. */
  readonly isJson: boolean;
  /** How long what is written is there, ms; for good where it is undefined. */
  readonly ttl: number | undefined;
}

/**
 * What puts a record in the place of what its key had before.
 *
 * @throws BadRecord where it has no key.
 */
export function keyCommands(record: Value, { key, value, isJson, ttl }: KeySettings): readonly Command[] {
  if (key === undefined && !isPair(record)) {
    throw new BadRecord('not a pair', `found ${aKind(record)}; \`key:\` says what its key is`);
  }
  const name = key === undefined ? (record as readonly Value[])[0]! : key(record);
  if (name === null) throw new BadRecord('no key', 'it is null');
  const at = toText(name);
  const content = value === undefined ? (key === undefined ? (record as readonly Value[])[1]! : record) : value(record);
  const expiry: readonly Command[] = ttl === undefined ? [] : [['PEXPIRE', at, String(ttl)]];
  if (content === null) return [['DEL', at]];
  if (isJson || !isFields(content)) return [['SET', at, isJson ? toJson(content) : toText(content)], ...expiry];
  const fields = fieldsFor(content);
  // A hash without fields is none.
  if (fields.length === 0) return [['DEL', at]];
  return [['DEL', at], ['HSET', at, ...fields], ...expiry];
}

/** The fields of an object as texts, one behind the other: names and values. Those that are null are left out. */
export function fieldsFor(value: Value): readonly string[] {
  if (!isFields(value)) throw new BadRecord('no object', `found ${aKind(value)}`);
  return entriesOf(value).flatMap(([name, one]) => (one === null ? [] : [name, toText(one)]));
}
