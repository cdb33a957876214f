import { type Identity, identity } from '../../base/compare.ts';
import { toJson } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import type { Rows } from '../define/faster.ts';

/** A group under its key. */
export interface Group<S> {
  readonly key: Value;
  state: S;
  /** Its number among the groups, from 0. */
  readonly place: number;
}

/** Where partials are. */
export interface Partials<S> {
  /** By their numbers. */
  readonly places: readonly { state: S }[];
}

/** Where groups are. */
export interface Groups<S> extends Partials<S> {
  /** The number of the group of that key, which is made if there was none. */
  placeOf(key: Value): number;
  /** The first `count` groups found, by their numbers, are about to change. */
  changed(found: Int32Array, count: number): void;
  /** By their numbers. */
  readonly places: readonly Group<S>[];
  /** Changes when the groups are given up for others. */
  readonly epoch: number;
}

/** As `identity`, but that equal values are told apart where they are written otherwise, as objects are whose fields stand in another order. */
export function writtenIdentity(value: Value): Identity {
  if (typeof value === 'string') return identity(value);
  return typeof value === 'object' && value !== null ? `\u0000${toJson(value)}` : value;
}

/**
 * Finds the numbers of the groups of `count` rows, in their order, and makes those that are new.
 *
 * @returns the first row whose key it is not sure of, behind which nothing is found or made; NONE if it is sure of all.
 */
export type FindGroups = (block: Rows, rows: Int32Array, count: number, found: Int32Array) => number;
