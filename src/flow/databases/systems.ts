import type { TextFault } from '../../base/problem.ts';
import { filledIn, variableFault } from '../connections/secrets.ts';
import type { DatabaseSystem } from './database.ts';
import { MYSQL } from './mysql.ts';
import { systemFault } from './parameters.ts';
import { POSTGRES } from './postgres.ts';
import { SQLITE } from './sqlite.ts';

/** All of them, by how their places look. */
const SYSTEMS: readonly (readonly [RegExp, DatabaseSystem])[] = [
  [/^postgres(?:ql)?:\/\//i, POSTGRES],
  [/^(?:mysql|mariadb):\/\//i, MYSQL],
  [/\.(?:db|sqlite3?)$/i, SQLITE],
];

/** How a place of a database looks, for messages. */
export const DATABASE_PLACES = '`postgres://…`, `mysql://…`, or a file of SQLite that ends in .db, .sqlite or .sqlite3';

/** The database at a place, a URL in which variables of the environment may stand, or a file; undefined where it is none. */
export function systemAt(place: string): DatabaseSystem | undefined {
  const filled = filledIn(place);
  return SYSTEMS.find(([looks]) => looks.test(filled))?.[1];
}

/** What is wrong with a place of a database, where it is one. */
export function placeFault(place: string): TextFault | undefined {
  const system = systemAt(place);
  return variableFault(place) ?? (system && systemFault(system, place));
}
