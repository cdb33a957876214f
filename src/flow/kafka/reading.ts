import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import type { Position, Split } from '../define/position.ts';
import { orAbort, sleep } from '../input/reading.ts';
import { brokersOf } from './address.ts';
import type { KafkaArguments } from './arguments.ts';
import { type Client, openClient } from './driver.ts';
import { causeOf, typeOf } from './failure.ts';
import { fetchFrom } from './fetch.ts';
import { GroupProgress } from './group-progress.ts';
import { Partition } from './partition.ts';
import { Retries } from './retries.ts';
import { committedBy, type Ends, endsOf, offsetsAt } from './start.ts';
import { findTopics, idsOf } from './topics.ts';

/** ms to the next look for topics and partitions that have come, and for brokers that have others now. */
const LOOK = 30_000;

/** ms to the next look where something is not there, or nobody has it now. */
const SOON = 1000;

/** The topic is gone, or another one is there, which the next look shows. */
const OTHER_TOPIC: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_ID', 'INCONSISTENT_TOPIC_ID']);

/** The leader of a partition that nobody has. */
const NOBODY = -1;

/** Reads the partitions of one or several topics, as no member of any group. */
export class KafkaReading {
  private readonly args: KafkaArguments;
  private readonly context: SourceContext;
  private readonly brokers: readonly string[];
  private readonly what: string;
  /** Those that were found, by key of the position. */
  readonly partitions = new Map<string, Partition>();
  private readonly before: ReadonlyMap<string, Split>;
  private readonly group: GroupProgress;
  private readonly retries: Retries;
  private client: Client | undefined;
  /** What is read has been found once. */
  private isAnnounced = false;
  /** Brokers have other partitions than was known. */
  private isStale = false;
  /** Others say that it is read. */
  private isQuiet: boolean;
  private nextLook = 0;

  constructor(args: KafkaArguments, context: SourceContext, from: Position = []) {
    this.args = args;
    this.context = context;
    this.isQuiet = args.ends !== undefined;
    this.brokers = brokersOf(args.brokers);
    const { topic } = args;
    this.what = `${typeof topic === 'string' ? topic : `/${topic.source}/`} of ${this.brokers.join(', ')}`;
    this.group = new GroupProgress(args.group, context);
    this.retries = new Retries(this.what, context);
    this.before = new Map(from.map((split) => [split.key, split]));
  }

  /** Reads until the end of the run, or of what is wanted. Rejects with a RunFailure of exit 3. */
  async run(): Promise<void> {
    const { context } = this;
    const { signal } = context;
    while (!signal.aborted && !this.isDone) {
      try {
        // At the end of the run nothing is waited for, whatever the brokers do: what is under way fails with its connection, and nobody minds.
        await orAbort(this.readOnce(), signal);
        await this.group.lastWord(this.commit());
      } catch (error) {
        this.close();
        if (!signal.aborted) await this.afterFailure(causeOf(error));
      }
      this.close();
    }
  }

  /** The partitions that there are by now, with their ends, for others to read. None at the end of the run. Rejects with a RunFailure of exit 3. */
  async find(): Promise<readonly Partition[]> {
    const { signal } = this.context;
    this.isQuiet = true;
    while (!signal.aborted) {
      try {
        await orAbort(this.findOnce(), signal);
        return signal.aborted ? [] : [...this.partitions.values()];
      } catch (error) {
        this.close();
        if (!signal.aborted) await this.afterFailure(causeOf(error));
      }
    }
    return [];
  }

  private async findOnce(): Promise<void> {
    const client = this.client ?? (await this.connect());
    await this.look();
    const there = [...this.partitions.values()].filter(({ leader }) => leader !== NOBODY);
    for (const topic of new Set(there.map((one) => one.topic))) {
      const ends = await endsOf(client, topic);
      for (const one of there.filter((other) => other.topic === topic)) {
        this.fit(one, ends);
        one.high = ends.high[one.number]!;
      }
    }
    this.retries.succeeded();
  }

  private get isBounded(): boolean {
    return this.context.once || this.args.until !== undefined || this.args.ends !== undefined;
  }

  private get isDone(): boolean {
    return this.isBounded && this.isAnnounced && [...this.partitions.values()].every(({ isDone }) => isDone);
  }

  /** Waits before the next try. What others have found was there. @throws where there is none. */
  private afterFailure(error: unknown): Promise<void> {
    const { wait, ends } = this.args;
    return this.retries.after(error, this.isAnnounced || ends !== undefined || (wait && !this.context.once));
  }

  /** Reads through one client, until all is read or the connection breaks. */
  private async readOnce(): Promise<void> {
    const { signal } = this.context;
    await this.connect();
    if (signal.aborted) return;
    await this.look();
    await this.read();
  }

