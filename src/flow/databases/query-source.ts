import { entriesOf, fieldsOf } from '../../base/fields.ts';
import { RunFailure } from '../../base/problem.ts';
import { UNKNOWN } from '../../base/type.ts';
import { type Fields, field, isNumber } from '../../base/value.ts';
import { calledPlace, hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import type { SourceContext } from '../define/context.ts';
import { duration, filePath, text } from '../define/parameters.ts';
import type { Position } from '../define/position.ts';
import type { Source, SourceBehaviour } from '../define/source.ts';
import { orAbort, sleep } from '../input/reading.ts';
import { untilAnswered } from './asking.ts';
import type { Database, DatabaseSystem } from './database.ts';
import { databaseUrl, systemFault } from './parameters.ts';
import { type ColumnNote, onceEach } from './read-values.ts';
import { isSelect, withoutEnd } from './statement.ts';

/** So many rows are asked for at once, where a column says where the next ones begin. */
const PAGE = 10_000;

/** The growing column as text, beside those of the query: all digits of a time, too. */
const GROWN = 'leat_grown';

/** What all sources of queries take behind their place. */
const queryParameters = {
  query: text('what is asked: `"select * from orders"`').checked((query) =>
    isSelect(query) ? undefined : 'it is one `select`',
  ),
  every: duration('how often it is asked again for rows that have come', {
    named: true,
    with: 'after',
    apart: true,
  }).optional(),
  after: text('a column that grows from row to row, and has no value twice: a number that is counted up', {
    named: true,
  }).optional(),
};

interface QueryArguments {
  readonly query: string;
  readonly every: number | undefined;
  readonly after: string | undefined;
}

/** Where it is: the value of the growing column, as text, and whether it is a number. */
type At = { readonly value: string; readonly isNumber: boolean };

export const urlQueryParameters = (system: DatabaseSystem, schemes: readonly string[]) => ({
  url: databaseUrl(system, schemes),
  ...queryParameters,
});

export const fileQueryParameters = (system: DatabaseSystem) => ({
  file: filePath('the file of the database').checked((path) => systemFault(system, path)),
  ...queryParameters,
});

export const givesRows = () => UNKNOWN;

/** How a source of a query behaves: it ends where it is asked once, and goes on from a position where a column grows. */
export function queryBehaviour<A extends QueryArguments>(
  system: DatabaseSystem,
  { every, after }: A,
  placeOf: (args: A) => string,
): SourceBehaviour<A> {
  return {
    kind: every === undefined ? 'bounded' : 'live',
    replayable: after !== undefined,
    open: (args, context, from) => new QuerySource(system, placeOf(args), args, context, from),
  };
}

class QuerySource implements Source {
  private readonly system: DatabaseSystem;
  private readonly place: string;
  private readonly args: QueryArguments;
  private readonly context: SourceContext;
  private readonly origin: ReturnType<SourceContext['origin']>;
  private readonly odd: ColumnNote;
  private at: At | undefined;
  /** The last page was full, so that there may be rows behind it already. */
  private isBehind = false;
  private database: Database | undefined;

  constructor(
    system: DatabaseSystem,
    place: string,
    args: QueryArguments,
    context: SourceContext,
    from: Position | undefined,
  ) {
    this.system = system;
    this.place = place;
    this.args = args;
    this.context = context;
    this.origin = context.origin(calledPlace(place), undefined, from?.[0]);
    this.odd = onceEach((what) => context.note(`${this.origin.name}: ${what}`));
    this.at = from?.[0]?.at as At | undefined;
  }

  async run(): Promise<void> {
    if (hasOpenPassword(this.place)) this.context.note(OPEN_PASSWORD);
    try {
      // At the end of the run no answer is waited for, however long the server takes: what is asked ends with the connection.
      await orAbort(this.read(), this.context.signal);
    } finally {
      await this.database?.close();
    }
  }

  private async read(): Promise<void> {
    const { signal, once } = this.context;
    const { every, after } = this.args;
    while (!signal.aborted) {
      const rows = await this.asked();
      if (rows === undefined) break;
      if (rows.length > 0) await this.deliver(rows);
      if (after === undefined) break;
      if (this.isBehind) continue;
      if (every === undefined || once) break;
      await sleep(every, this.context);
    }
  }

  /** The next rows, asked for until there is an answer; undefined if the run ended meanwhile. */
  private async asked(): Promise<readonly Fields[] | undefined> {
    const { system, context, place } = this;
    const { clock, signal } = context;
    const rows = await untilAnswered(
      async () => {
        try {
          this.database ??= await system.open(place, true, this.odd);
          return signal.aborted ? [] : await this.page(this.database);
        } catch (error) {
          await this.database?.close();
          this.database = undefined;
          throw error;
        }
      },
      {
        system,
        what: `cannot read from ${calledPlace(place)}`,
        clock,
        signal,
        note: (message) => context.note(message),
      },
    );
    if (!signal.aborted) return rows;
    // One that was opened while the run ended.
    await this.database?.close();
    return undefined;
  }

  private async page(database: Database): Promise<readonly Fields[]> {
    const { system, args, at } = this;
    const query = withoutEnd(args.query);
    if (args.after === undefined) return database.ask(query);
    const column = system.quote(args.after);
    const select = (where: string, limit = '') =>
      database.ask(
        `select leat_rows.*, ${system.asText(column)} as ${GROWN} from (${query}) as leat_rows where ${where} order by ${column}${limit}`,
      );
    const rows = await select(
      at === undefined ? `${column} is not null` : `${column} > ${this.written(at)}`,
      ` limit ${PAGE}`,
    );
    this.isBehind = rows.length >= PAGE;
    if (!this.isBehind) return rows;
    // Others of the same value may stand behind the page.
    const last = field(rows.at(-1)!, GROWN);
    const whole = rows.filter((row) => field(row, GROWN) !== last);
    return whole.length > 0 ? whole : select(`${column} = ${this.written(this.placeOf(rows.at(-1)!))}`);
  }

  private written({ value, isNumber: isBare }: At): string {
    return isBare ? value : this.system.textIn(value);
  }

  private placeOf(row: Fields): At {
    const grown = field(row, GROWN);
    const { after } = this.args;
    if (grown === null) {
      throw new RunFailure(
        'query-failed',
        3,
        `${after} of ${this.origin.name} is bytes, of which nothing can be asked that stands behind them`,
        'give `after:` a column of numbers, times or texts',
      );
    }
    const value = String(grown);
    return { value, isNumber: isNumber(field(row, after!)) && /^-?[\d.]+(?:e[+-]?\d+)?$/.test(value) };
  }

  private async deliver(rows: readonly Fields[]): Promise<void> {
    const { context, origin, args } = this;
    if (context.signal.aborted) return;
    if (args.after === undefined) {
      for (let i = 0; i < rows.length && !context.signal.aborted; i += PAGE) {
        await context.deliver({ kind: 'values', origin, values: rows.slice(i, i + PAGE) });
      }
      return;
    }
    const at = this.placeOf(rows.at(-1)!);
    if (this.at !== undefined && this.at.value === at.value) {
      throw new RunFailure(
        'query-failed',
        3,
        `${args.after} of ${origin.name} does not grow: it is ${at.value} again`,
        'give `after:` a column that is counted up',
      );
    }
    this.at = at;
    const values = rows.map((row) => fieldsOf(entriesOf(row).filter(([name]) => name !== GROWN)));
    const behind = { key: 'query', at };
    await context.deliver({ kind: 'values', origin, values, behind });
  }
}
