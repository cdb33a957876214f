import type { Client } from './driver.ts';

/** A topic's offsets by partition: of the first record that is there, and behind the last one that is committed. */
export interface Ends {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** @returns by partition. */
async function offsetsOf(
  { cluster }: Client,
  topic: string,
  where: { readonly fromBeginning: boolean } | { readonly fromTimestamp: number },
): Promise<readonly number[]> {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }));
  const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, ...where }]);
  const offsets: number[] = [];
  for (const { partition, offset } of found?.partitions ?? []) offsets[partition] = Number(offset);
  return offsets;
}

export async function endsOf(client: Client, topic: string): Promise<Ends> {
  const low = await offsetsOf(client, topic, { fromBeginning: true });
  const high = await offsetsOf(client, topic, { fromBeginning: false });
  return { low, high };
}

/**
 * The offsets, by partition, of a place in a topic.
 *
 * @param place a time, ms, stands for the first record that is as late or later.
 */
export async function offsetsAt(
  client: Client,
  topic: string,
  place: 'start' | 'end' | number,
  { low, high }: Ends,
): Promise<readonly number[]> {
  if (place === 'start') return low;
  if (place === 'end') return high;
  const offsets = await offsetsOf(client, topic, { fromTimestamp: place });
  // None is so late.
  return offsets.map((offset, i) => (offset < 0 ? high[i]! : offset));
}

/** What was committed for a group, by partition; less than 0 where nothing was. */
export async function committedBy({ admin }: Client, groupId: string, topic: string): Promise<readonly number[]> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets: number[] = [];
  for (const { partition, offset } of found?.partitions ?? []) offsets[partition] = Number(offset);
  return offsets;
}
