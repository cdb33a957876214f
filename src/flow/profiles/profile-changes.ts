import type { Profile } from './profile.ts';
import { type ProfileRow, profileRows } from './profile-rows.ts';

/** What was known of a place of records. Plain data. */
interface Known {
  /** All kinds of values that it had. */
  types: string[];
  /** How many records had a value there, of how many, up to the last batch that had one. */
  had: number;
  of: number;
  /** How many records came after that one without it. */
  since: number;
  /** Whether it has been said that it is gone. */
  isGone: boolean;
}

/** What is another one than before: a row, with what it was. */
type ProfileChange = {
  /** `new`: nobody had it before. `type`: it has values of a kind that it did not have. `gone`: nobody has it any more. */
  readonly change: 'new' | 'type' | 'gone';
  /** The kinds of its values before; null where there was none. */
  readonly was: string | null;
} & ProfileRow;

/** A field that so many records one behind the other do not have is gone, if at least such a share of those before had it. */
const GONE_BEHIND = 1000;
const GONE_SHARE = 0.1;

/** So many fields are known at most: where there are more, names are made of what the data holds, and none of them is news. */
const MOST_KNOWN = 20_000;

const JOINED = ' | ';

/** Tells what changes from batch to batch, each once. Fields that only few records have do not come and go. */
export class ProfileChanges {
  private known = new Map<string, Known>();

  /** What it remembers, as plain data. */
  get memory(): ReadonlyMap<string, Known> {
    return this.known;
  }

  set memory(known: ReadonlyMap<string, Known>) {
    this.known = new Map(known);
  }

  /** The changes that a batch brings, which has at least one record. */
  take(profile: Profile): readonly ProfileChange[] {
    const rows = profileRows(profile).filter(({ type }) => type !== 'null');
    const changes = rows.flatMap((row) => this.changeOf(row, profile.total) ?? []);
    const there = new Set(rows.map(({ field }) => field));
    for (const [field, known] of this.known) {
      if (!there.has(field) && this.isNowGone(known, profile.total)) changes.push(goneRow(field, known));
    }
    return changes;
  }

  private changeOf(row: ProfileRow, records: number): ProfileChange | undefined {
    const types = row.type.split(JOINED);
    const known = this.known.get(row.field);
    const had = (1 - row.nulls) * records;
    if (known === undefined && this.known.size >= MOST_KNOWN) return undefined;
    if (known === undefined || known.isGone) {
      this.known.set(row.field, { types, had, of: records, since: 0, isGone: false });
      return changed('new', row, known === undefined ? null : known.types.join(JOINED));
    }
    known.had += had;
    known.of += records + known.since;
    known.since = 0;
    if (types.every((type) => known.types.includes(type))) return undefined;
    const was = known.types.join(JOINED);
    known.types = [...new Set([...known.types, ...types])];
    return changed('type', row, was);
  }

  private isNowGone(known: Known, records: number): boolean {
    known.since += records;
    if (known.isGone || known.since < GONE_BEHIND || known.had < GONE_SHARE * known.of) return false;
    known.isGone = true;
    return true;
  }
}

function changed(change: ProfileChange['change'], { field, ...row }: ProfileRow, was: string | null): ProfileChange {
  return { change, field, was, ...row };
}

function goneRow(field: string, { types }: Known): ProfileChange {
  const nothing = { type: 'null', nulls: 1, distinct: null, least: null, greatest: null, examples: [] };
  return changed('gone', { field, ...nothing }, types.join(JOINED));
}
