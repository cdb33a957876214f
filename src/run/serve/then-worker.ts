import { parentPort, workerData } from 'node:worker_threads';
import { Refusal } from './refusal.ts';
import type { SentResult, ThenMessage, ThenTask } from './then-message.ts';
import { ThenWork } from './then-work.ts';

/** What a thread runs: the stages that somebody has sent, on each result that it is given, until it is ended. */
export function workOnThen(): void {
  const port = parentPort!;
  const say = (message: ThenMessage) => port.postMessage(message);
  const orRefused = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message, help, more } = error;
      say({ kind: 'refused', refusal: { status, code, message, help, more } });
      port.close();
    }
  };
  orRefused(() => {
    const work = new ThenWork(workerData as ThenTask);
    say(work.ready);
    port.on('message', (result: SentResult) => {
      orRefused(() => say({ kind: 'results', results: work.batch(result) }));
    });
  });
}
