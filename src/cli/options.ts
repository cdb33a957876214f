import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../base/duration.ts';
import { parseSize } from '../base/size.ts';
import type { PrintFormat } from '../flow/define/context.ts';
import type { BadMax } from '../run/local/options/local-options.ts';
import type { StatsFlag } from './stats-report.ts';

/** The options of a run, as the command line gives them. Durations in ms, sizes in bytes. */
export interface RunFlags {
  readonly file?: string;
  /** The batch interval where it was given; see {@link intervalOf}. */
  readonly batch?: number;
  readonly once?: true;
  readonly batches?: number;
  readonly for?: number;
  readonly format?: PrintFormat;
  readonly color?: boolean;
  readonly live?: boolean;
  readonly status?: boolean;
  readonly sparklines?: true;
  /** The former name of `sparklines`. */
  readonly spark?: true;
  /** Where to serve each output of the program. */
  readonly serve?: Address;
  /** Where to leave what is drawn at the end. */
  readonly save?: string;
  /** Data goes to a terminal as it is. */
  readonly raw?: true;
  readonly stats?: StatsFlag;
  readonly bad?: string;
  readonly badMax?: BadMax;
  readonly stateMax: number;
  /** False where all stages are to work on records rather than on bytes. */
  readonly kernels: boolean;
  readonly workers?: number;
  /** Who does the work. */
  readonly engine?: 'local' | 'spark';
  /** Spark's address of the cluster. */
  readonly master?: string;
  /** Each `key=value` of Spark's configuration. */
  readonly conf?: readonly string[];
  readonly record?: string;
  /** How many times as fast as it was; Infinity for as fast as can be. */
  readonly replay?: number;
  readonly import?: readonly string[];
  /** The directory that the run is kept in. */
  readonly checkpoint?: string;
  readonly changed?: 'new';
  readonly final?: true;
  /** A port, or an address and a port, to listen at in front of the program. */
  readonly listen?: string;
  /** No notes. */
  readonly quiet?: true;
  /** How what leat itself says is written. */
  readonly errors?: 'json' | 'text';
}

/** A port, and the address of this machine where it is one's own. */
export interface Address {
  readonly host: string | undefined;
  readonly port: number;
}

/** The batch interval unless given, ms. */
const BATCH = 1000;

/** The batch interval, ms. */
export function intervalOf({ batch = BATCH }: Pick<RunFlags, 'batch'>): number {
  return batch;
}

/** The shortest batch interval, ms: below it the work of closing a batch outweighs that of filling it. */
const SHORTEST_BATCH = 10;

// Each of these reads the text of an option, or throws InvalidArgumentError with what was expected.

export function readDuration(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined || duration <= 0)
    throw new InvalidArgumentError('Expected a duration: 500ms, 10s, 1h30m.');
  return duration;
}

export function readBatch(text: string): number {
  const interval = readDuration(text);
  if (interval < SHORTEST_BATCH || !Number.isInteger(interval)) {
    throw new InvalidArgumentError(`Expected whole milliseconds, ${SHORTEST_BATCH}ms or more.`);
  }
  return interval;
}

export function readAddress(text: string): Address {
  const match = /^(?:(.*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) throw new InvalidArgumentError('Expected a port: 8080, or 0.0.0.0:8080.');
  return { host: match[1] === undefined ? undefined : match[1].replace(/^\[|\]$/g, '') || '0.0.0.0', port };
}

export function readSize(text: string): number {
  const size = parseSize(text);
  if (size === undefined || size <= 0) throw new InvalidArgumentError('Expected a size: 64kb, 500mb, 2gb.');
  return size;
}

export function readCount(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('Expected a whole number from 1 up.');
  return Number(text);
}

export function readBadMax(text: string): BadMax {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected a number of records or a part of them: 100, 0.5%.');
  const amount = Number(match[1]);
  if (match[2] === '%' && amount > 100) throw new InvalidArgumentError('Expected a part of at most 100%.');
  if (match[2] === '%') return { share: amount / 100 };
  if (!Number.isInteger(amount)) throw new InvalidArgumentError('Expected a whole number of records, or a part: 0.5%.');
  return { count: amount };
}

export function readReplay(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]);
  if (!(speed > 0)) throw new InvalidArgumentError('Expected a speed: 1x, 60x, max.');
  return speed;
}

/** What `--stats` may be given: `json`, `10s`, both with a comma between, or `end`, which is what it means alone. */
export function readStats(text: string): StatsFlag {
  const parts = text.split(',');
  const every = parts.map(parseDuration).find((duration) => duration !== undefined);
  if (!parts.every((part) => part === 'json' || part === 'end' || parseDuration(part) !== undefined) || every === 0) {
    throw new InvalidArgumentError('Expected json, a duration, or both: json, 10s, 10s,json.');
  }
  return { json: parts.includes('json'), ...(every === undefined ? {} : { every }) };
}

/**
 * The arguments with the value of `--stats` joined to it. It may stand alone, and what follows it then is the program: `--stats 'words |
 * count'`, which a parser of options takes for its value.
 */
export function joinStats(args: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const next = args[i + 1];
    if (args[i] === '--') return [...joined, ...args.slice(i)];
    if (args[i] !== '--stats') joined.push(args[i]!);
    else if (next !== undefined && isStatsValue(next)) joined.push(`--stats=${args[++i]}`);
    else joined.push('--stats=end');
  }
  return joined;
}

function isStatsValue(text: string): boolean {
  return text.split(',').every((part) => part === 'json' || parseDuration(part) !== undefined);
}

/** Collects an option that may be given several times. */
export function collect(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}
