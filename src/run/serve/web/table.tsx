import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { wallClock } from '../../../base/clock.ts';
import { compare } from '../../../base/compare.ts';
import { toText } from '../../../base/json.ts';
import { isNumber, type Value } from '../../../base/value.ts';
import { visible } from '../../../base/visible.ts';
import { numberText } from '../../../flow/formats/numbers.ts';
import type { Columns } from '../../../flow/formats/rows.ts';
import { formatMoment, isDate } from '../../../flow/formats/times.ts';
import { asNumber, type ColumnSum, columnSums, grouped } from './column-sums.ts';
import type { Result } from './result.ts';
import { cell } from './rows.ts';

const ROW = 28;
/** Rows that are drawn above and below what is seen. */
const AROUND = 8;
/** Rows that are seen at most before the table scrolls by itself. */
const MOST_SEEN = 18;
/** Longer texts are cut: all of it is in the title of its cell. */
const LONGEST = 200;

interface Sort {
  readonly name: string;
  readonly isFalling: boolean;
}

interface TableProps {
  readonly result: Result;
  readonly times: readonly string[];
  readonly isLog: boolean;
  readonly label: string;
  /** Columns that are keys, and those whose values add up over rows. */
  readonly by: readonly string[];
  readonly sums: readonly string[];
}

