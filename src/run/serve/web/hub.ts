import { parseJson } from '../../../base/json.ts';
import { field } from '../../../base/value.ts';

/** What a view hears: an event by its name, with its data, or that the connection was opened, is lost (`error`), or will not come back by itself (`closed`). */
export type Hear = (kind: string, data: string) => void;

/** Browsers open six connections to a host at most, however many views there are: all of them hear by one. */
const hearers = new Map<string, Hear>();
/** What came for views that do not hear yet, since they look at what was before. */
const early = new Map<string, (readonly [kind: string, data: string])[]>();
let events: EventSource | undefined;
let isOpen = false;

/** Has the events of a view told from the whole result on. @returns how to call that off. */
export function hearShared(view: string, hear: Hear): () => void {
  hearers.set(view, hear);
  for (const [kind, data] of early.get(view) ?? []) hear(kind, data);
  early.delete(view);
  events ??= listen('/events', tell);
  if (isOpen) hear('open', '');
  return () => hearers.set(view, () => {});
}

function tell(kind: string, data: string): void {
  if (kind === 'open' || kind === 'error' || kind === 'end' || kind === 'closed') {
    isOpen = kind === 'open';
    for (const hear of hearers.values()) hear(kind, data);
    if (kind === 'end' || kind === 'closed') again();
    return;
  }
  const view = String(field(parseJson(data), 'view'));
  const hear = hearers.get(view);
  if (hear !== undefined) hear(kind, data);
  else early.set(view, [...(early.get(view) ?? []), [kind, data]]);
}

function again(): void {
  events?.close();
  setTimeout(() => {
    events = listen('/events', tell);
  }, AGAIN);
}

/** leat may be started again: then there is more, ms. */
export const AGAIN = 3000;

/** Opens a connection of its own. */
export function listen(address: string, hear: Hear): EventSource {
  const source = new EventSource(address);
  source.addEventListener('open', () => hear('open', ''));
  // A browser tries again where it finds nobody, and not where it is refused.
  source.addEventListener('error', () => hear(source.readyState === EventSource.CLOSED ? 'closed' : 'error', ''));
  for (const kind of ['result', 'change', 'skipped', 'end']) {
    source.addEventListener(kind, (event) => hear(kind, event.data));
  }
  return source;
}
