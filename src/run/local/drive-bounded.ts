import type { Chunk } from '../../flow/batch/chunk.ts';
import { type Core, type Driven, untilEnded } from './core.ts';
import { driveParts } from './parts/drive-parts.ts';

/** All input is one batch, read as fast as it comes. */
export async function driveBounded(core: Core): Promise<Driven> {
  const { duration, clock } = core.options;
  const callOff = duration === undefined ? () => {} : clock.at(clock.now() + duration, () => core.stop());
  await readAll(core);
  callOff();
  return { lastIsWhole: !core.signal.aborted };
}

/** Reads all sources but lists to their ends, into the batch under way. */
export async function readAll(core: Core): Promise<void> {
  const { workers } = core.options;
  const running = core.sources.map((source) => {
    const deliver = (chunk: Chunk) => {
      if (core.isWanted) source.reader.read(chunk);
      return core.blocked();
    };
    return core.start(source, deliver, async (opened) => {
      const isDone = workers !== undefined && (await driveParts(core, opened, workers));
      if (!isDone) await opened.run();
    });
  });
  await untilEnded(core, running);
}
