import { signal } from '@preact/signals';
import { ask, LiveView } from './live-view.ts';
import type { ViewInfo } from './result.ts';

export interface StageInfo {
  readonly stage: string;
  readonly kind: string;
  readonly in: number;
  readonly out: number;
  readonly bad: number;
  readonly late: number;
  readonly ms: number;
}

/** What `/api` says, times in ms. */
export interface Api {
  readonly leat: string;
  readonly program: string;
  readonly run: {
    readonly started: number;
    readonly over: boolean;
    readonly records: number;
    readonly bytes: number;
    readonly bad: number;
    readonly late: number;
    readonly batches: number;
    readonly lag: number;
    readonly watermark: number | null;
    readonly sources: readonly {
      readonly source: string;
      readonly of?: string;
      readonly opened: number;
      readonly open: number;
    }[];
  };
  readonly views: readonly ViewInfo[];
  readonly stages: readonly StageInfo[];
}

/** How often the state of the run is asked for, ms. */
const EVERY = 2000;

/** What this address shows: all views, one of them, or one without a frame. */
const [, isOne, name, isEmbedded] = /^\/(v)\/([^/]+)(\/embed)?\/?$/.exec(location.pathname) ?? [];

export const isBare = isEmbedded !== undefined;
export const isSingle = isOne !== undefined;
export const api = signal<Api | undefined>(undefined);
export const views = signal<readonly LiveView[]>([]);
export const trouble = signal('');

/** Asks for it again and again. */
export async function follow(): Promise<void> {
  try {
    const found = (await ask('/api')) as unknown as Api;
    api.value = found;
    trouble.value = '';
    const wanted = found.views.filter((view) => name === undefined || view.name === decodeURIComponent(name));
    if (wanted.length === 0) trouble.value = `there is no view ${decodeURIComponent(name ?? '')}`;
    const names = views.value.map(({ info }) => info.name).join('\n');
    if (names !== wanted.map((view) => view.name).join('\n')) {
      for (const view of views.value) view.close();
      views.value = wanted.map((info) => new LiveView(info, wanted.length > 1));
    }
  } catch (error) {
    trouble.value =
      error instanceof TypeError ? 'leat does not answer; trying again' : String((error as Error).message);
  }
  if (!document.hidden || api.value === undefined) setTimeout(() => void follow(), EVERY);
  else document.addEventListener('visibilitychange', () => void follow(), { once: true });
}

/** Holds all views, or lets all go on. */
export function holdAll(): void {
  const isHeld = !views.value.every((view) => view.isHeld.value);
  for (const view of views.value) view.hold(isHeld);
}
