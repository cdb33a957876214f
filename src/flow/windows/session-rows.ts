import { type Identity, identity } from '../../base/compare.ts';
import { MOST_ROWS } from '../bytes/row-block.ts';
import { findingGroups } from '../columns/find-groups.ts';
import { inputOfAll, type WholeInput } from '../columns/group-rows.ts';
import type { FindGroups } from '../columns/groups.ts';
import { takeSureRows } from '../columns/sure-rows.ts';
import { NONE, type TakeRows } from '../define/faster.ts';
import type { Aggregate, Grouping } from '../define/grouping.ts';
import type { EventTime } from './event-time.ts';
import type { GatheredSessions, Place } from './gathered-sessions.ts';
import type { Session, Stretch } from './open-sessions.ts';
import { RowKeys } from './row-keys.ts';
import { RowTimes } from './row-times.ts';

interface Settings<S> {
  readonly grouping: Grouping<S>;
  /** ms. */
  readonly gap: number;
  readonly time: EventTime;
  /** The fields of the rows, in the order of their slots. */
  readonly names: readonly string[];
  readonly sessions: GatheredSessions<S>;
}

/** Where the last row of a key went. */
interface Latest<S> {
  readonly session: Session<S>;
  /** The number of its stretch. */
  readonly place: number;
}

/** So many stretches are remembered at least before they are given up for new ones, besides four for each key that has sessions. */
const MOST_PLACES = 65_536;

/**
 * Takes rows into sessions: their times, what the aggregate reads of them and the numbers of their keys are read of all of them; then each finds the stretch
 * of records that it goes on with, which is mostly the one of the last row of its key; then each aggregate takes all of them.
 *
 * A row that is late, and one whose time the row form has something to say to, ends it there.
 */
export class SessionRows<S> {
  /** By number. */
  places: Stretch<S>[] = [];
  private readonly numbers = new Map<Stretch<S>, number>();
  /** By the numbers of keys. */
  private latest: (Latest<S> | undefined)[] = [];
  private ids: (Identity | undefined)[] = [];
  /** Those whose partials have grown since it was counted how much they keep. */
  private readonly grown = new Set<Session<S>>();
  private readonly keys = new RowKeys();
  private readonly input: WholeInput;
  private readonly find: FindGroups;
  private readonly times: RowTimes;
  private readonly ofKeys = new Int32Array(MOST_ROWS);
  private readonly found = new Int32Array(MOST_ROWS);
  private readonly settings: Settings<S>;
  private readonly takeSure: TakeRows;

  /** @returns undefined where rows have to be given to the row form. */
  static of<S>(settings: Settings<S>): SessionRows<S> | undefined {
    const rows = new SessionRows<S>(settings);
    return rows.input === undefined ? undefined : rows;
  }

  private constructor(settings: Settings<S>) {
    const { grouping, names, time } = settings;
    this.settings = settings;
    this.input = inputOfAll(grouping.aggregate as Aggregate, names, this)!;
    this.find = findingGroups(grouping.key, names, this.keys);
    this.times = new RowTimes(names, time);
    const { times, input, find, ofKeys } = this;
    this.takeSure = takeSureRows(
      [
        (block, rows, count) => times.read(block, rows, count),
        (_block, rows, count) => this.firstLate(rows, count),
        input.read,
        (block, rows, count) => find(block, rows, count, ofKeys),
      ],
      (count) => this.put(count),
    );
  }

  /** See {@link TakeRows}. */
  readonly take: TakeRows = (block, rows, count) => {
    if (this.places.length > MOST_PLACES + 4 * this.settings.sessions.open.size) this.forget();
    return this.takeSure(block, rows, count);
  };

  /** Sessions are others now. */
  forget(): void {
    this.places = [];
    this.numbers.clear();
    this.latest = [];
    this.ids = [];
    this.keys.clear();
  }

  /** @returns the first row that is late. */
  private firstLate(rows: Int32Array, count: number): number {
    const { times, overs } = this.times;
    const { gap } = this.settings;
    for (let i = 0; i < count; i++) if (times[i]! + gap <= overs[i]!) return rows[i]!;
    return NONE;
  }

  private put(count: number): void {
    const { found, ofKeys, latest } = this;
    const { sessions, grouping } = this.settings;
    const { times, overs } = this.times;
    this.times.took(count);
    let from = 0;
    for (let i = 0; i < count; i++) {
      const key = ofKeys[i]!;
      let known = latest[key];
      if (known === undefined || !this.goesOn(known, times[i]!, overs[i]!)) {
        const place = sessions.placeFor(this.keys.places[key]!.key, this.idOf(key), times[i]!, overs[i]!);
        // What becomes of stretches that meet needs all of their records.
        if (place.touched.length > 0) {
          this.putInto(from, i);
          from = i;
        }
        known = this.enter(place);
        latest[key] = known;
      }
      found[i] = known.place;
      if (grouping.aggregate.grows) this.grown.add(known.session);
    }
    this.putInto(from, count);
  }

  /** Whether a row goes on with the last one of its key, whose stretch others may have made part of another one: those under an equal key, or in the row form. */
  private goesOn({ session, place }: Latest<S>, time: number, over: number): boolean {
    return session.stretches[0] === this.places[place] && this.settings.sessions.goOn(session, time, over);
  }

  /** A row goes there, and into its aggregates later. */
  private enter(place: Place<S>): Latest<S> {
    const { sessions, grouping } = this.settings;
    const session = sessions.enter(place, place.known === undefined ? grouping.aggregate.zero() : place.known.state);
    const stretch = session.stretches.at(-1)!;
    let number = this.numbers.get(stretch);
    if (number === undefined) {
      number = this.places.push(stretch) - 1;
      this.numbers.set(stretch, number);
    }
    return { session, place: number };
  }

  private putInto(from: number, to: number): void {
    if (from === to) return;
    const { sessions } = this.settings;
    this.input.put(this.found, from, to);
    for (const session of this.grown) sessions.grew(session);
    this.grown.clear();
  }

  private idOf(key: number): Identity {
    this.ids[key] ??= identity(this.keys.places[key]!.key);
    return this.ids[key];
  }
}
