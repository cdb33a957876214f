import type { Chunk } from '../../../flow/define/chunk.ts';
import type { InputEntry } from '../../durable/input-entries.ts';
import type { Lane } from '../reading/lane.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import { type Core, hadAllBatches, sinksReady } from './core.ts';
import { EmptyBatches } from './empty-batches.ts';

/**
 * Works off what earlier runs have received and not worked on, each record in the batch in which it came.
 *
 *     log        10.2 s  10.7 s  11.4 s │ killed · · · │ begun 60.0 s  60.3 s │ killed
 *     batches    └─── up to 11 ─┘└ 12 ┘                └───── up to 61 ──┘
 *
 * @param pass lets the time pass up to `until` (ms) in which no process was at work.
 */
export async function replayReceived(core: Core, pass: (until: number) => Promise<void>): Promise<void> {
  const { received } = core.sources;
  if (received === undefined) return;
  const lanes: Lane[] = [];
  let release = () => {};
  const isRead = new Promise<void>((resolve) => {
    release = resolve;
  });
  const again = (lane: Lane) => {
    lanes.push(lane);
    return isRead;
  };
  const running = core.sources.all.flatMap((source) =>
    source.behaviour.received === true
      ? [core.sources.start(source, readerOf(core, source), undefined, { again })]
      : [],
  );
  const ticks = new Ticks(core, pass);
  await received.replay(lanes, core.signal, (entry) => ticks.reach(entry));
  release();
  await Promise.all(running);
}

function readerOf(core: Core, { reader }: OpenSource) {
  return (chunk: Chunk) => {
    if (core.endings.isWanted && !hadAllBatches(core)) reader.read(chunk);
    return core.blocked();
  };
}

/** The ticks that there were while entries came. */
class Ticks {
  private readonly core: Core;
  private readonly pass: (until: number) => Promise<void>;
  private readonly emptyBatches: EmptyBatches;
  /** Ticks since the last entry. */
  private empty = 0;

  constructor(core: Core, pass: (until: number) => Promise<void>) {
    this.core = core;
    this.pass = pass;
    this.emptyBatches = new EmptyBatches(core);
  }

  /** Closes the batches that were over before an entry came. */
  async reach({ kind, time }: InputEntry): Promise<void> {
    const { core } = this;
    if (kind === 'begin') return this.pass(time);
    for (this.empty = 0; time > core.batches.end && !core.signal.aborted; this.empty++) {
      core.tick();
      if (hadAllBatches(core)) core.stop();
      await sinksReady(core);
      await core.keeping;
      this.emptyBatches.leaveOutMany(time, this.empty);
    }
  }
}
