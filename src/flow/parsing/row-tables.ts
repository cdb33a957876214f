import type { Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { type KnownOrigins, type OriginState, originState, type State } from '../define/snapshot.ts';
import { newTable, noteOnOpen, type Table } from './row-table.ts';

/** Those with an open row first, the oldest before the others. */
type TablesState = readonly TableState[];

type TableState = {
  /** Null for lines of no known origin. */
  readonly origin: OriginState | null;
  /** Whether more may come from there. */
  readonly isLive: boolean;
  /** The lines of the open row, if there is one: what it makes of them depends on nothing else. */
  readonly open: readonly string[] | undefined;
} & Omit<Table, 'origin' | 'open'>;

/** What whoever reads the rows does with a table. */
interface Acts {
  /** Its lines begin behind the first line of their file. */
  begin(table: Table, firstLine: string): void;
  /** It has an open row from now on, which begins in such a line of its origin. */
  leaveOpen(table: Table, line: number): void;
}

/** The rows of all origins. Of one that has ended nothing is kept but a row that is open, and what whoever told of its end may ask for. */
export class RowTables {
  /** Those with an open row, the oldest first. */
  readonly open = new Set<Table>();
  /** Those of origins that have not ended. */
  private readonly tables = new Map<Origin, Table>();
  private readonly unplaced = newTable(null);
  private lastEnded: Table | undefined;
  private readonly acts: Acts;

  constructor(acts: Acts) {
    this.acts = acts;
  }

  /** Without a header it does not matter from where a row is; with one the plan sees to it that it is known. */
  of(origin: Origin | null): Table {
    if (origin === null) return this.unplaced;
    let table = this.tables.get(origin);
    if (table === undefined) {
      table = this.anew(origin);
      if (origin.firstLine !== undefined) this.acts.begin(table, origin.firstLine);
    }
    return table;
  }

  /** The same, also of the origin that has ended last. */
  known(origin: Origin): Table {
    return this.lastEnded?.origin === origin ? this.lastEnded : this.of(origin);
  }

  /** A new table of an origin; what was known of one is forgotten. */
  anew(origin: Origin): Table {
    const known = this.tables.get(origin);
    if (known !== undefined) this.open.delete(known);
    const table = newTable(origin);
    this.tables.set(origin, table);
    return table;
  }

  /** Nothing more comes from an origin. */
  ended(origin: Origin): void {
    this.lastEnded = this.tables.get(origin);
    this.tables.delete(origin);
  }

  /** A tick: says why nothing comes out, where that may last. */
  tellOpen(run: Pick<RunContext, 'note'>): void {
    for (const table of this.open) {
      const note = noteOnOpen(table);
      if (note !== undefined) run.note(note, 'open row');
    }
  }

  snapshot(): State {
    const tables = new Set([...this.open, this.unplaced, ...this.tables.values()]);
    return Array.from(tables, ({ origin, open, ...rest }) => ({
      ...rest,
      origin: origin && originState(origin),
      isLive: origin !== null && this.tables.has(origin),
      open: open?.lines,
    })) satisfies TablesState;
  }

  restore(state: State, origins: KnownOrigins): void {
    this.open.clear();
    this.tables.clear();
    for (const { origin, isLive, open, ...rest } of state as TablesState) {
      const table = origin === null ? this.unplaced : newTable(origins.of(origin));
      Object.assign(table, rest, { open: undefined });
      if (isLive) this.tables.set(table.origin!, table);
      if (open === undefined) continue;
      this.acts.leaveOpen(table, rest.openLine);
      table.lostBefore = rest.lostBefore;
      for (const line of open) table.open!.take(line);
    }
  }
}