  private async connect(): Promise<Client> {
    const client = openClient(this.brokers, this.args.access());
    this.client = client;
    await client.cluster.connect();
    if (!this.context.signal.aborted) await client.admin.connect();
    return client;
  }

  /** Lets go of brokers. */
  close(): void {
    this.client?.close();
    this.client = undefined;
  }

  /** Looks which topics and partitions there are, and who has them. */
  private async look(): Promise<void> {
    const client = this.client!;
    const topics = await findTopics(client, this.args.topic);
    const added: Partition[] = [];
    for (const one of this.partitions.values()) one.leader = NOBODY;
    const ids = await idsOf(client, topics);
    for (const topic of topics) {
      const found = client.cluster.findTopicPartitionMetadata(topic);
      await this.beginAnew(topic, ids.get(topic));
      if (found.some(({ partitionId }) => this.isNew(topic, partitionId)))
        added.push(...(await this.begin(topic, ids.get(topic))));
      for (const { partitionId, leader } of found) {
        const known = this.partitions.get(Partition.keyOf(topic, partitionId));
        if (known !== undefined) known.leader = leader;
      }
    }
    if (this.context.signal.aborted) return;
    // Of those that are known it is known how much came of them, too.
    const fresh = added.filter(({ topic, number }) => !this.before.has(Partition.keyOf(topic, number)));
    if (fresh.length > 0) await this.context.deliver({ kind: 'position', behind: fresh.map((one) => one.split()) });
    this.isStale = false;
    const lacking = [...this.partitions.values()].filter(({ leader, isDone }) => leader === NOBODY && !isDone);
    for (const { topic } of lacking) this.context.note(`${topic} is gone; it is read on when it is there again`);
    this.nextLook = this.context.clock.now() + (lacking.length > 0 || topics.length === 0 ? SOON : LOOK);
    await this.announce(topics);
  }

  /** Whether a partition is to be read that is not yet. */
  private isNew(topic: string, number: number): boolean {
    const key = Partition.keyOf(topic, number);
    return !this.partitions.has(key) && this.args.ends?.has(key) !== false;
  }

  /** Where a topic is another one than the one that was read, it is read from its start. */
  private async beginAnew(topic: string, id: string | undefined): Promise<void> {
    const own = [...this.partitions.values()].filter((one) => one.topic === topic);
    if (id === undefined || own.every((one) => one.id === id)) return;
    const ends = await endsOf(this.client!, topic);
    const last = this.isBounded ? await offsetsAt(this.client!, topic, this.args.until ?? 'end', ends) : [];
    for (const one of own) {
      const isOther = one.id !== undefined && one.id !== id;
      one.id = id;
      if (!isOther || ends.low[one.number] === undefined) continue;
      this.readAnew(one, ends.low[one.number]!, last[one.number] ?? Number.POSITIVE_INFINITY);
    }
  }

  /** Of what others have found in the topic before nothing is there. */
  private readAnew(one: Partition, low: number, end: number): void {
    const { name, offset } = one;
    one.end = this.args.ends === undefined ? end : offset;
    if (this.args.ends !== undefined) return;
    one.offset = low;
    const how = 'its topic was made anew, and is read from its start';
    this.context.note(`${name} was read up to offset ${offset}: ${how}`);
  }

  /** Begins with the partitions of a topic that were not there before. */
  private async begin(topic: string, id: string | undefined): Promise<readonly Partition[]> {
    const client = this.client!;
    const { from, until, group } = this.args;
    const ends = await endsOf(client, topic);
    // What has come since the first look, be it of an earlier run, is read whole.
    const isFirst = !this.isAnnounced && this.before.size === 0;
    const starts = await offsetsAt(client, topic, isFirst ? from : 'start', ends);
    const committed = group === undefined || !isFirst ? [] : await committedBy(client, group, topic);
    const last = this.isBounded ? await offsetsAt(client, topic, until ?? 'end', ends) : [];
    const added: Partition[] = [];
    for (const number of ends.low.keys()) {
      const key = Partition.keyOf(topic, number);
      if (!this.isNew(topic, number)) continue;
      const earlier = this.before.get(key);
      const known = committed[number] ?? -1;
      const start = earlier === undefined ? (known < 0 ? starts[number]! : known) : Partition.at(earlier).offset;
      const given = this.args.ends?.get(key);
      const end =
        given === undefined ? (last[number] ?? Number.POSITIVE_INFINITY) : Math.min(given, ends.high[number]!);
      const one = new Partition(topic, number, start, end, this.args, this.context, earlier);
      one.id = id;
      const before = earlier === undefined ? undefined : Partition.at(earlier).id;
      if (before !== undefined && id !== undefined && before !== id) this.readAnew(one, ends.low[number]!, end);
      this.fit(one, ends);
      one.high = ends.high[number]!;
      this.partitions.set(key, one);
      added.push(one);
    }
    return added;
  }

