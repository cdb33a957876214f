import { parentPort, workerData } from 'node:worker_threads';
import { toMessage } from './part-message.ts';
import { type PartTask, runParts } from './part-run.ts';

/** What a worker thread runs: the parts that it was told, once. */
export async function workOnParts(): Promise<void> {
  const result = await runParts(workerData as PartTask);
  // What was counted as bytes is handed over, not copied.
  const transferred = (result.groups.texts?.stretches ?? []).map(({ buffer }) => buffer as ArrayBuffer);
  parentPort?.postMessage(toMessage(result), transferred);
}
