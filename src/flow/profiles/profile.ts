import { compare, identity } from '../../base/compare.ts';
import type { FieldKey } from '../../base/field-key.ts';
import { keysOf } from '../../base/fields.ts';
import { type Fields, isFields, isList, kindOf, type Value } from '../../base/value.ts';
import { addToHyperLogLog, emptyHyperLogLog, mergeHyperLogLogs } from '../sketches/hyperloglog.ts';

type Kind = Exclude<ReturnType<typeof kindOf>, 'null'>;

/**
 * What is known of the values in one place of records: the records themselves, a field of them, the items of a list. Plain data, whose size
 * does not depend on how many records there were.
 */
export interface Profile {
  /** How often there was a value that is not null, by kind, in the order first seen. */
  readonly kinds: Map<Kind, number>;
  /** How many values there were, nulls too. */
  total: number;
  /** Of the values that are neither lists nor objects. */
  readonly distinct: ReturnType<typeof emptyHyperLogLog>;
  least: Value;
  greatest: Value;
  /** The first different ones. */
  readonly examples: Value[];
  /** By name, in the order first seen. */
  readonly fields: Map<FieldKey, Profile>;
  items: Profile | undefined;
  /** Whether there were fields that are not kept, since there are too many. */
  isCut: boolean;
  /** Of the records themselves: how many places there are in them. */
  places: number;
}

/** How many examples there are of a place. */
const EXAMPLES = 3;
/** How many fields of one object are kept: one with more of them is more likely a table by some key. */
const MOST_FIELDS = 500;
/** How many places are kept of records, however they are nested. */
const MOST_PLACES = 5000;
/** How deep objects and lists are looked into. */
const DEEPEST = 16;
/** How much of a text is kept, in UTF-16 units. */
const LONGEST = 80;

export function emptyProfile(): Profile {
  return {
    kinds: new Map(),
    total: 0,
    distinct: emptyHyperLogLog(),
    least: null,
    greatest: null,
    examples: [],
    fields: new Map(),
    items: undefined,
    isCut: false,
    places: 0,
  };
}

/** Adds a record. */
export function addToProfile(profile: Profile, record: Value): void {
  add(profile, record, profile, 0);
}

/** @param root the profile of the records that the value is in. */
function add(profile: Profile, value: Value, root: Profile, depth: number): void {
  profile.total++;
  if (value === null) return;
  const kind = kindOf(value) as Kind;
  profile.kinds.set(kind, (profile.kinds.get(kind) ?? 0) + 1);
  if (isFields(value)) {
    if (depth < DEEPEST) addFields(profile, value, root, depth + 1);
  } else if (isList(value)) {
    if (depth >= DEEPEST) return;
    const items = value.length === 0 ? undefined : itemsOf(profile, root);
    if (items !== undefined) for (const item of value) add(items, item, root, depth + 1);
  } else {
    addToHyperLogLog(profile.distinct, identity(value));
    const shown = short(value);
    if (profile.least === null || compare(shown, profile.least) < 0) profile.least = shown;
    if (profile.greatest === null || compare(shown, profile.greatest) > 0) profile.greatest = shown;
    addExample(profile, shown);
  }
}

function addFields(profile: Profile, fields: Fields, root: Profile, depth: number): void {
  for (const key of keysOf(fields)) {
    const field = fieldOf(profile, key, root);
    if (field !== undefined) add(field, fields[key]!, root, depth);
  }
}

/** The profile of a field, a new one where it is; undefined where it is one too many. */
function fieldOf(profile: Profile, key: FieldKey, root: Profile): Profile | undefined {
  const known = profile.fields.get(key);
  if (known !== undefined) return known;
  const field = profile.fields.size < MOST_FIELDS ? newPlace(root) : undefined;
  if (field === undefined) profile.isCut = true;
  else profile.fields.set(key, field);
  return field;
}

/** The profile of the items of a list, in the same way. */
function itemsOf(profile: Profile, root: Profile): Profile | undefined {
  profile.items ??= newPlace(root);
  if (profile.items === undefined) profile.isCut = true;
  return profile.items;
}

function newPlace(root: Profile): Profile | undefined {
  if (root.places >= MOST_PLACES) return undefined;
  root.places++;
  return emptyProfile();
}

function addExample({ examples }: Profile, value: Value): void {
  if (examples.length < EXAMPLES && !examples.some((other) => identity(other) === identity(value))) {
    examples.push(value);
  }
}

function short(value: Value): Value {
  if (typeof value !== 'string' || value.length <= LONGEST) return value;
  // A pair of units that stands for one character is not cut in two.
  const isPair = (value.charCodeAt(LONGEST - 1) & 0xfc00) === 0xd800;
  return `${value.slice(0, isPair ? LONGEST - 1 : LONGEST)}…`;
}

/** Adds what is known of later values; `from` stays as it is. */
export function mergeProfiles(into: Profile, from: Profile): void {
  merge(into, from, into);
}

function merge(into: Profile, from: Profile, root: Profile): void {
  into.total += from.total;
  for (const [kind, count] of from.kinds) into.kinds.set(kind, (into.kinds.get(kind) ?? 0) + count);
  mergeHyperLogLogs(into.distinct, from.distinct);
  if (from.least !== null && (into.least === null || compare(from.least, into.least) < 0)) into.least = from.least;
  if (from.greatest !== null && (into.greatest === null || compare(from.greatest, into.greatest) > 0)) {
    into.greatest = from.greatest;
  }
  for (const value of from.examples) addExample(into, value);
  into.isCut ||= from.isCut;
  for (const [key, field] of from.fields) {
    const own = fieldOf(into, key, root);
    if (own !== undefined) merge(own, field, root);
  }
  const items = from.items === undefined ? undefined : itemsOf(into, root);
  if (items !== undefined) merge(items, from.items!, root);
}
