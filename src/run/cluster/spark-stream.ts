import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { wallClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { ClusterStream, StreamBatch, StreamWish } from '../local/options/cluster.ts';
import { foundOf } from './found-of.ts';
import { type Frame, frameOf } from './frames.ts';

/** What leat and the JVM say to each other of a stream; the other side is `spark/Streams.java`. */
export const OF_STREAM = { begin: 'W', batch: 'B', done: 'D', over: 'Z' } as const;

/** Between the parts of what is said. */
const PART = '\0';
/** Where Spark writes down, in its directory, what belongs to each batch before it begins it. */
const OFFSETS = 'offsets';

/** How a stream is asked for. */
interface Asking {
  /** Where Spark keeps what it has to know of the stream. */
  readonly directory: string;
  readonly say: (frame: Buffer) => void;
  /** The next frame that Spark says; undefined where the run is to end first. */
  readonly next: (signal: AbortSignal) => Promise<Frame | undefined>;
  readonly failed: (message: string) => RunFailure;
}

/**
 * A query of Spark's Structured Streaming, of which Spark does all but the work: it finds what is new, writes down what belongs to each batch, and
 * goes on there after a failure.
 *
 * @param done the number of the last batch that an earlier run has done, −1 if none.
 * @throws RunFailure of exit 3 where there is no such directory, of exit 4 where what Spark has kept is not behind `done`.
 */
export function sparkStream(
  { directories, interval, once, find }: StreamWish,
  done: number,
  asking: Asking,
): ClusterStream {
  const { directory, say, next, failed } = asking;
  for (const one of directories) checkDirectory(one);
  const begun = lastBegun(directory);
  if (begun > done + 1 || begun < done) throw notBehind(directory, begun, done);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // What others are asked is there at once, whatever else there is.
  const isAskedOnly = once && directories.length === 0 && find !== undefined;
  const parts = [`${interval}`, once ? 'once' : 'on', directory, ...directories.map((one) => resolve(one))];
  if (!isAskedOnly) say(frameOf(OF_STREAM.begin, Buffer.from(parts.join(PART))));
  let isGiven = false;
  const nextBatch = async (signal: AbortSignal): Promise<StreamBatch | undefined> => {
    const frame = isAskedOnly ? undefined : await next(signal);
    if (frame === undefined || frame.type === OF_STREAM.over) {
      if (find === undefined || !once || isGiven || signal.aborted) return undefined;
      return { number: 0, time: wallClock.now(), isAgain: false, files: directories.map(() => []) };
    }
    if (frame.type !== OF_STREAM.batch) throw failed(`Spark gave the stream up: ${frame.payload}`);
    return batchOf(frame.payload.toString(), begun, directories.length);
  };
  return {
    async next(signal) {
      const batch = await nextBatch(signal);
      isGiven = true;
      if (batch === undefined || find === undefined) return batch;
      const found = await foundOf(directory, batch.number, find);
      return found === undefined ? undefined : { ...batch, found };
    },
    done: () => (isAskedOnly ? undefined : say(frameOf(OF_STREAM.done))),
  };
}

/** @param count of directories: in front of each path stands of which it is. */
function batchOf(text: string, begun: number, count: number): StreamBatch {
  const [number, time, ...found] = text.split(PART);
  const files = Array.from({ length: count }, (): string[] => []);
  for (const one of found) {
    const end = one.indexOf(':');
    files[Number(one.slice(0, end))]!.push(one.slice(end + 1));
  }
  return { number: Number(number), time: Number(time), isAgain: Number(number) <= begun, files };
}

/** The number of the last batch that Spark has begun in a directory, −1 if none. */
function lastBegun(directory: string): number {
  const offsets = join(directory, OFFSETS);
  if (!existsSync(offsets)) return -1;
  return Math.max(-1, ...readdirSync(offsets).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : [])));
}

function checkDirectory(directory: string): void {
  if (!existsSync(directory)) {
    const help = 'make it: on a cluster it is not waited for';
    throw new RunFailure('no-such-directory', 3, `${directory} does not exist`, help);
  }
  // Spark would take these for a pattern.
  const [wild] = /[*?[\]{}\\]/.exec(resolve(directory)) ?? [];
  if (wild === undefined) return;
  const message = `on a cluster the path of a directory may not have a ${wild} in it: ${directory}`;
  throw new RunFailure('not-on-cluster', 3, message, 'rename it, or leave --engine out');
}

function notBehind(directory: string, begun: number, done: number): RunFailure {
  const message =
    begun < done
      ? `${directory} is not what the run went on with: Spark has begun ${begun + 1} batches there, and ${done + 1} were done`
      : `${directory} is of another run: Spark has begun ${begun + 1} batches there, and ${done + 1} were done`;
  return new RunFailure('checkpoint-spark', 4, message, 'begin anew, with another directory');
}
