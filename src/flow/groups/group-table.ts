import { type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import { type CountedTexts, TextCounts } from '../bytes/text-counts.ts';
import { countingTexts } from '../columns/counting-texts.ts';
import { groupingRows } from '../columns/group-rows.ts';
import type { Group, Groups } from '../columns/groups.ts';
import type { Lambda } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import { type Answers, answer, type Form, type Offer, type Takes } from '../define/faster.ts';
import type { FasterGrouping, Grouping } from '../define/grouping.ts';
import type { Refit, State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { reportBad } from '../records/report-bad.ts';
import { ChangedPlaces } from './changed-places.ts';
import { PARTIAL_BYTES, partialBytes } from './partial-bytes.ts';
import { refitted } from './refit.ts';

/**
 * The groups of a table as plain data: texts that are still bytes, or groups in the order first seen. Their keys and states are two lists,
 * which another thread can be given in a fifth of the time that a list of objects takes. Where it is what has changed since another one, groups
 * that are there get these states, and others are new.
 */
export type TableSnapshot<S> = {
  readonly texts: CountedTexts | undefined;
  readonly keys: readonly Value[];
  readonly states: readonly S[];
  readonly isOfChanges?: true;
  /** Set where it is one of the parts that make up a whole one, and which. */
  readonly part?: 'one' | 'last';
  /** What else there is of them, where they are of windows or sessions by event time. */
  readonly apart?: State;
};

/**
 * The groups of some records, in the order first seen. Texts may come as bytes, which are counted beside the records and become groups like
 * all others when a record follows or somebody looks; where neither happens they never become strings.
 *
 *     texts as bytes    a b a   ─┐                  ─┐
 *     records                    └▶ {a: 2, b: 1}  c  │
 *     texts as bytes                                 └▶  a d
 */
export class GroupTable<S> implements Groups<S> {
  epoch = 0;
  places: Group<S>[] = [];
  private records = new Map<Identity, Group<S>>();
  private counted: TextCounts<S> | undefined;
  private readonly changes = new ChangedPlaces();
  /** Texts that were counted while parts of what was there before were still to come. */
  private later: CountedTexts[] = [];
  /** All of what it goes on from is known, but for what changes behind that. */
  private isWhole = false;
  /** Something of it is known. */
  private isBegun = false;
  private readonly grouping: Grouping<S>;
  private readonly keyOf: Lambda | undefined;

  constructor(grouping: Grouping<S>) {
    this.grouping = grouping;
    this.keyOf = grouping.key?.call;
  }

  get isEmpty(): boolean {
    return this.records.size === 0 && (this.counted === undefined || this.counted.size === 0);
  }

  /** How many groups there are. */
  get size(): number {
    if (this.records.size > 0) return this.groups.size;
    return this.counted?.size ?? 0;
  }

  /** The groups by their identity; plain data, so that it can be kept between batches. */
  get groups(): ReadonlyMap<Identity, Group<S>> {
    this.takeInTexts();
    return this.records;
  }

  /** About how much is kept; for partials that grow it looks at each group. */
  get bytes(): number {
    let bytes = (this.records.size + (this.counted?.size ?? 0)) * PARTIAL_BYTES;
    if (this.grouping.aggregate.grows) for (const { state } of this.records.values()) bytes += partialBytes(state);
    return bytes;
  }

  /** What takes records in the form of an offer; undefined where the aggregation needs the records themselves. */
  faster<F extends Form>(offer: Offer<F>, run: RunContext): Takes[F] | undefined {
    return answer(ANSWERS, offer, { table: this as GroupTable<unknown>, grouping: this.grouping as Grouping, run });
  }

  /** The texts that are still bytes, which somebody is to count from now on. */
  textsOf(faster: FasterGrouping<S>, run: RunContext): TextCounts<S> {
    this.counted ??= new TextCounts(faster, run);
    return this.counted;
  }

  placeOf(key: Value): number {
    this.takeInTexts();
    const id = identity(key);
    return (this.records.get(id) ?? this.addGroup(id, key, this.grouping.aggregate.zero())).place;
  }

  changed(found: Int32Array, count: number): void {
    if (!this.changes.areNoted) return;
    for (let i = 0; i < count; i++) this.changes.note(found[i]!, this.places.length);
  }

  /** The same of one of them. */
  changedAt(place: number): void {
    this.changes.note(place, this.places.length);
  }

  /** @throws BadRecord, with nothing changed. */
  add(record: Value): void {
    const { keyOf } = this;
    const keyValue = keyOf === undefined ? null : keyOf(record);
    this.addTo(keyValue, identity(keyValue), record);
  }

  /** The same where the key of the record is known. */
  addTo(key: Value, id: Identity, record: Value): void {
    if (this.counted !== undefined) this.takeInTexts();
    const { aggregate } = this.grouping;
    // Where there is no key all are in one group, which need not be looked up.
    const group = this.keyOf === undefined ? this.places[0] : this.records.get(id);
    if (group === undefined) {
      this.addGroup(id, key, aggregate.add(aggregate.zero(), record));
      return;
    }
    this.set(group, aggregate.add(group.state, record));
  }

  /** The same where what the aggregate takes of the record has been read. */
  putTo(key: Value, id: Identity, read: unknown, put: (state: S, read: unknown) => S): void {
    if (this.counted !== undefined) this.takeInTexts();
    const group = this.keyOf === undefined ? this.places[0] : this.records.get(id);
    if (group === undefined) this.addGroup(id, key, put(this.grouping.aggregate.zero(), read));
    else this.set(group, put(group.state, read));
  }

  /** What the groups are so far, as plain data that another thread can be given. */
  soFar(): TableSnapshot<S> {
    return this.isOfTexts ? { texts: this.counted!.soFar(), keys: [], states: [] } : this.byKeys();
  }

  /** The same, and none of it as bytes of texts. */
  byKeys(): TableSnapshot<S> {
    this.takeInTexts();
    return columnsOf(this.places);
  }

  /** See `Remembering`. */
  snapshot(onlyChanges = false): TableSnapshot<S> {
    const changed = this.changes.take(this.places.length);
    if (this.isOfTexts) {
      const news = this.counted!.news();
      if (onlyChanges && news !== undefined) return { texts: news, keys: [], states: [], isOfChanges: true };
      return { texts: this.counted!.snapshot(), keys: [], states: [] };
    }
    if (!onlyChanges || changed === undefined || this.hasTexts) return this.byKeys();
    return { ...columnsOf(changed.map((place) => this.places[place]!)), isOfChanges: true };
  }

  /** See `Remembering`. Texts that are still bytes are copied at once: of these only what was counted later is known as a change. */
  parts(size: number): IterableIterator<TableSnapshot<S>> {
    return this.isOfTexts ? partsOfTexts(this.counted!.soFar()) : this.partsOfGroups(size);
  }

  private *partsOfGroups(size: number): IterableIterator<TableSnapshot<S>> {
    const { epoch } = this;
    for (let from = 0; ; from += size) {
      // What is given up is followed by something whole.
      const groups = this.epoch === epoch ? this.places.slice(from, from + size) : [];
      const isLast = groups.length < size;
      yield { ...columnsOf(groups), part: isLast ? 'last' : 'one' };
      if (isLast) return;
    }
  }

  /** See `Remembering`. Texts that are still bytes are only counted, so that there is nothing to refit in them. */
  restore(written: TableSnapshot<S>, run: RunContext, refit?: Refit): void {
    const state = { ...written, states: refitted(written.states, this.grouping.aggregate, refit) };
    const { texts, isOfChanges, part } = state;
    if (part !== undefined) {
      if (!this.isWhole) this.restorePart(state, part === 'last', run);
    } else {
      if (isOfChanges !== true) {
        this.clear();
        this.later = [];
        this.isWhole = true;
      }
      if (texts !== undefined && this.isWhole) this.textsOf(this.grouping.faster!, run).absorb(texts);
      // The first changes are those that the parts were begun behind.
      else if (texts !== undefined && this.isBegun) this.later.push(texts);
      this.isBegun = true;
      this.setGroups(state, this.isWhole);
    }
    this.changes.take(this.places.length);
    this.counted?.news();
  }

  private restorePart(state: TableSnapshot<S>, isLast: boolean, run: RunContext): void {
    this.isWhole = isLast;
    this.setGroups(state, true);
    const texts = isLast ? [state.texts, ...this.later.splice(0)] : [state.texts];
    for (const counted of texts) {
      if (counted !== undefined) this.textsOf(this.grouping.faster!, run).absorb(counted);
    }
  }

  /** @param addsNew of groups that are not known a part is still to come, in their order, unless this. */
  private setGroups({ keys, states }: TableSnapshot<S>, addsNew: boolean): void {
    for (let i = 0; i < keys.length; i++) {
      const id = identity(keys[i]!);
      const group = this.records.get(id);
      if (group !== undefined) group.state = states[i]!;
      else if (addsNew) this.addGroup(id, keys[i]!, states[i]!);
    }
  }

  /** Adds what the groups of later records are. Those of texts must come of the same cut as here. */
  absorb({ texts, keys, states }: TableSnapshot<S>): void {
    if (texts !== undefined) this.counted?.absorb(texts);
    const { aggregate } = this.grouping;
    for (const [i, key] of keys.entries()) {
      const id = identity(key);
      const group = this.groups.get(id);
      if (group === undefined) this.addGroup(id, key, states[i]!);
      else this.set(group, aggregate.merge(group.state, states[i]!));
    }
  }

  /**
   * The same where every partial that comes of it has to pass a test, if there is one; then groups are not of texts, and merges change no partial in place.
   *
   * @returns false, with nothing changed, where one does not.
   */
  absorbIf(later: TableSnapshot<S>, test: ((state: S) => boolean) | undefined): boolean {
    if (test === undefined) {
      this.absorb(later);
      return true;
    }
    const { keys, states } = later;
    const merged = keys.map((key, i) => {
      const before = this.records.get(identity(key));
      return before === undefined ? states[i]! : this.grouping.aggregate.merge(before.state, states[i]!);
    });
    if (!merged.every(test)) return false;
    keys.forEach((key, i) => {
      this.set(this.places[this.placeOf(key)]!, merged[i]!);
    });
    return true;
  }

  clear(): void {
    this.changes.stop();
    this.records = new Map();
    this.places = [];
    this.epoch++;
    this.counted?.clear();
  }

  /** Gives out what the groups became. */
  give(span: Span, run: RunContext, out: (record: Value) => void): void {
    const give = (key: Value, state: S) => {
      try {
        this.grouping.emit(key, state, span, out);
      } catch (error) {
        reportBad(run, error, key);
      }
    };
    if (this.records.size === 0) this.counted?.visit(give);
    else for (const { key, state } of this.groups.values()) give(key, state);
  }

  private addGroup(id: Identity, key: Value, state: S): Group<S> {
    const group = { key, state, place: this.places.length };
    this.records.set(id, group);
    this.places.push(group);
    this.changes.note(group.place, this.places.length);
    return group;
  }

  private set(group: Group<S>, state: S): void {
    group.state = state;
    this.changes.note(group.place, this.places.length);
  }

  private get hasTexts(): boolean {
    return this.counted !== undefined && this.counted.size > 0;
  }

  /** Whether texts are all that there is, if there is anything. */
  private get isOfTexts(): boolean {
    return this.records.size === 0 && this.counted !== undefined;
  }

  private takeInTexts(): void {
    if (!this.hasTexts) return;
    this.changes.stop();
    const { aggregate } = this.grouping;
    this.counted!.visit((key, state) => {
      const id = identity(key);
      const group = this.records.get(id);
      if (group === undefined) this.addGroup(id, key, state);
      else group.state = aggregate.merge(group.state, state);
    });
    this.counted!.clear();
  }
}

function* partsOfTexts<S>({ total, stretches }: CountedTexts): IterableIterator<TableSnapshot<S>> {
  for (const stretch of stretches) {
    yield { texts: { total: 0, stretches: [stretch] }, keys: [], states: [], part: 'one' };
  }
  yield { texts: { total, stretches: [] }, keys: [], states: [], part: 'last' };
}

interface AtTable {
  readonly table: GroupTable<unknown>;
  readonly grouping: Grouping;
  readonly run: RunContext;
}

const ANSWERS: Answers<AtTable> = {
  texts: ({ cut }, { table, grouping: { faster }, run }) => {
    return faster === undefined || faster.countOf === 'key' ? undefined : table.textsOf(faster, run).taking(cut);
  },
  rows: ({ names, asLines }, { table, grouping, run }) => {
    const take = asLines === undefined ? groupingRows(grouping, names, table) : undefined;
    const { key, faster } = grouping;
    if (take === undefined || faster?.countOf !== 'key') return take;
    const counted = { counts: table.textsOf(faster, run), isOfTexts: () => table.places.length === 0, byGroups: take };
    return countingTexts(key!, names, counted) ?? take;
  },
  count: (_offer, { table, grouping: { faster }, run }) => {
    if (faster?.countOf !== 'all') return undefined;
    const counts = table.textsOf(faster, run);
    return (records) => counts.add(records);
  },
};

function columnsOf<S>(groups: Iterable<Group<S>>): TableSnapshot<S> {
  const keys: Value[] = [];
  const states: S[] = [];
  for (const { key, state } of groups) {
    keys.push(key);
    states.push(state);
  }
  return { texts: undefined, keys, states };
}
