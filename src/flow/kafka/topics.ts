import type { Pattern } from '../pattern/pattern.ts';
import type { Client } from './driver.ts';
import { topicIds } from './topic-ids.ts';

/** The topics of this name, or those whose names match, in order of name. Which partitions they have, and who has these, is known then. */
export async function findTopics({ admin, cluster }: Client, wanted: string | Pattern): Promise<readonly string[]> {
  const all = await admin.listTopics();
  const topics = all.filter((name) => (typeof wanted === 'string' ? name === wanted : wanted.test(name))).sort();
  if (topics.length > 0) {
    await cluster.addMultipleTargetTopics(topics);
    await cluster.refreshMetadata();
  }
  return topics;
}

/** What tells topics from others of their names, where brokers say that. */
export async function idsOf({ cluster }: Client, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const led = topics.flatMap((topic) => cluster.findTopicPartitionMetadata(topic)).find(({ leader }) => leader >= 0);
  return led === undefined ? new Map() : topicIds(await cluster.findBroker({ nodeId: led.leader }), topics);
}
