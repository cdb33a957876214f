// Answers a query by DuckDB on standard output, columns parted by tabs: node test/bench/duckdb.mjs 'select …', or --version
// The package is looked for in $LEAT_BENCH_PEERS, where test/bench/peers.sh puts it.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.LEAT_BENCH_PEERS ?? process.cwd(), 'peers.js'));
const { DuckDBInstance } = require('@duckdb/node-api');

const [query] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
// DuckDB writes by itself: values that pass through Node first would cost it time that is not its own.
await connection.run(
  `copy (${query === '--version' ? 'select version()' : query}) to '/dev/stdout' (format csv, delimiter '\t', header false)`,
);
// Closing and freeing everything takes time; a command line would not do it either.
process.exit(0);
