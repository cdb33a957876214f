/**
 * Reads lines of web server logs in the common or combined format.
 *
 * A line is OK only if it is surely one: host, identity and user without blanks, the time of a year from 100, nothing escaped in quotes,
 * and no more bytes than a double can count. Any other line, a bad one as well, is told where it lies, for others to read.
 *
 *     host – user [time] "method path protocol" status bytes "referrer" "agent" …
 *
 * The input is valid UTF-8 and ends with "\n", which ends every scan.
 */
import { clearSlots, MOST_ROWS, OK, OTHER, PLAIN, putNumber, putText, rowAt, setNextLine, slotOf } from './rows';
import { endOfLine, endOfText, NEWLINE, plainEnd, wordEnd } from './scanning';

const BLANK: u8 = 0x20;
const QUOTE: u8 = 0x22;
const DASH: u8 = 0x2d;

// The numbers of the columns, in the order of the docs.
const HOST: u32 = 0;
const USER: u32 = 1;
const TIME: u32 = 2;
const METHOD: u32 = 3;
const PATH: u32 = 4;
const PROTOCOL: u32 = 5;
const STATUS: u32 = 6;
const BYTES: u32 = 7;
const REFERRER: u32 = 8;
const AGENT: u32 = 9;
const COLUMNS: u32 = 10;

/** For each column, the number of the wanted field that it is plus 1, or 0. */
const fields: u32 = <u32>memory.data(40);

/** The wanted field of that number is that column. Called once for each. */
export function wantColumn(column: u32, field: u32): void {
  if (column < COLUMNS) store<u32>(fields + column * 4, field + 1);
}

/** Reads the lines of `[start, end)` into rows, as many as there is room for. Gives how many they are. */
export function readClf(start: u32, end: u32): u32 {
  let at = start;
  let index: u32 = 0;
  for (; at < end && index < MOST_ROWS; index++) {
    const row = rowAt(index);
    clearSlots(row);
    const end = readLine(at, row);
    const newline = endOfLine(end === 0 ? at : end);
    store<u32>(row, at);
    store<u32>(row + 4, endOfText(at, newline));
    store<i32>(row + 8, end === 0 ? OTHER : OK);
    at = newline + 1;
  }
  setNextLine(at);
  return index;
}

/** Gives where what it read of a line ends, behind which stands nothing that matters up to the end of the line; 0 where it is not sure. */
function readLine(start: u32, row: u32): u32 {
  const hostEnd = wordEnd(start);
  if (hostEnd === start || load<u8>(hostEnd) !== BLANK) return 0;
  const identityEnd = wordEnd(hostEnd + 1);
  if (identityEnd === hostEnd + 1 || load<u8>(identityEnd) !== BLANK) return 0;
  const user = identityEnd + 1;
  const userEnd = wordEnd(user);
  // ` [`
  if (userEnd === user || load<u16>(userEnd) !== 0x5b20) return 0;
  const time = userEnd + 2;
  // `] "`
  if (!readTime(time, row) || load<u16>(time + 26) !== 0x205d || load<u8>(time + 28) !== QUOTE) return 0;
  const request = time + 29;
  const requestEnd = plainEnd(request);
  // `" `
  if (load<u16>(requestEnd) !== 0x2022) return 0;
  const status = requestEnd + 2;
  const statusEnd = readNumber(status, STATUS, row);
  if (statusEnd === 0 || load<u8>(statusEnd) !== BLANK) return 0;
  if (statusEnd - status !== (load<u8>(status) === DASH ? 1 : 3)) return 0;
  const bytesEnd = readNumber(statusEnd + 1, BYTES, row);
  if (bytesEnd === 0) return 0;
  const end = readRest(bytesEnd, row);
  if (end === 0) return 0;
  putColumn(HOST, start, hostEnd, row);
  putColumn(USER, user, userEnd, row);
  if (isRequestWanted()) putRequest(request, requestEnd, row);
  return end;
}

