import { parseJson } from '../../../base/json.ts';
import type { Api } from './api.ts';
import type { Sent } from './result.ts';

/** What a page shows that was saved as a file (`--save`), times in ms since the epoch. */
interface Saved {
  readonly saved: number;
  readonly api: Api;
  readonly results: readonly { readonly view: string; readonly results: readonly Sent[] }[];
}

/** What this page has within itself; undefined where it is served, and asks. */
export const saved = read();

/** The results of a view that were saved, in order. */
export function savedResults(name: string): readonly Sent[] {
  return saved?.results.find(({ view }) => view === name)?.results ?? [];
}

function read(): Saved | undefined {
  const text = document.getElementById('leat-saved')?.textContent;
  return text === null || text === undefined ? undefined : (parseJson(text) as unknown as Saved);
}
