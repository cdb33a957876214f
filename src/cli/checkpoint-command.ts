import { wallClock } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { valuesOf } from '../base/fields.ts';
import { parseJson, toText } from '../base/json.ts';
import { RunFailure } from '../base/problem.ts';
import { formatSize } from '../base/size.ts';
import { field, isFields, type Value } from '../base/value.ts';
import { sources } from '../flow/catalog.ts';
import type { Split } from '../flow/define/position.ts';
import type { SourceDefinition } from '../flow/define/source.ts';
import { formatMoment } from '../flow/formats/times.ts';
import { reasonOf } from '../flow/input/fault.ts';
import { hostFileSystem } from '../flow/output/host-file-system.ts';
import { type Found, readContents } from '../run/durable/found.ts';
import type { FoundInput } from '../run/durable/input-found.ts';
import { inUse, readLock, thisProcess } from '../run/durable/lock.ts';
import { NEXT, OVER, receivedAt } from '../run/durable/received-splits.ts';
import { sizesOf } from '../run/durable/sizes.ts';
import { faultsIn } from '../run/durable/verify.ts';
import { entriesOf } from '../run/local/checkpoints/kept-records.ts';
import { keptPlan } from './load-program.ts';
import { type Manner, messagesAs } from './messages.ts';
import { say, tell } from './streams/door.ts';

/** Exit codes: what was looked for is wrong; it cannot be looked at. */
const FOUND_FAULT = 1;
const CANNOT_READ = 3;

/** Shows what a directory keeps of a run, or with `verify` whether all of it is whole. @returns the exit code. */
export function checkpointCommand(
  directory: string,
  { verify = false, ...manner }: Manner & { readonly verify?: boolean },
): number {
  const fail = (failure: Failure) => {
    for (const line of messagesAs(manner).failure(failure)) tell(line);
    return failure.exit;
  };
  try {
    const lock = readLock(hostFileSystem, directory);
    if (lock !== undefined && lock !== '' && thisProcess().isAtWork(lock)) throw inUse(directory, lock);
    if (verify) return verifyAll(directory, fail);
    const { found, input } = readContents(hostFileSystem, directory);
    say(found === undefined ? `${directory} keeps nothing yet\n` : described(found, input));
    return 0;
  } catch (error) {
    if (error instanceof RunFailure) return fail(error);
    const message = `cannot read ${directory}: ${reasonOf(error)}`;
    return fail({ code: 'checkpoint-unreadable', exit: CANNOT_READ, message, help: undefined });
  }
}

type Failure = Pick<RunFailure, 'code' | 'exit' | 'message' | 'help'>;

function verifyAll(directory: string, fail: (failure: Failure) => void): number {
  const faults = faultsIn(hostFileSystem, directory);
  for (const message of faults) fail({ code: 'checkpoint-damaged', exit: FOUND_FAULT, message, help: undefined });
  if (faults.length > 0) return FOUND_FAULT;
  say(`${directory} is whole\n`);
  return 0;
}

/** A line for the run and for each source, stage and output. */
function described(found: Found, { bytes, segments }: FoundInput): string {
  const { base, frozen, steps, positions, batches, begun } = found;
  const now = wallClock.now();
  const sizes = sizesOf(steps);
  const plan = keptPlan(base.program, base.interval);
  const entries = plan && entriesOf(plan, found);
  const ago = formatDuration(Math.max(0, Math.round((now - frozen.written) / 1000) * 1000));
  const lines: (readonly [string, string])[] = [
    ['program', base.program.replaceAll(/\s+/g, ' ').trim()],
    ['leat', base.version],
    ['batch', `${count(frozen.batch)}, ${frozen.isFinished ? 'finished' : `each ${formatDuration(base.interval)}`}`],
    ['kept', `${formatMoment(frozen.written, now)}, ${ago} ago; last tick ${formatMoment(frozen.tick, now)}`],
    ...(batches.length === 0 ? [] : [['again', `${count(batches.length)} more came out, and come again`] as const]),
    ...(begun === undefined
      ? []
      : [['again', `the start of batch ${count(begun.number)} came out, and comes again`] as const]),
    ...base.words.sources.map((words, i) => {
      const places = placesOf(positions[i] ?? [], sourceOf(base.sources[i]!));
      return ['source', `${words}: ${places}`] as const;
    }),
    ...(segments.length === 0 ? [] : [['input', `${formatSize(bytes)} that came and was not worked on`] as const]),
    ...base.words.nodes.map(({ words }, i) => {
      return ['stage', `${words}: ${entriesInWords(entries?.[i])}${formatSize(sizes[i] ?? 0)}`] as const;
    }),
    ...[...frozen.marks].map(([name, mark]) => ['output', `${outputOf(name)}${markOf(mark as Value)}`] as const),
  ];
  return lines.map(([what, text]) => `${what.padEnd(9)}${text}\n`).join('');
}

/** So many places are named, and the others counted. */
const MOST = 5;

function placesOf(splits: readonly Split[], source: SourceDefinition | undefined): string {
  if (splits.length === 0) return 'at its start';
  // What is only true of a source is no place.
  const places = splits.filter(({ key, at }) => at !== true && key !== NEXT);
  if (splits.some(({ key }) => key === OVER)) return 'ended';
  if (places.length === 0 && splits.some(({ key }) => key === NEXT)) return 'nothing is open';
  const told = places.slice(0, MOST).map((split) => placeOf(split, source));
  const more = places.length - told.length;
  return `${told.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`;
}

function placeOf(split: Split, source: SourceDefinition | undefined): string {
  const { key, at, origin } = split;
  const received = receivedAt(split);
  if (received !== undefined) {
    return `${received.name} at byte ${count(received.offset)} (line ${count(origin?.lines ?? 0)})`;
  }
  return source?.splitInWords?.(split) ?? (typeof at === 'number' ? `${key} ${count(at)}` : key);
}

/** The word of a source, by what it is called in a checkpoint. */
function sourceOf(name: string): SourceDefinition | undefined {
  return sources.get(/^\[\["(\w+)"/.exec(name)?.[1] ?? '');
}

/** What an output is called: its word, and where it goes to. */
function outputOf(name: string): string {
  if (!name.startsWith('[')) return name;
  const [word, to] = parseJson(name.slice(0, name.lastIndexOf(']') + 1)) as readonly [string, Value];
  const target =
    typeof to === 'string' ? to : isFields(to) ? valuesOf(to).find((value) => typeof value === 'string') : '';
  return `${word} ${toText(target ?? '')}`.trim();
}

/** Where it is, in words where it says so in a way that is known. */
function markOf(mark: Value): string {
  const at = field(mark, 'at') ?? mark;
  const size = field(at, 'size');
  const last = field(at, 'last');
  if (typeof size === 'number') return `: ${count(size)} bytes`;
  if (typeof last === 'string') return `: last ${last}`;
  return '';
}

/** Of a stage that has none the bytes say all. */
function entriesInWords(entries: number | undefined): string {
  if (entries === undefined || entries === 0) return '';
  return entries === 1 ? '1 entry, ' : `${count(entries)} entries, `;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