/** What stands behind the bytes: nothing, referrer and agent, or something else, which is passed over. Gives what {@link readLine} does. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function readRest(start: u32, row: u32): u32 {
  if (isLineEnd(start)) return start;
  if (load<u8>(start) !== BLANK || isLineEnd(start + 1)) return 0;
  if (load<u8>(start + 1) !== QUOTE) return start + 1;
  const referrer = start + 2;
  const referrerEnd = plainEnd(referrer);
  if (load<u8>(referrerEnd) !== QUOTE) return 0;
  // A quoted field alone is one that a server was told to add.
  if (isLineEnd(referrerEnd + 1)) return referrerEnd + 1;
  // `" "`
  if (load<u8>(referrerEnd + 1) !== BLANK || load<u8>(referrerEnd + 2) !== QUOTE) return 0;
  const agent = referrerEnd + 3;
  const agentEnd = plainEnd(agent);
  if (load<u8>(agentEnd) !== QUOTE || (load<u8>(agentEnd + 1) !== BLANK && !isLineEnd(agentEnd + 1))) return 0;
  putColumn(REFERRER, referrer, referrerEnd, row);
  putColumn(AGENT, agent, agentEnd, row);
  return agentEnd + 1;
}

/** Whether the text of a line ends there. A carriage return that is not followed by a newline is a part of it. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isLineEnd(at: u32): bool {
  return load<u8>(at) === NEWLINE || load<u16>(at) === 0x0a0d;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isRequestWanted(): bool {
  return fieldOf(METHOD) >= 0 || fieldOf(PATH) >= 0 || fieldOf(PROTOCOL) >= 0;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function fieldOf(column: u32): i32 {
  return load<i32>(fields + column * 4) - 1;
}

/** A text, null if it is a dash or empty. */
function putColumn(column: u32, start: u32, end: u32, row: u32): void {
  if (end - start > 1 || (end > start && load<u8>(start) !== DASH)) putAnyText(column, start, end, row);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function putAnyText(column: u32, start: u32, end: u32, row: u32): void {
  const field = fieldOf(column);
  if (field >= 0) putText(slotOf(row, field), PLAIN, start, end);
}

/** `METHOD path protocol`, the protocol being left out by old clients; of anything else all is the path. */
function putRequest(start: u32, end: u32, row: u32): void {
  let method = start;
  while (isLetterOrDash(load<u8>(method))) method++;
  if (method === start || load<u8>(method) !== BLANK || method >= end) {
    putColumn(PATH, start, end, row);
    return;
  }
  putAnyText(METHOD, start, method, row);
  let last = end;
  while (last > method + 1 && isDigitOrDot(load<u8>(last - 1))) last--;
  // ` HTTP/`, with at least one digit or point behind it, and a path before it that may be empty.
  if (last < end && last >= method + 7 && load<u16>(last - 6) === 0x4820 && load<u32>(last - 4) === 0x2f505454) {
    putAnyText(PROTOCOL, last - 5, end, row);
    putAnyText(PATH, method + 1, last - 6, row);
  } else {
    putAnyText(PATH, method + 1, end, row);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isLetterOrDash(byte: u8): bool {
  return (byte | 0x20) - 0x61 <= 25 || byte === DASH;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isDigitOrDot(byte: u8): bool {
  return isDigit(byte) || byte === 0x2e;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isDigit(byte: u8): bool {
  return byte - 0x30 <= 9;
}

/** Digits, or a dash, which is null. Gives where they end, 0 where there are none or too many for a double. */
function readNumber(start: u32, column: u32, row: u32): u32 {
  if (load<u8>(start) === DASH) return start + 1;
  let value: u64 = 0;
  let at = start;
  for (; isDigit(load<u8>(at)); at++) value = value * 10 + (load<u8>(at) - 0x30);
  if (at === start || at - start > 15) return 0;
  const field = fieldOf(column);
  if (field >= 0) putNumber(slotOf(row, field), <f64>value);
  return at;
}

/** The last time that was read, as it was written: 26 bytes. At first there is one that no text has, as it is not UTF-8. */
const lastTime: u32 = <u32>memory.data<u8>([
  0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
/** What that is, ms. */
let lastMilliseconds: f64 = 0;

/** `10/Oct/2000:13:55:36 -0700`. Most lines have the time of the one before. */
function readTime(at: u32, row: u32): bool {
  const differing = v128.or(
    v128.xor(v128.load(at), v128.load(lastTime)),
    v128.xor(v128.load(at + 10), v128.load(lastTime + 10)),
  );
  if (v128.any_true(differing)) {
    if (!readOtherTime(at)) return false;
    v128.store(lastTime, v128.load(at));
    v128.store(lastTime + 10, v128.load(at + 10));
  }
  const field = fieldOf(TIME);
  if (field >= 0) putNumber(slotOf(row, field), lastMilliseconds);
  return true;
}

function readOtherTime(at: u32): bool {
  const day = twoDigits(at);
  const month = monthOf(load<u32>(at + 2));
  const century = twoDigits(at + 7);
  const years = twoDigits(at + 9);
  const hour = twoDigits(at + 12);
  const minute = twoDigits(at + 15);
  const second = twoDigits(at + 18);
  const offsetHours = twoDigits(at + 22);
  const offsetMinutes = twoDigits(at + 24);
  const hasSigns =
    load<u8>(at + 6) === 0x2f &&
    load<u8>(at + 11) === 0x3a &&
    load<u8>(at + 14) === 0x3a &&
    load<u8>(at + 17) === 0x3a &&
    load<u8>(at + 20) === BLANK;
  const sign = load<u8>(at + 21);
  if (!hasSigns || (sign !== 0x2b && sign !== DASH)) return false;
  // The first years are left to others, since dividing goes the other way below 0. 60 is a leap second.
  if (month < 0 || day < 1 || century < 1 || years < 0 || offsetHours < 0 || offsetMinutes < 0) return false;
  if (hour < 0 || minute < 0 || second < 0 || hour > 23 || minute > 59 || second > 60 || offsetMinutes > 59) return false;
  const year = century * 100 + years;
  if (day > daysOf(month, year)) return false;
  const offset = (offsetHours * 60 + offsetMinutes) * (sign === DASH ? -60 : 60);
  const seconds = <i64>daysSinceEpoch(year, month, day) * 86400 + (hour * 60 + minute) * 60 + second - offset;
  lastMilliseconds = <f64>(seconds * 1000);
  return true;
}

/** -1 if these are no digits. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function twoDigits(at: u32): i32 {
  const tens = load<u8>(at) - 0x30;
  const ones = load<u8>(at + 1) - 0x30;
  return tens <= 9 && ones <= 9 ? <i32>tens * 10 + ones : -1;
}

/** From 0, of `/Jan`; -1 if there is no such month. */
function monthOf(text: u32): i32 {
  switch (text) {
    case 0x6e614a2f:
      return 0;
    case 0x6265462f:
      return 1;
    case 0x72614d2f:
      return 2;
    case 0x7270412f:
      return 3;
    case 0x79614d2f:
      return 4;
    case 0x6e754a2f:
      return 5;
    case 0x6c754a2f:
      return 6;
    case 0x6775412f:
      return 7;
    case 0x7065532f:
      return 8;
    case 0x74634f2f:
      return 9;
    case 0x766f4e2f:
      return 10;
    case 0x6365442f:
      return 11;
    default:
      return -1;
  }
}

function daysOf(month: i32, year: i32): i32 {
  if (month === 1) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  // April, June, September and November.
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
}

/** In the Gregorian calendar, also before there was one, as JavaScript has it. Years are counted from March, so that leap days end them. */
function daysSinceEpoch(year: i32, month: i32, day: i32): i32 {
  const y = month < 2 ? year - 1 : year;
  const monthsSinceMarch = (month + 10) % 12;
  const dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719468;
}
