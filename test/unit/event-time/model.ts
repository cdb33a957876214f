/** What must come out by event time, as plainly as it can be said: lists, loops, and each rule once. Times in ms. */

/** A record: its number, its origin, its key and its time. */
export interface Row {
  readonly id: number;
  readonly o: number;
  readonly k: string;
  readonly t: number;
}

export interface Judged {
  readonly row: Row;
  /** What was over for its origin when it came: the highest time before it, less `late`. */
  readonly over: number;
}

/** Each record with what was over for it. It depends on the records of its own origin, and on no others. */
export function judged(rows: readonly Row[], late: number): Judged[] {
  return rows.map((row, i) => {
    const before = rows.slice(0, i).filter(({ o }) => o === row.o);
    return { row, over: Math.max(...before.map(({ t }) => t), Number.NEGATIVE_INFINITY) - late };
  });
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The windows that a time is in, the first of them first. */
function windowsOf(t: number, length: number, slide: number): Span[] {
  const spans: Span[] = [];
  for (let start = Math.ceil((t - length + 1) / slide) * slide; start <= t; start += slide) {
    spans.push({ start, end: start + length });
  }
  return spans;
}

/** Windows by start with their items, and how many items were late. */
export function windows<T>(
  items: readonly { readonly item: T; readonly t: number; readonly over: number }[],
  length: number,
  slide: number,
): { readonly all: { readonly span: Span; readonly items: T[] }[]; readonly late: number } {
  const all: { span: Span; items: T[] }[] = [];
  let late = 0;
  for (const { item, t, over } of items) {
    const spans = windowsOf(t, length, slide);
    const open = spans.filter(({ end }) => end > over);
    if (spans.length > 0 && open.length === 0) late++;
    for (const span of open) {
      const known = all.find((window) => window.span.start === span.start);
      if (known === undefined) all.push({ span, items: [item] });
      else known.items.push(item);
    }
  }
  return { all: all.sort((a, b) => a.span.start - b.span.start), late };
}

/**
 * Sessions: a record is linked with another of its key if they touch, unless what was over for the one reached over the end of the
 * other. What is linked, directly or by others, is one session.
 */
export function sessions<T>(
  items: readonly { readonly item: T; readonly key: string; readonly t: number; readonly over: number }[],
  gap: number,
): { readonly all: { readonly key: string; readonly span: Span; readonly items: T[] }[]; readonly late: number } {
  type Item = (typeof items)[number];
  const inTime = items.filter(({ t, over }) => t + gap > over);
  const reaches = (a: Item, b: Item) => a.t + gap >= b.t && a.t + gap > b.over;
  const isLinked = (a: Item, b: Item) => a.key === b.key && reaches(a, b) && reaches(b, a);
  const all: Item[][] = [];
  for (const item of inTime) {
    const linked = all.filter((session) => session.some((other) => isLinked(item, other)));
    for (const session of linked) all.splice(all.indexOf(session), 1);
    all.push([...linked.flat(), item]);
  }
  return {
    all: all.map((session) => {
      const times = session.map(({ t }) => t);
      const span = { start: Math.min(...times), end: Math.max(...times) + gap };
      return { key: session[0]!.key, span, items: session.map(({ item }) => item) };
    }),
    late: items.length - inTime.length,
  };
}

/** What passes on: of one key and origin those that are not within `within` of one that has. */
export function deduped(rows: readonly Judged[], within: number): { readonly all: Row[]; readonly late: number } {
  const all: Row[] = [];
  let late = 0;
  for (const { row, over } of rows) {
    const isNear = (other: Row) => other.k === row.k && other.o === row.o && Math.abs(other.t - row.t) < within;
    if (row.t < over) late++;
    else if (!all.some(isNear)) all.push(row);
  }
  return { all, late };
}

/** Each two of one key that are near to each other, one of either side, and those that nobody is near to. A record is late when nothing that is in time could be near to it. */
export function joined(
  all: readonly Judged[],
  within: number,
  isLeft: (row: Row) => boolean,
): { readonly all: { readonly left?: Row; readonly right?: Row }[]; readonly late: number } {
  const inTime = all.filter(({ row: { t }, over }) => t + within >= over).map(({ row }) => row);
  const lefts = inTime.filter(isLeft);
  const rights = inTime.filter((row) => !isLeft(row));
  const isNear = (a: Row, b: Row) => a.k === b.k && Math.abs(a.t - b.t) <= within;
  return {
    all: [
      ...lefts.flatMap((left) => rights.filter((right) => isNear(left, right)).map((right) => ({ left, right }))),
      ...lefts.filter((left) => !rights.some((right) => isNear(left, right))).map((left) => ({ left })),
      ...rights.filter((right) => !lefts.some((left) => isNear(left, right))).map((right) => ({ right })),
    ],
    late: all.length - inTime.length,
  };
}
