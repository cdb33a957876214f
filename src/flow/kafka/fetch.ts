/**
 * What brokers have behind an offset: https://kafka.apache.org/protocol#The_Messages_Fetch. The driver tells of records only, not where
 * to go on behind batches of which none is left, and takes some for committed where several producers took back theirs side by side.
 */
import { type Broker, type Client, READ_COMMITTED } from './driver.ts';
import { failureOf } from './failure.ts';
import { batchesIn, isBatch, type StoredBatch, transactionOf } from './record-set.ts';
import { firstKeyOf, isSound } from './stored-records.ts';
import { ask, type Reader, type Request, Writer } from './wire.ts';

/** ms that a broker waits for a record before it says that there is none. */
const WAIT = 500;

/** What is fetched at a time of a broker, and of a partition, bytes. */
const MOST = 4 * 1024 * 1024;
const MOST_OF_ONE = 1024 * 1024;

const FETCH = 1;

/** The first version that tells of transactions, and the first with records that are packed by Zstandard. */
const OLD = 4;
const NEW = 10;
/** The first version that names topics by their ids. */
const BY_ID = 13;

const UNSUPPORTED_VERSION = 35;

/** What the key of a mark has behind its version where the transaction was taken back. */
const ABORT = 0;

interface Wanted {
  readonly topic: string;
  /** What tells the topic from another one of its name, where that is known. */
  readonly id: string | undefined;
  readonly number: number;
  /** From which on. */
  readonly offset: number;
}

/** What a producer has taken back: all of its transaction from an offset to the mark of its end. */
interface Aborted {
  readonly producer: number;
  readonly first: number;
}

interface Answer {
  readonly topic: string;
  readonly number: number;
  readonly errorCode: number;
  readonly high: number;
  readonly aborted: readonly Aborted[];
  readonly records: Buffer;
}

/** What was fetched of a partition. */
export interface Fetched {
  readonly topic: string;
  readonly number: number;
  /** Where the partition ends. */
  readonly high: number;
  /** How much has come, bytes, whatever it is. */
  readonly size: number;
  /** The offset to go on from; undefined where there is nothing yet. */
  readonly next: number | undefined;
  /** Without what was taken back and the marks of transactions. The first records may stand before what was asked for. */
  readonly batches: readonly StoredBatch[];
}

/** Asks a broker for what it has of partitions: it gives so much, first of the first. */
export async function fetchFrom(
  client: Client,
  leader: number,
  wanted: readonly Wanted[],
): Promise<readonly Fetched[]> {
  const broker = await client.cluster.findBroker({ nodeId: leader });
  const answers = await ask(broker, request(wanted, versionOf(broker, wanted)));
  for (const { errorCode } of answers) if (errorCode !== 0) throw failureOf(errorCode);
  const fetched: Fetched[] = [];
  for (const { topic, number, high, aborted, records } of answers) {
    const batches = [...batchesIn(records, high)];
    const next = batches.at(-1)?.next;
    fetched.push({ topic, number, high, size: records.length, next, batches: committed(batches, aborted) });
  }
  return fetched;
}

/**
 * What of batches counts, in order: none of a transaction that was taken back, and no mark. One that is damaged counts, since nobody knows what it is, and is told of as it is read.
 *
 * @param aborted in any order: brokers have them as they ended.
 */
export function committed(batches: readonly StoredBatch[], aborted: readonly Aborted[]): readonly StoredBatch[] {
  const coming = aborted.toSorted((a, b) => a.first - b.first);
  const open = new Set<number>();
  return batches.filter(({ bytes, next }) => {
    if (!isBatch(bytes)) return true;
    while (coming.length > 0 && coming[0]!.first < next) open.add(coming.shift()!.producer);
    const { producer, isMark, isTransactional } = transactionOf(bytes);
    if (isMark && isAbort(bytes)) open.delete(producer);
    const isLeftOut = isMark || (isTransactional && open.has(producer));
    return !isLeftOut || !isSound(bytes);
  });
}