/** Rows that hold a text, sorted by a column, of which those that are seen are drawn. */
export function Table({ result, times, isLog, label, by, sums }: TableProps) {
  const sort = useSignal<Sort | undefined>(undefined);
  const filter = useSignal('');
  const top = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const { columns, records } = result;
  const [sorted, wanted] = [sort.value, filter.value];
  // Not anew with each step of scrolling.
  const rows = useMemo(() => ordered(result, sorted, wanted, isLog), [result, sorted, wanted, isLog]);
  const ofColumns = useMemo(() => (isLog ? NO_SUMS : columnSums(result, rows)), [result, rows, isLog]);
  const isKey = (name: string) => by.includes(name) || (columns.kind === 'pair' && /^key\b/.test(name));
  const first = Math.max(0, Math.floor(top.value / ROW) - AROUND);
  const shown = rows.slice(first, first + MOST_SEEN + 2 * AROUND);
  const turn = (name: string) => {
    const now = sort.value;
    sort.value =
      now?.name !== name
        ? { name, isFalling: isOfNumbers(result, name) }
        : now.isFalling === isOfNumbers(result, name)
          ? { name, isFalling: !now.isFalling }
          : undefined;
  };
  return (
    <div class="table">
      <div class="tools">
        <input
          type="search"
          class="filter"
          placeholder="filter rows"
          aria-label={`filter the rows of ${label}`}
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
            top.value = 0;
            if (box.current !== null) box.current.scrollTop = 0;
          }}
        />
        <span class="faint">{countText(rows.length, records.length)}</span>
      </div>
      <div
        class="scroll"
        ref={box}
        onScroll={(event) => {
          top.value = event.currentTarget.scrollTop;
        }}
      >
        <table aria-label={label} aria-rowcount={rows.length}>
          <thead>
            <tr>
              {columns.all.map(({ name }) => (
                <th
                  key={name}
                  scope="col"
                  class={isOfNumbers(result, name) ? 'number' : ''}
                  aria-sort={ariaSort(sort.value, name)}
                >
                  <button type="button" onClick={() => turn(name)}>
                    {visible(name)}
                    {sort.value?.name === name ? (sort.value.isFalling ? ' ↓' : ' ↑') : ''}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Spacer rows={first} columns={columns.all.length} />
            {shown.map((row) => (
              <tr key={result.keys?.[row] ?? row}>
                {columns.all.map((column) => {
                  const value = cell(records[row]!, column);
                  const isLit = result.lit.has(`${result.keys?.[row]}\n${column.name}`);
                  const text = cellText(value, times.includes(column.name), !isLog && !isKey(column.name));
                  const share = sums.includes(column.name) ? shareOf(value, ofColumns.get(column.name)) : undefined;
                  return (
                    <td
                      key={column.name}
                      class={`${isNumber(value) ? 'number' : ''}${isLit ? ' lit' : ''}`}
                      title={text.length > 40 ? text : undefined}
                    >
                      {text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}
                      {share === undefined ? null : <Share {...share} />}
                    </td>
                  );
                })}
              </tr>
            ))}
            <Spacer rows={Math.max(0, rows.length - first - shown.length)} columns={columns.all.length} />
          </tbody>
          <Foot columns={columns} sums={sums} ofColumns={ofColumns} isKey={isKey} rows={rows.length} />
        </table>
      </div>
    </div>
  );
}

const NO_SUMS: ReadonlyMap<string, ColumnSum> = new Map();

/** What a row is of the total: in percent, and beside the largest as a bar. */
interface ShareProps {
  readonly percent: number;
  readonly ofMost: number;
}

function shareOf(value: Value, of: ColumnSum | undefined): ShareProps | undefined {
  if (of === undefined || !hasShares(of) || !isNumber(value)) return undefined;
  const number = asNumber(value);
  return { percent: (number / of.total) * 100, ofMost: number / of.most };
}

/** Of one row, or where some are below zero, a part of the total says nothing. */
function hasShares(of: ColumnSum | undefined): boolean {
  return of !== undefined && of.least >= 0 && of.total > 0 && of.count > 1;
}

function Share({ percent, ofMost }: ShareProps) {
  return (
    <span class="share">
      {percent.toFixed(1)}%
      <span class="bar" style={{ width: `${(ofMost * 100).toFixed(1)}%` }} />
    </span>
  );
}

interface FootProps {
  readonly columns: Columns;
  readonly sums: readonly string[];
  readonly ofColumns: ReadonlyMap<string, ColumnSum>;
  readonly rows: number;
  isKey(name: string): boolean;
}

/** Below several rows: what those add up to that can be added, and how far all reach. */
function Foot({ columns, sums, ofColumns, rows, isKey }: FootProps) {
  const [first, ...others] = columns.all;
  const isCounted = (name: string) => ofColumns.has(name) && !isKey(name);
  if (first === undefined || isCounted(first.name) || rows < 2 || !others.some(({ name }) => isCounted(name)))
    return null;
  const lines: readonly (readonly [label: string, text: (name: string, of: ColumnSum) => string])[] = [
    ['total', (name, { total }) => (sums.includes(name) ? short(total) : '')],
    ['least', (_, { least }) => short(least)],
    ['mean', (_, { total, count }) => short(total / count)],
    ['most', (_, { most }) => short(most)],
  ];
  return (
    <tfoot>
      {lines.map(([label, text]) =>
        label === 'total' && !others.some(({ name }) => sums.includes(name) && isCounted(name)) ? null : (
          <tr key={label}>
            <th scope="row">{label}</th>
            {others.map(({ name }) => (
              <td key={name} class="number">
                {isCounted(name) ? text(name, ofColumns.get(name)!) : ''}
                {sums.includes(name) && hasShares(ofColumns.get(name)) ? <span class="share" /> : null}
              </td>
            ))}
          </tr>
        ),
      )}
    </tfoot>
  );
}

function short(number: number): string {
  return grouped(numberText(number, !Number.isInteger(number)));
}

function Spacer({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  return rows === 0 ? null : (
    <tr>
      <td colSpan={columns} style={{ height: rows * ROW, padding: 0 }} />
    </tr>
  );
}

function ariaSort(sort: Sort | undefined, name: string): 'ascending' | 'descending' | 'none' {
  return sort?.name !== name ? 'none' : sort.isFalling ? 'descending' : 'ascending';
}

function isOfNumbers({ records, columns }: Result, name: string): boolean {
  const column = columns.all.find((known) => known.name === name);
  const value =
    column &&
    records
      .slice(0, 100)
      .map((record) => cell(record, column))
      .find((found) => found !== null);
  return value !== undefined && isNumber(value as Value);
}

function cellText(value: Value, isTime: boolean, isGrouped: boolean): string {
  if (value === null) return '';
  if (isTime && typeof value === 'number' && isDate(value)) return formatMoment(value, wallClock.now());
  if (!isNumber(value)) return visible(toText(value));
  return isGrouped ? grouped(numberText(value)) : numberText(value);
}

function countText(shown: number, all: number): string {
  const rows = `${all.toLocaleString('en-US')} ${all === 1 ? 'row' : 'rows'}`;
  return shown === all ? rows : `${shown.toLocaleString('en-US')} of ${rows}`;
}

/** The rows to be seen, as their numbers: of what comes record by record the newest first. */
function ordered(
  { records, columns }: Result,
  sort: Sort | undefined,
  text: string,
  isLog: boolean,
): readonly number[] {
  const wanted = text.toLowerCase();
  const rows = [...records.keys()].filter(
    (row) =>
      wanted === '' || columns.all.some((column) => toText(cell(records[row]!, column)).toLowerCase().includes(wanted)),
  );
  const column = columns.all.find(({ name }) => name === sort?.name);
  if (sort === undefined || column === undefined) return isLog ? rows.reverse() : rows;
  const values = records.map((record) => cell(record, column));
  const sign = sort.isFalling ? -1 : 1;
  const isNothing = (row: number) => (values[row] === null ? 1 : 0);
  return rows.sort((a, b) => isNothing(a) - isNothing(b) || sign * compare(values[a]!, values[b]!) || a - b);
}
