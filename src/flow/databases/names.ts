/** A table as it is written, `orders` or `shop.orders`: its name, and the schema in front of it if there is one. Marks of any kind are part of a name. */
export interface TableName {
  readonly schema: string | undefined;
  readonly name: string;
  /** As it was written. */
  readonly text: string;
}

/** A part in double quotes, in which a quote is doubled and a point means nothing, or one without either. */
const PART = /(?:"((?:[^"]|"")+)"|([^".]+))(?:\.|$)/y;

/**
 * Reads the name of a table. Quotes are needed around a name with a point in it: `"my.table"`.
 *
 * @returns undefined where it is none: empty, or of more than two parts.
 */
export function readTableName(text: string): TableName | undefined {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const found = PART.exec(text);
    if (found === null) return undefined;
    parts.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    at = PART.lastIndex;
  }
  if (parts.length === 0 || parts.length > 2 || /(?:^|[^"])\.$/.test(text) || text.includes('\0')) return undefined;
  return { schema: parts.length === 2 ? parts[0] : undefined, name: parts.at(-1)!, text };
}

/** A text as a part of a statement of standard SQL. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a part of a statement: whatever stands in it means itself. @param mark `"`, in MySQL a backtick. */
export function quoted(name: string, mark = '"'): string {
  return mark + name.replaceAll(mark, mark + mark) + mark;
}