function isAbort(mark: Buffer): boolean {
  try {
    return firstKeyOf(mark)?.readInt16BE(2) === ABORT;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function versionOf({ versions }: Broker, wanted: readonly Wanted[]): number {
  const last = versions[FETCH]?.maxVersion ?? 0;
  if (last < OLD) throw failureOf(UNSUPPORTED_VERSION);
  if (last >= BY_ID && wanted.every(({ id }) => id !== undefined)) return BY_ID;
  return last < NEW ? OLD : NEW;
}

function request(wanted: readonly Wanted[], apiVersion: number): Request<readonly Answer[]> {
  const about = { apiName: 'Fetch', apiKey: FETCH, apiVersion };
  if (apiVersion === BY_ID) {
    return { ...about, body: bodyById(wanted), read: (answer) => readById(answer, wanted), throttledAt: 1 };
  }
  const isNew = apiVersion === NEW;
  const body = head(new Writer());
  // No session: each request names all that is wanted.
  if (isNew) body.int32(0).int32(-1);
  body.int32(wanted.length);
  for (const { topic, number, offset } of wanted) {
    body.text(topic).int32(1).int32(number);
    if (isNew) body.int32(-1);
    body.int64(offset);
    if (isNew) body.int64(-1);
    body.int32(MOST_OF_ONE);
  }
  if (isNew) body.int32(0);
  const throttled = isNew ? { throttledAt: 0 } : {};
  return { ...about, body: body.bytes, read: (answer) => read(answer, isNew), ...throttled };
}

function head(body: Writer): Writer {
  return body.int32(-1).int32(WAIT).int32(1).int32(MOST).int8(READ_COMMITTED);
}

function bodyById(wanted: readonly Wanted[]): Buffer {
  const body = head(new Writer().noTags()).int32(0).int32(-1).count(wanted.length);
  for (const { id, number, offset } of wanted) {
    body.raw(Buffer.from(id!, 'hex')).count(1).int32(number).int32(-1).int64(offset).int32(-1).int64(-1);
    body.int32(MOST_OF_ONE).noTags().noTags();
  }
  return body.count(0).compactText('').noTags().bytes;
}

function readById(answer: Reader, wanted: readonly Wanted[]): readonly Answer[] {
  answer.tags();
  // For how long to be quiet.
  answer.int32();
  const errorCode = answer.int16();
  if (errorCode !== 0) throw failureOf(errorCode);
  answer.int32();
  return answer
    .compactList(() => {
      const id = answer.raw(16).toString('hex');
      const topic = wanted.find((one) => one.id === id)?.topic ?? '';
      const partitions = answer.compactList(() => {
        const [number, errorCode, high] = [answer.int32(), answer.int16(), answer.int64()];
        // Where what is decided ends, and where all begins.
        answer.raw(16);
        const aborted = answer.compactList(() => {
          const one = { producer: answer.int64(), first: answer.int64() };
          answer.tags();
          return one;
        });
        // Who else has it.
        answer.int32();
        const records = answer.compactBytes();
        answer.tags();
        return { topic, number, errorCode, high, aborted, records };
      });
      answer.tags();
      return partitions;
    })
    .flat();
}

function read(answer: Reader, isNew: boolean): readonly Answer[] {
  // For how long to be quiet.
  answer.int32();
  if (isNew) {
    const errorCode = answer.int16();
    if (errorCode !== 0) throw failureOf(errorCode);
    answer.int32();
  }
  return answer
    .list(() => {
      const topic = answer.text();
      return answer.list(() => {
        const [number, errorCode, high] = [answer.int32(), answer.int16(), answer.int64()];
        // Where what is decided ends, and where all begins.
        answer.raw(isNew ? 16 : 8);
        const aborted = answer.list(() => ({ producer: answer.int64(), first: answer.int64() }));
        return { topic, number, errorCode, high, aborted, records: answer.raw(Math.max(0, answer.int32())) };
      });
    })
    .flat();
}
