import { existsSync } from 'node:fs';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { RunFailure } from '../../base/problem.ts';
import { type Driver, driverPath } from '../drivers/driver.ts';
import { blocksLong } from '../pattern/watched.ts';
import type { BatchTable, RawColumn } from './batch-columns.ts';

export const DUCKDB: Driver = { package: '@duckdb/node-api', version: '1.5.5-r.5', of: 'DuckDB' };

/** ms that an answer may take until there is somebody who hears signals meanwhile. */
const SOON = 200;

/** What the thread is told; without a table it looks at the question alone. */
type Request =
  | { readonly sql: string }
  | (Pick<BatchTable, 'view' | 'wrong'> & {
      readonly sql: string;
      readonly columns: readonly RawColumn[];
      readonly count: number;
    });

interface Answer {
  /** Lists of objects, each as JSON, in their order. */
  readonly rows: readonly string[];
  /** Records that do not fit, by their numbers, and the columns that they do not fit. */
  readonly bad: readonly (readonly [record: number, column: number])[];
}

/**
 * DuckDB, in a thread of its own that is waited for: it answers later, and a batch is over when its records have come out.
 *
 *     main thread   close ──▶ ask ┄┄┄┄ waits ┄┄┄┄▶ rows ──▶ down
 *     bin/sql-thread.js          └─▶ DuckDB ─▶┘
 */
class DuckDb {
  private readonly port: MessagePort;
  private readonly answered = new Int32Array(new SharedArrayBuffer(4));

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const worker = new Worker(script(), {
      workerData: { path: driverPath(DUCKDB), port: port2, answered: this.answered },
      transferList: [port2],
      // It writes nothing.
      stdout: true,
      stderr: true,
    });
    worker.on('error', () => {});
    worker.unref();
    port1.unref();
  }

  ask(request: Request): Partial<Answer> & { readonly error?: string } {
    const { answered, port } = this;
    Atomics.store(answered, 0, 0);
    port.postMessage(request);
    if (Atomics.wait(answered, 0, 0, SOON) === 'timed-out') {
      blocksLong();
      Atomics.wait(answered, 0, 0);
    }
    return receiveMessageOnPort(port)!.message;
  }
}

/** One for all questions of a process. */
let thread: DuckDb | undefined;

/** Beside the command's scripts, or where these are made from. */
function script(): URL {
  const places = ['../bin/sql-thread.js', '../../../bin/sql-thread.js'].map((path) => new URL(path, import.meta.url));
  return places.find((place) => existsSync(place))!;
}

function answerTo(request: Request): ReturnType<DuckDb['ask']> {
  thread ??= new DuckDb();
  return thread.ask(request);
}

/** @throws RunFailure of exit 2 where a text is not one question. */
export function checkSql(sql: string): void {
  const { error } = answerTo({ sql });
  if (error === undefined) return;
  throw new RunFailure('sql-refused', 2, `sql cannot ask that: ${inOneLine(error)}`, 'it is one `select` over `batch`');
}

/** What DuckDB says, without its picture of where. */
function inOneLine(error: string): string {
  const [message = ''] = error.split(/\n+LINE \d+:/);
  return message.trim().replaceAll(/\s+/g, ' ');
}

/** What a question gives over a batch. @throws RunFailure in DuckDB's own words where it cannot be answered. */
export function askSql(sql: string, { records, raw, view, wrong }: BatchTable): Answer {
  const { error, rows = [], bad = [] } = answerTo({ sql, columns: raw, view, wrong, count: records.length });
  if (error === undefined) return { rows, bad };
  throw new RunFailure(
    'sql-failed',
    1,
    `sql cannot be answered: ${inOneLine(error)}`,
    'columns have the types of their values in the batch; `columns: {ms: "double"}` says one, also of a column that a batch may lack',
  );
}
