import { type Core, type Driven, untilEnded } from './core.ts';

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
  const running = core.sources.map((source) =>
    core.start(source, (chunk) => {
      if (core.isWanted) source.reader.read(chunk);
      return core.blocked();
    }),
  );
  await untilEnded(core, running);
}
