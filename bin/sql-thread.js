// A thread that asks DuckDB, whose answers come later, while the main one waits for them: a batch is over when its records have come out.
// What it is told and what it gives are plain data: columns of doubles, texts and booleans, and rows as JSON.
const { workerData } = require('node:worker_threads');

/** `path` is that of the package; `answered` is shared: 1 once the answer lies in `port`. */
const { path, port, answered } = workerData;
/** The package, from the first question on: one that cannot be loaded is an answer, too. */
let duckdb;

/** The rows of a chunk: what DuckDB works on at once. */
const CHUNK = 2048;

/** Rows are given as lists of about so many characters of JSON, since one of all of them may become more than a value may. */
const PART = 1024 * 1024;

/** Characters of an answer. A thread that had no room for it would end without one, and somebody waits. */
const MOST_TEXT = 256 * 1024 * 1024;

/**
 * One thread, so that rows come out in the same order each time. Nothing is loaded from anywhere, nothing is written beside it, and a
 * question cannot change that.
 */
const SETTINGS = {
  threads: '1',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  temp_directory: '',
};

const KINDS = { double: 'DOUBLE', text: 'VARCHAR', boolean: 'BOOLEAN' };

let opening;

async function open() {
  duckdb = require(path);
  const connection = await (await duckdb.DuckDBInstance.create(':memory:', SETTINGS)).connect();
  await connection.run("set timezone = 'UTC'");
  await connection.run('set lock_configuration = true');
  return connection;
}

/** Whether a text is one question, by DuckDB itself. @returns what is wrong with it; undefined where nothing is. */
async function check(connection, { sql }) {
  const reader = await connection.runAndReadAll('select json_serialize_sql($1::varchar)', [sql]);
  const { error, error_message: message, statements } = JSON.parse(reader.getRows()[0][0]);
  if (error) return { error: message };
  return statements.length === 1 ? {} : { error: 'several statements, and one is needed' };
}

/** Has a question answered over a batch. Columns are those of the table that the batch is put into; `view` is what it looks like. */
async function ask(connection, { columns, count, wrong, view, sql }) {
  await connection.run(
    `create temp table leat_rows (${columns.map(({ kind }, i) => `c${i} ${KINDS[kind]}`).join(', ')})`,
  );
  try {
    await fill(connection, columns, count);
    const bad = [];
    for (const { column, condition } of wrong) {
      const reader = await connection.runAndReadAll(`select rowid from leat_rows where ${condition}`);
      bad.push(...reader.getRows().map(([row]) => [Number(row), column]));
      await connection.run(`delete from leat_rows where ${condition}`);
    }
    await connection.run(`create or replace temp view batch as ${view}`);
    const prepared = await connection.prepare(sql);
    if (prepared.statementType !== duckdb.StatementType.SELECT) return { error: 'only a select can be asked' };
    const result = await prepared.run();
    const rows = [];
    let part = [];
    let length = 0;
    let cutAt = PART;
    const names = result.deduplicatedColumnNames().map((name) => JSON.stringify(name));
    const types = result.columnTypes();
    for (let chunk = await result.fetchChunk(); chunk?.rowCount > 0; chunk = await result.fetchChunk()) {
      for (const row of chunk.getRows()) {
        const text = `{${row.map((value, i) => `${names[i]}:${jsonOf(value, types[i])}`).join(',')}}`;
        length += text.length;
        if (length > MOST_TEXT) return { error: 'the answer has more than 256 MB as JSON' };
        part.push(text);
        if (length < cutAt) continue;
        rows.push(`[${part.join(',')}]`);
        part = [];
        cutAt = length + PART;
      }
    }
    rows.push(`[${part.join(',')}]`);
    return { rows, bad };
  } finally {
    await connection.run('drop view if exists batch; drop table leat_rows');
  }
}

async function fill(connection, columns, count) {
  const appender = await connection.createAppender('leat_rows', 'main', 'temp');
  for (let start = 0; start < count; start += CHUNK) {
    const size = Math.min(CHUNK, count - start);
    const chunk = duckdb.DuckDBDataChunk.create(
      columns.map(({ kind }) => duckdb[KINDS[kind]]),
      size,
    );
    for (const [i, { values }] of columns.entries()) chunk.setColumnValues(i, values.slice(start, start + size));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** A value as JSON: moments in ms since the epoch, numbers with all digits, what JSON has no number for as null, and others as DuckDB writes them. */
function jsonOf(value, type) {
  if (value === null) return 'null';
  switch (type.typeId) {
    case duckdb.DuckDBTypeId.FLOAT:
    case duckdb.DuckDBTypeId.DOUBLE:
      return Number.isFinite(value) ? String(value) : 'null';
    case duckdb.DuckDBTypeId.VARCHAR:
      return type.alias === 'JSON' ? value : JSON.stringify(value);
    case duckdb.DuckDBTypeId.TIMESTAMP:
    case duckdb.DuckDBTypeId.TIMESTAMP_TZ:
      return msOf(value, value.micros, 1000n);
    case duckdb.DuckDBTypeId.TIMESTAMP_S:
      return msOf(value, value.seconds * 1000n, 1n);
    case duckdb.DuckDBTypeId.TIMESTAMP_MS:
      return msOf(value, value.millis, 1n);
    case duckdb.DuckDBTypeId.TIMESTAMP_NS:
      return msOf(value, value.nanos, 1000000n);
    case duckdb.DuckDBTypeId.DECIMAL:
      return decimalOf(value.toString());
    case duckdb.DuckDBTypeId.LIST:
    case duckdb.DuckDBTypeId.ARRAY:
      return `[${value.items.map((item) => jsonOf(item, type.valueType)).join(',')}]`;
    case duckdb.DuckDBTypeId.STRUCT:
      return `{${type.entryNames.map((name, i) => `${JSON.stringify(name)}:${jsonOf(entryOf(value, name), type.entryTypes[i])}`).join(',')}}`;
    case duckdb.DuckDBTypeId.MAP:
      return mapOf(value.entries, type);
    default:
      return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
        ? String(value)
        : JSON.stringify(String(value));
  }
}

/** The package loses a field named `__proto__`. */
function entryOf({ entries }, name) {
  return Object.hasOwn(entries, name) ? entries[name] : null;
}

/** What is no moment (`infinity`) stays a text. */
function msOf(value, count, perMs) {
  if (!value.isFinite && value.isFinite !== undefined) return JSON.stringify(String(value));
  return String(Number(count / perMs) + Number(count % perMs) / Number(perMs));
}

/** A decimal has all digits of its column. */
function decimalOf(text) {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** With texts as keys an object, else pairs. */
function mapOf(entries, { keyType, valueType }) {
  const pairs = entries.map(({ key, value }) => [jsonOf(key, keyType), jsonOf(value, valueType)]);
  return keyType.typeId === duckdb.DuckDBTypeId.VARCHAR
    ? `{${pairs.map(([key, value]) => `${key}:${value}`).join(',')}}`
    : `[${pairs.map(([key, value]) => `[${key},${value}]`).join(',')}]`;
}

async function answer(request) {
  try {
    opening ??= open();
    const connection = await opening;
    return await (request.view === undefined ? check(connection, request) : ask(connection, request));
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', async (request) => {
  port.postMessage(await answer(request));
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
});
