import { Worker } from 'node:worker_threads';
import { RunFailure } from '../../../base/problem.ts';
import type { Source } from '../../../flow/define.ts';
import { cutFiles, type FilePart, type PlainFile } from '../../../flow/sources/parts.ts';
import type { Core } from '../core.ts';
import { Turn } from '../turn.ts';
import type { Workers } from '../workers.ts';
import type { PartResult, PartTask } from './part-run.ts';
import { partedStages } from './parted-plan.ts';

/** Smaller inputs are read before a worker has started, bytes. */
const LEAST = 48 * 1024 * 1024;
/** About what the main thread reads while a worker starts, bytes. */
const HEAD_START = 40 * 1024 * 1024;
const KILOBYTE = 1024;

/**
 * Reads plain files with several threads, each a run of lines of its own up to the first aggregation; the partial results are merged
 * in the order of the input. So the answer is the same, to the byte, however many threads there are.
 *
 *     main thread   [ part 1 ──────────── ] ◀ absorb 2 ◀ absorb 3 ─▶ close
 *     worker               [ part 2 ──────── ]
 *     worker               [ part 3 ──────── ]
 *
 * @returns whether it did; false where the input or the program does not allow it.
 */
export async function driveParts(core: Core, source: Source, workers: Workers): Promise<boolean> {
  const parted = partedStages(core.plan);
  const group = parted && core.groups.get(parted.group);
  if (source.inParts === undefined || group === undefined || group.isByProgram) return false;
  const files = await source.inParts.files();
  const total = (files ?? []).reduce((sum, { start, end }) => sum + end - start, 0);
  if (files === undefined || total === 0 || (total < LEAST && !workers.isAsked)) return false;
  const [own, ...others] = cutFiles(files, sharesOf(total, workers.count));
  const signals = new Int32Array(new SharedArrayBuffer(4 * (1 + others.length)));
  core.signal.addEventListener('abort', () => Atomics.store(signals, 0, 1), { once: true });
  let absorbed = 0;
  core.expectParts(core.sources[0]!, total, () => {
    let kilobytes = 0;
    for (let own = absorbed + 1; own < signals.length; own++) kilobytes += Atomics.load(signals, own);
    return kilobytes * KILOBYTE;
  });
  const results = others.map((parts, i) => startWorker(core, workers, { parts, signals, own: i + 1 }));
  const lines = new LineCounts();
  await readOwn(core, source, own ?? [], lines);
  for (const [i, result] of results.entries()) {
    const { groups, records, bytes, lines: counted, bad, notes, failure } = await result;
    for (const note of notes) core.note(note);
    group.absorb(groups);
    core.sources[0]!.reader.records += records;
    core.sources[0]!.reader.bytes += bytes;
    absorbed++;
    counted.forEach((count, k) => {
      const { name } = others[i]![k]!;
      core.absorbBad(bad[k]!, lines.before(name));
      lines.add(name, count);
    });
    if (failure !== undefined) core.fail(new RunFailure(failure.code, failure.exit, failure.message, failure.help));
  }
  return true;
}

/** The parts of the input: the main thread has the larger one, since it need not start. */
function sharesOf(total: number, count: number): readonly number[] {
  const each = (total - Math.min(HEAD_START, total / 5)) / count / total;
  return [1 - each * (count - 1), ...Array.from({ length: count - 1 }, () => each)];
}

async function readOwn(core: Core, source: Source, parts: readonly FilePart[], lines: LineCounts): Promise<void> {
  const { reader } = core.sources[0]!;
  const turn = new Turn(core.options.clock);
  for (const part of parts) {
    if (core.signal.aborted) return;
    const before = reader.records;
    await source.inParts!.read(part, () => turn.over());
    lines.add(part.name, reader.records - before);
  }
}

function startWorker(
  core: Core,
  { script, program }: Workers,
  share: Pick<PartTask, 'parts' | 'signals' | 'own'>,
): Promise<PartResult> {
  const task: PartTask = {
    program,
    interval: core.interval,
    batchEnd: core.batchEnd,
    stateMax: core.stateMax,
    stdinIsFile: core.options.stdinIsFile,
    kernels: core.options.kernels,
    ...share,
  };
  const worker = new Worker(script, { workerData: task });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a worker ended without a result')));
  });
}

/** How many lines of each file came before. */
class LineCounts {
  private readonly counts = new Map<PlainFile['name'], number>();

  before(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  add(name: string, lines: number): void {
    this.counts.set(name, this.before(name) + lines);
  }
}
