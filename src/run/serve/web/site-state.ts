import { signal } from '@preact/signals';
import type { Api } from './api.ts';
import { ask, LiveView } from './live-view.ts';
import type { AlertInfo } from './result.ts';
import { saved } from './saved.ts';

/** How often the state of the run is asked for, ms. */
const EVERY = 2000;
/** The same where the page is not looked at. */
const SELDOM = 10_000;

/** What this address shows: all views, one of them, or one without a frame. That of a file says nothing. */
const [, isOne, name, isEmbedded] =
  (saved === undefined ? /^\/(v)\/([^/]+)(\/embed)?\/?$/.exec(location.pathname) : null) ?? [];

export const isBare = isEmbedded !== undefined;
export const isSingle = isOne !== undefined;
export const api = signal<Api | undefined>(undefined);
export const views = signal<readonly LiveView[]>([]);
export const trouble = signal('');

/** Asks for it again and again; what was saved is there. */
export async function follow(): Promise<void> {
  try {
    const found = saved?.api ?? ((await ask('/api/run')) as unknown as Api);
    api.value = found;
    trouble.value = '';
    const wanted = found.views.filter((view) => name === undefined || view.name === decodeURIComponent(name));
    if (wanted.length === 0) trouble.value = `there is no view ${decodeURIComponent(name ?? '')}`;
    const names = views.value.map(({ info }) => info.name).join('\n');
    if (names !== wanted.map((view) => view.name).join('\n')) {
      for (const view of views.value) view.close();
      views.value = wanted.map((info) => new LiveView(info, wanted.length > 1));
    }
    for (const { name, alerts } of wanted) views.value.find(({ info }) => info.name === name)!.alerts.value = alerts;
  } catch (error) {
    trouble.value =
      error instanceof TypeError ? 'leat does not answer; trying again' : String((error as Error).message);
  }
  titleOf(views.value);
  if (saved !== undefined) return;
  await untilNext();
  void follow();
}

/** Waits for the next time to ask: as soon as the page is looked at, or a while later where nobody does, since its title tells of alerts. */
function untilNext(): Promise<void> {
  return new Promise((resolve) => {
    const isSeen = !document.hidden || api.value === undefined;
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    const timer = setTimeout(done, isSeen ? EVERY : SELDOM);
    if (!isSeen) document.addEventListener('visibilitychange', done);
  });
}

/** The title says what the views are, and that alerts are on. */
function titleOf(shown: readonly LiveView[]): void {
  const count = shown.reduce((sum, { alerts }) => sum + countOf(alerts.value), 0);
  const names = shown.length === 0 ? 'leat' : `${shown.map(({ info }) => info.name).join(', ')} · leat`;
  document.title = count === 0 ? names : `${count === 1 ? 'ALERT' : `${count} ALERTS`} · ${names}`;
  document.documentElement.classList.toggle('alarmed', count > 0);
}

/** How many alerts there are. */
function countOf(alerts: readonly AlertInfo[]): number {
  return alerts.reduce((sum, { more = 1 }) => sum + more, 0);
}

/** Holds all views, or lets all go on. */
export function holdAll(): void {
  const isHeld = !views.value.every((view) => view.isHeld.value);
  for (const view of views.value) view.hold(isHeld);
}
