import type { TableColumn } from './columns.ts';

/** What PostgreSQL and SQLite do where a row with the key is there: it gets the new values; nothing where there is no key. */
export function updated(
  columns: readonly TableColumn[],
  key: readonly string[] | undefined,
  quote: (name: string) => string,
): string {
  if (key === undefined) return '';
  const others = columns.filter(({ name }) => !key.includes(name)).map(({ name }) => quote(name));
  const set = others.map((name) => `${name} = excluded.${name}`).join(', ');
  const then = others.length === 0 ? 'nothing' : `update set ${set}`;
  return ` on conflict (${key.map((name) => quote(name)).join(', ')}) do ${then}`;
}
