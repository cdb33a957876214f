import { Worker } from 'node:worker_threads';
import type { Clock } from '../../base/clock.ts';
import { toJson } from '../../base/json.ts';
import { parseSpeltJson } from '../../base/number-text.ts';
import type { Value } from '../../base/value.ts';
import type { Batch } from './batch.ts';
import { Refusal } from './refusal.ts';
import type { SentResult, ThenMessage, ThenTask } from './then-message.ts';
import { View } from './view.ts';

/** How long stages may take for one result, and to begin, ms. */
const LONGEST = 2000;
const LONGEST_START = 10_000;
/** So many results may wait for them. */
const MOST_WAITING = 68;
/** The memory that a thread may take, MB. */
const MOST_MEMORY = 192;
/** Of the past so many rows in all are given to stages, so that windows begin with what was. */
const PAST_ROWS = 20_000;
const PAST_BATCHES = 60;

let threads = 0;

interface ThreadSettings {
  readonly clock: Clock;
  /** What a thread runs. */
  readonly script: URL;
  readonly task: ThenTask;
}

/**
 * Stages at work behind a view, in a thread of their own: however long they take and however much they want, nobody else waits for them, and
 * past a bound the thread is ended.
 */
export class ThenThread {
  /** Resolves with the view of what they give, when all that was there is worked on. Rejects with a Refusal. */
  readonly view: Promise<View>;
  /** What tells it from all others of the run. */
  readonly number = ++threads;
  /** Why it was ended, where it was. */
  refusal: Refusal | undefined;
  private readonly parent: View;
  private readonly settings: ThreadSettings;
  private readonly worker: Worker;
  private result: View | undefined;
  private waiting = 0;
  private isEnded = false;
  private callOff = () => {};
  private unfollow = () => {};
  private resolve: (view: View) => void = () => {};
  private reject: (refusal: Refusal) => void = () => {};

  constructor(parent: View, settings: ThreadSettings) {
    this.parent = parent;
    this.settings = settings;
    this.view = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Who waits for it hears of it; where nobody does, it is nobody's failure.
    this.view.catch(() => {});
    this.worker = new Worker(settings.script, {
      workerData: settings.task,
      // What others send reaches nothing of the environment, whatever a word makes of `${NAME}`.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
      stdout: true,
      stderr: true,
    });
    this.worker.on('message', (message: ThenMessage) => this.hear(message));
    this.worker.on('error', (error: NodeJS.ErrnoException) => {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      const what = `?then= may take ${MOST_MEMORY} MB of memory, and these stages want more`;
      this.end(
        isMemory ? refusal('then-memory', what) : new Refusal(500, 'fault', 'these stages failed by a fault of leat'),
      );
    });
    this.limit(LONGEST_START);
  }

  private limit(time: number): void {
    this.callOff();
    const { clock } = this.settings;
    const what = `?then= may take ${LONGEST / 1000} s for a result, and these stages take longer`;
    this.callOff = clock.at(clock.now() + time, () => this.end(refusal('then-too-long', what)));
  }

  private hear(message: ThenMessage): void {
    // What was on its way when it was ended.
    if (this.isEnded) return;
    if (message.kind === 'refused') {
      const { status, code, message: text, help, more } = message.refusal;
      this.end(new Refusal(status, code, text, help, more === undefined ? {} : { more }));
    } else if (message.kind === 'ready') this.begin(message);
    else this.take(message.results);
  }

  private take(results: readonly SentResult[]): void {
    for (const { span, records } of results) {
      for (const record of parseSpeltJson(records) as readonly Value[]) this.result!.push(record);
      this.result!.close(span, undefined);
    }
    this.waiting--;
    if (this.waiting > 0) this.limit(LONGEST);
    else {
      this.callOff();
      this.resolve(this.result!);
    }
  }

  private begin({ rowKeys, isLog, type }: Extract<ThenMessage, { kind: 'ready' }>): void {
    const { name, keep, interval } = this.parent.settings;
    this.result = new View({ name, keep, rowKeys, isLog, isRunning: false, interval, type });
    this.callOff();
    const past = this.parent.ring.last(PAST_BATCHES, PAST_ROWS);
    for (const batch of past) this.give(batch);
    if (past.length === 0) this.resolve(this.result);
    this.unfollow = this.parent.follow({ batch: (batch) => this.next(batch), end: () => this.result!.end() });
  }

  private next(batch: Batch): void {
    if (this.waiting < MOST_WAITING) this.give(batch);
    else this.end(refusal('then-too-slow', 'results come faster than these stages take them'));
  }

  private give({ span, records }: Batch): void {
    if (this.waiting++ === 0) this.limit(LONGEST);
    this.worker.postMessage({ span, records: `[${records.map(toJson).join(',')}]` } satisfies SentResult);
  }

  /** Nothing more is worked on. @param refusal why, where it was past a bound. */
  end(refusal?: Refusal): void {
    this.refusal ??= refusal;
    this.isEnded = true;
    this.callOff();
    this.unfollow();
    void this.worker.terminate();
    if (refusal !== undefined) this.reject(refusal);
    this.result?.end(refusal);
  }
}

function refusal(code: string, message: string): Refusal {
  return new Refusal(503, code, message, 'let fewer records through first: filter(…)');
}
