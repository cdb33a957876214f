import { wallClock } from '../../base/clock.ts';
import type { SourceContext } from '../define/context.ts';
import { reasonOf } from '../input/fault.ts';
import { type Client, NO_MEMBER } from './driver.ts';
import type { Partition } from './partition.ts';

/** ms between two times that a group is told how far it was read. */
const COMMIT = 5000;

/** ms at the end for a group to be told and connections to close: a broker that does not answer holds nothing up. */
const LAST_WORD = 2000;

/** Tells a group how far its topics were read, so that others see how far that is behind. */
export class GroupProgress {
  private readonly groupId: string | undefined;
  private readonly context: SourceContext;
  private next = 0;
  private telling = Promise.resolve();

  /** @param groupId undefined where there is none to be told. */
  constructor(groupId: string | undefined, context: SourceContext) {
    this.groupId = groupId;
    this.context = context;
  }

  get isDue(): boolean {
    return this.context.clock.now() >= this.next;
  }

  /** @param client the one that is at work at the time. Never rejects. */
  tell(client: () => Client | undefined, partitions: () => Iterable<Partition>): Promise<void> {
    this.next = this.context.clock.now() + COMMIT;
    // One after the other, so that none tells of less than the one before.
    this.telling = this.telling.then(() => this.tellNow(client, partitions()));
    return this.telling;
  }

  /** Waits at the end for what is being told, and not for long. */
  lastWord(told: Promise<void>): Promise<void> {
    return within(LAST_WORD, told);
  }

  private async tellNow(clientNow: () => Client | undefined, partitions: Iterable<Partition>): Promise<void> {
    const { groupId, context } = this;
    const client = clientNow();
    if (groupId === undefined || client === undefined) return;
    const news = [...partitions]
      .map((one) => ({ one, offset: one.offset }))
      .filter(({ one, offset }) => offset !== one.committed);
    try {
      await context.kept?.();
      if (clientNow() !== client || news.length === 0) return;
      const topics = news.map(({ one: { topic, number }, offset }) => ({
        topic,
        partitions: [{ partition: number, offset: String(offset) }],
      }));
      const broker = await client.cluster.findGroupCoordinator({ groupId });
      await broker.offsetCommit({ ...NO_MEMBER, groupId, topics });
      for (const { one, offset } of news) one.committed = offset;
    } catch (error) {
      if (clientNow() === client)
        context.note(`the group ${groupId} cannot be told how far it was read: ${reasonOf(error)}`);
    }
  }
}

/** Resolves when the promise does, or so many ms later. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let callOff = () => {};
  const late = new Promise<void>((resolve) => {
    callOff = wallClock.at(wallClock.now() + ms, resolve);
  });
  await Promise.race([promise, late]);
  callOff();
}