  /** Says so where what would be read next is not there, and goes on in what is. */
  private fit(partition: Partition, { low, high }: Ends): void {
    const { name, offset, number } = partition;
    const first = low[number]!;
    if (offset < first) {
      const count = first - offset;
      this.context.note(
        `lost: ${count === 1 ? 'the record' : `${count} records`} of ${name} from offset ${offset} on, which the broker has deleted; reading on at ${first}`,
      );
    } else if (offset > high[number]! && this.args.ends === undefined) {
      this.context.note(
        `${name} ends at offset ${high[number]}, before ${offset}: it was made anew, and is read from its start`,
      );
    } else return;
    partition.offset = first;
  }

  private async announce(topics: readonly string[]): Promise<void> {
    if (this.isAnnounced) return;
    const { context } = this;
    if (topics.length === 0) {
      if (this.isBounded || !this.args.wait) throw new RunFailure('no-such-topic', 3, `there is no topic ${this.what}`);
      context.note(`waiting for ${this.what}, which does not exist yet`);
      return;
    }
    this.isAnnounced = true;
    if (context.once || this.isQuiet) return;
    // Who is told that it is read may write to it and count on it.
    await context.kept?.();
    context.note(this.about);
  }

  /** What is read, once it was found. */
  get about(): string {
    const { size } = this.partitions;
    return `reading ${this.what}, ${size === 1 ? '1 partition' : `${size} partitions`}`;
  }

  /** Reads from all brokers at the same time, until the next look. */
  private async read(): Promise<void> {
    const { signal, clock } = this.context;
    this.endThoseDone(this.partitions.values());
    while (!signal.aborted && !this.isDone) {
      const open = [...this.partitions.values()].filter(({ isDone, leader }) => !isDone && leader !== NOBODY);
      if (open.length === 0) await sleep(Math.max(0, this.nextLook - clock.now()), this.context);
      const leaders = new Set(open.map(({ leader }) => leader));
      const all = await Promise.allSettled([...leaders].map((leader) => this.readFrom(leader)));
      const failed = all.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      if (!signal.aborted && !this.isDone) await this.look();
    }
  }

  /** What others have found of a partition is not all that comes of it. */
  private endThoseDone(partitions: Iterable<Partition>): void {
    if (this.args.ends === undefined) for (const one of partitions) one.endIfDone();
  }

  private async readFrom(leader: number): Promise<void> {
    const { context } = this;
    const { clock, signal } = context;
    try {
      for (let turn = 0; !signal.aborted && !this.isStale && clock.now() < this.nextLook; turn++) {
        const own = [...this.partitions.values()].filter((one) => one.leader === leader);
        const wanted = own.filter(({ isDone }) => !isDone);
        if (wanted.length === 0) return;
        // What a broker gives at a time is used up by the first: each is that in its turn.
        const first = turn % wanted.length;
        await this.fetch(leader, [...wanted.slice(first), ...wanted.slice(0, first)]);
        this.endThoseDone(wanted);
        // Nothing is read the later for it: it may have to wait for a batch to be kept.
        if (this.group.isDue) void this.commit();
      }
    } catch (error) {
      // The others go on to the next look first.
      this.isStale = true;
      const type = typeOf(error);
      if (OTHER_TOPIC.has(type)) await sleep(SOON, context);
      else if (type === 'OFFSET_OUT_OF_RANGE') await this.findAgain();
      else throw error;
    }
  }

  private async fetch(leader: number, wanted: readonly Partition[]): Promise<void> {
    const fetched = await fetchFrom(this.client!, leader, wanted);
    for (const some of fetched) {
      const partition = this.partitions.get(Partition.keyOf(some.topic, some.number));
      if (partition === undefined || this.context.signal.aborted) continue;
      partition.high = some.high;
      this.tellLag();
      await partition.take(some);
      this.tellLag();
    }
    if (!wanted.some(({ isVain }) => isVain)) this.retries.succeeded();
  }

  private tellLag(): void {
    let lag = 0;
    for (const one of this.partitions.values()) lag += one.lag;
    this.context.lag?.(lag);
  }

  /** What would be read next is not there, of some partition. */
  private async findAgain(): Promise<void> {
    for (const topic of new Set([...this.partitions.values()].map((one) => one.topic))) {
      const ends = await endsOf(this.client!, topic);
      for (const one of this.partitions.values()) if (one.topic === topic) this.fit(one, ends);
    }
  }

  private commit(): Promise<void> {
    return this.group.tell(
      () => this.client,
      () => this.partitions.values(),
    );
  }
}
