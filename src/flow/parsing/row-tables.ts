import type { Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { type KnownOrigins, type OriginState, originState, type State } from '../define/snapshot.ts';
import { newTable, noteOnOpen, type Table } from './row-table.ts';

type TablesState = {
  /** Those that have begun and not ended. */
  readonly live: readonly OriginState[];
  /** Those with an open row first, the oldest before the others. */
  readonly tables: readonly TableState[];
};

type TableState = {
  /** Null for lines of no known origin. */
  readonly origin: OriginState | null;
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

/** The rows of all origins. Of one that has ended nothing is kept but a row that is open. */
export class RowTables {
  /** Those with an open row, the oldest first. */
  readonly open = new Set<Table>();
  private readonly tables = new WeakMap<Origin, Table>();
  private readonly unplaced = newTable(null);
  /** The origins that have begun and not ended. */
  private readonly live = new Set<Origin>();
  private readonly acts: Acts;

  constructor(acts: Acts) {
    this.acts = acts;
  }

  /** Without a header it does not matter from where a row is; with one the plan sees to it that it is known. */
  of(origin: Origin | null): Table {
    if (origin === null) return this.unplaced;
    let table = this.tables.get(origin);
    if (table === undefined) {
      table = newTable(origin);
      this.tables.set(origin, table);
      if (origin.firstLine !== undefined) this.acts.begin(table, origin.firstLine);
    }
    return table;
  }

  /** Something comes from an origin from now on. */
  opened(origin: Origin): void {
    this.live.add(origin);
  }

  /** Nothing more comes from it. */
  ended(origin: Origin): void {
    this.live.delete(origin);
  }

  /** A tick: says why nothing comes out, where that may last. */
  tellOpen(run: Pick<RunContext, 'note'>): void {
    for (const table of this.open) {
      const note = noteOnOpen(table);
      if (note !== undefined) run.note(note, 'open row');
    }
  }

  snapshot(): State {
    const live = [...this.live];
    const known = live.flatMap((origin) => this.tables.get(origin) ?? []);
    return {
      live: live.map(originState),
      tables: Array.from(new Set([...this.open, this.unplaced, ...known]), ({ origin, open, ...rest }) => ({
        ...rest,
        origin: origin && originState(origin),
        open: open?.lines,
      })),
    } satisfies TablesState;
  }

  restore(state: State, origins: KnownOrigins): void {
    const { live, tables } = state as TablesState;
    this.open.clear();
    this.live.clear();
    for (const origin of live) this.live.add(origins.of(origin));
    for (const { origin, open, ...rest } of tables) {
      const table = origin === null ? this.unplaced : newTable(origins.of(origin));
      Object.assign(table, rest, { open: undefined });
      if (table.origin !== null) this.tables.set(table.origin, table);
      if (open === undefined) continue;
      this.acts.leaveOpen(table, rest.openLine);
      table.lostBefore = rest.lostBefore;
      for (const line of open) table.open!.take(line);
    }
  }
}
