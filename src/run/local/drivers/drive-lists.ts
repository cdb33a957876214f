import { type Core, type Driven, openLists, sinksReady } from './core.ts';
import { readAll } from './drive-bounded.ts';
import { openClusterLists } from './drive-cluster.ts';

/** How many batches are run back to back before timers and signals get their turn. */
const BATCHES_BETWEEN_TURNS = 64;

/** Lists of records, one a batch, on a virtual clock without waiting. Bounded sources beside them are read into the first batch. */
export async function driveLists(core: Core): Promise<Driven> {
  const { batches = Number.POSITIVE_INFINITY, duration = Number.POSITIVE_INFINITY, once } = core.options;
  // They have begun before the files beside them are read, and hold event time back until then.
  const { cluster } = core.options;
  const lists = cluster === undefined ? openLists(core) : openClusterLists(core, cluster);
  let isOver = false;
  await readAll(core);
  for (
    let index = 0;
    index < batches && core.batches.end - core.batches.begun <= duration && !core.signal.aborted;
    index++
  ) {
    const given: boolean[] = [];
    for (const next of lists) given.push(await next(index));
    if (cluster !== undefined && core.signal.aborted) break;
    isOver = given.every((isList) => !isList) && batches === Number.POSITIVE_INFINITY;
    if (isOver && (index > 0 || core.sources.records === 0)) break;
    if (!once) core.tick();
    await sinksReady(core);
    if (!core.sources.isOpen) break;
    if (index % BATCHES_BETWEEN_TURNS === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { lastIsWhole: true, isOver: isOver && !core.signal.aborted };
}
