import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { wallClock } from '../../../base/clock.ts';
import { compare } from '../../../base/compare.ts';
import { toText } from '../../../base/json.ts';
import { isNumber, type Value } from '../../../base/value.ts';
import { visible } from '../../../base/visible.ts';
import { numberText } from '../../../flow/formats/numbers.ts';
import { formatMoment, isDate } from '../../../flow/formats/times.ts';
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
}

/** Rows that hold a text, sorted by a column, of which those that are seen are drawn. */
export function Table({ result, times, isLog, label }: TableProps) {
  const sort = useSignal<Sort | undefined>(undefined);
  const filter = useSignal('');
  const top = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const { columns, records } = result;
  const rows = ordered(result, sort.value, filter.value, isLog);
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
                  const text = cellText(value, times.includes(column.name));
                  return (
                    <td
                      key={column.name}
                      class={`${isNumber(value) ? 'number' : ''}${isLit ? ' lit' : ''}`}
                      title={text.length > 40 ? text : undefined}
                    >
                      {text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}
                    </td>
                  );
                })}
              </tr>
            ))}
            <Spacer rows={Math.max(0, rows.length - first - shown.length)} columns={columns.all.length} />
          </tbody>
        </table>
      </div>
    </div>
  );
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

function cellText(value: Value, isTime: boolean): string {
  if (value === null) return '';
  if (isTime && typeof value === 'number' && isDate(value)) return formatMoment(value, wallClock.now());
  return isNumber(value) ? numberText(value) : visible(toText(value));
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
