import type { Chunk } from '../../../flow/define/chunk.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import { type Core, type Driven, orAborted, untilEnded } from './core.ts';
import { ClusterReading } from './drive-cluster.ts';
import { driveParts } from './drive-parts.ts';

/** All input is one batch, read as fast as it comes. */
export async function driveBounded(core: Core): Promise<Driven> {
  const { duration, clock } = core.options;
  const callOff = duration === undefined ? () => {} : clock.at(clock.now() + duration, () => core.stop());
  await readAll(core, (source, chunk) => {
    if (isInTime(source)) core.batches.extend(core.context.clock.now());
    source.reader.read(chunk);
    core.arrived();
  });
  callOff();
  if (core.sources.all.some(isInTime)) core.batches.extend(core.context.clock.now());
  return { lastIsWhole: !core.signal.aborted, isOver: !core.signal.aborted };
}

/** Whether records of a source come when they come, so that the batch lasts as long as they do. */
function isInTime({ behaviour }: OpenSource): boolean {
  return behaviour.kind === 'live' || (behaviour.kind === 'bounded' && behaviour.arrives === true);
}

/** Reads all sources but lists to their ends, into the batch under way. @param take reads a chunk of a source. */
export async function readAll(
  core: Core,
  take = ({ reader }: OpenSource, chunk: Chunk) => reader.read(chunk),
): Promise<void> {
  const { workers, cluster } = core.options;
  const reading = cluster && new ClusterReading(core, cluster);
  const running = core.sources.all.map((source) => {
    const deliver = (chunk: Chunk) => {
      if (core.endings.isWanted) take(source, chunk);
      return core.blocked();
    };
    return core.sources.start(source, deliver, async (opened) => {
      const isDone =
        reading === undefined
          ? workers !== undefined && (await driveParts(core, opened, workers))
          : await reading.read(source, opened);
      if (!isDone) await opened.run();
    });
  });
  // What others do is told of to its end, which they come to soon.
  if (reading !== undefined) await orAborted(Promise.all(running), core.signal);
  await untilEnded(core, running);
}
