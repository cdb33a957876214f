import { Worker } from 'node:worker_threads';
import { RunFailure } from '../../../base/problem.ts';
import type { Source } from '../../../flow/define/source.ts';
import { cutFiles } from '../../../flow/files/parts.ts';
import type { Plan } from '../../../query/plan/plan.ts';
import type { Workers } from '../options/workers.ts';
import { guessRuns } from '../parts/guessed-runs.ts';
import { fromMessage, type PartMessage } from '../parts/part-message.ts';
import type { PartResult, PartTask } from '../parts/part-run.ts';
import { partedStages } from '../parts/parted-plan.ts';
import { regroupingTest } from '../parts/regrouping.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import type { Core } from './core.ts';
import { PartedInput } from './parted-input.ts';

/** Smaller inputs are read before a worker has started, bytes. */
const LEAST = 48 * 1024 * 1024;
/** About what the main thread reads while a worker starts, bytes. */
const HEAD_START = 40 * 1024 * 1024;
const KILOBYTE = 1024;

/**
 * Reads plain files with several threads, each a run of lines of its own up to the first aggregation; the partial results are merged
 * in the order of the input. So the answer is the same, to the byte, however many threads there are. Where functions of the program combine
 * values, that is certain of some functions and values only; other parts are worked on again, in order.
 *
 *     main thread   [ part 1 ──────────── ] ◀ absorb 2 ◀ absorb 3 ─▶ close
 *     worker               [ part 2 ──────── ]
 *     worker               [ part 3 ──────── ]
 *
 * Where a stage remembers something of a file, such as its header, each part is begun with a guess of what that is. A guess that turns out
 * wrong, since a row reaches over the border, makes a part worthless: then the main thread reads it once more.
 *
 * @returns whether it did; false where the input or the program does not allow it.
 */
export async function driveParts(core: Core, source: Source, workers: Workers): Promise<boolean> {
  const parted = partedStages(core.plan);
  const group = parted && core.kept.parted.get(parted.group);
  if (source.shared === undefined || group === undefined) return false;
  const test = regroupingTest(parted!.group);
  if (group.isByProgram && test === undefined) return false;
  const files = await source.shared.files();
  const total = (files ?? []).reduce((sum, { start, end }) => sum + end - start, 0);
  if (files === undefined || total === 0 || (total < LEAST && !workers.isAsked)) return false;
  if (test !== undefined) group.watch?.(test);
  const byOrigin = parted?.byOrigin;
  const originStep = byOrigin && core.fieldWatch.withCopy(byOrigin, core.kept.byOrigin.get(byOrigin)!);
  const cut = cutFiles(files, sharesOf(total, workers.count));
  const runs =
    originStep === undefined ? cut.map((parts) => ({ parts, memory: undefined })) : guessRuns(cut, originStep);
  // Nothing that other threads made of their parts would be of use.
  if (runs === undefined) return false;
  const [own, ...others] = runs;
  const signals = new Int32Array(new SharedArrayBuffer(4 * (1 + others.length)));
  const stopWorkers = () => Atomics.store(signals, 0, 1);
  core.signal.addEventListener('abort', stopWorkers, { once: true });
  let absorbed = 0;
  core.sources.expectParts(core.sources.all[0]!, total, () => {
    let kilobytes = 0;
    for (let own = absorbed + 1; own < signals.length; own++) kilobytes += Atomics.load(signals, own);
    return kilobytes * KILOBYTE;
  });
  let results: readonly Promise<PartResult>[] | undefined;
  const startWorkers = () => {
    if (group.mayRegroup === false) return;
    results ??= others.map((run, i) => startWorker(core, workers, { ...run, signals, own: i + 1 }));
  };
  const input = new PartedInput(core, core.sources.all[0]!, source, originStep);
  // The first piece is likely to tell whether they are of any use.
  await input.read(own?.parts ?? [], startWorkers);
  startWorkers();
  let inOrder = false;
  for (const [i, { parts, memory }] of others.entries()) {
    const result = await results?.[i];
    absorbed++;
    const isOfUse = result?.mayRegroup === true && !inOrder && input.isAsGuessed(parts[0], memory);
    if (isOfUse && group.absorb(result.groups)) {
      takeOver(core, core.sources.all[0]!, parted!.plan, result);
      input.absorb(parts, result);
      continue;
    }
    if (result?.mayRegroup !== true || isOfUse) {
      // From the first part on whose groups must not be merged, all are worked on here, one after the other.
      inOrder = true;
      stopWorkers();
    }
    await input.read(parts);
  }
  input.end();
  return true;
}

/** What others tell of their work. */
type TakenOver = Pick<PartResult, 'reached' | 'fields' | 'notes' | 'comparisons' | 'records' | 'bytes' | 'failure'>;

/** Makes what another thread or process did the run's own, beside the groups and what is of the parts. @param part of the plan that it worked on. */
export function takeOver(core: Core, { reader }: OpenSource, part: Plan, result: TakenOver): void {
  const { failure } = result;
  core.reach.absorb(part, result.reached);
  core.fieldWatch.absorb(part, result.fields);
  for (const [about, message] of result.notes) core.reports.note(message, about);
  core.plan.comparisons.absorb(result.comparisons);
  reader.records += result.records;
  reader.bytes += result.bytes;
  if (failure !== undefined)
    core.reports.fail(new RunFailure(failure.code, failure.exit, failure.message, failure.help));
}

/** The parts of the input: the main thread has the larger one, since it need not start. */
function sharesOf(total: number, count: number): readonly number[] {
  const each = (total - Math.min(HEAD_START, total / 5)) / count / total;
  return [1 - each * (count - 1), ...Array.from({ length: count - 1 }, () => each)];
}

function startWorker(
  core: Core,
  { script, program }: Workers,
  share: Pick<PartTask, 'parts' | 'memory' | 'signals' | 'own'>,
): Promise<PartResult> {
  const task: PartTask = {
    program,
    source: 0,
    interval: core.batches.interval,
    batchEnd: core.batches.end,
    stateMax: core.context.stateMax,
    stdin: core.options.stdin,
    kernels: core.options.kernels,
    ...share,
  };
  const worker = new Worker(script, { workerData: task });
  return new Promise((resolve, reject) => {
    worker.once('message', (message: PartMessage) => resolve(fromMessage(message)));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a worker ended without a result')));
  });
}
