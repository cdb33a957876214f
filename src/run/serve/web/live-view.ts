import { signal } from '@preact/signals';
import { parseJson } from '../../../base/json.ts';
import { field, type Value } from '../../../base/value.ts';
import { changed } from '../../../flow/subscriptions/view-rows.ts';
import { AGAIN, type Hear, hearShared, listen } from './hub.ts';
import { Picture } from './picture.ts';
import type { AlertInfo, Result, Sent, ViewInfo } from './result.ts';
import { changedCells, columnsFor } from './rows.ts';
import { saved, savedResults } from './saved.ts';

/** Rows of what comes record by record that are shown, the newest. */
const LOG_ROWS = 2000;
/** So many of the last results are drawn along time. */
const LAST = 60;
/** Of larger results, those before are not fetched. */
const MANY_ROWS = 2000;
/** ms that cells are lit. */
const LIT = 1500;
/** ms from one large result that is shown to the next. */
const REST = 1000;

type State = 'connecting' | 'live' | 'lost' | 'over' | 'saved';

const NOTHING: Result = {
  batch: 0,
  time: 0,
  start: 0,
  end: 0,
  partial: false,
  keys: undefined,
  records: [],
  columns: { kind: 'value', all: [] },
  lit: new Set(),
};

/** A view as this page follows it. */
export class LiveView {
  readonly info: ViewInfo;
  /** What is shown: the newest result, or one of before while it is held. */
  readonly shown = signal<Result>(NOTHING);
  readonly state = signal<State>('connecting');
  readonly isHeld = signal(false);
  readonly skipped = signal(0);
  readonly picture: Picture;
  /** Stages that are put behind it, and what is wrong with them. */
  readonly stages = signal('');
  readonly mistake = signal('');
  /** Which alerts are on. */
  readonly alerts = signal<readonly AlertInfo[]>([]);
  private disconnect = () => {};
  private isShared = false;
  private newest: Result = NOTHING;
  /** The first result that was there when the page came, or has come since, ms. */
  private oldest: number | null;
  private dim: number | undefined;
  private rest: number | undefined;

  /** @param isShared whether it hears by the connection of all views. */
  constructor(info: ViewInfo, isShared: boolean) {
    this.info = info;
    this.oldest = info.oldest;
    this.picture = new Picture(info);
    void this.begin(isShared);
  }

  /** Past results come first, so that a reload shows them at once. */
  private async begin(isShared: boolean): Promise<void> {
    if (saved !== undefined) {
      this.state.value = 'saved';
      for (const result of savedResults(this.info.name)) this.put(result, false);
      return;
    }
    if (this.info.rows <= MANY_ROWS) {
      try {
        const past = (await ask(this.addressOf('.json', `last=${LAST}`))) as unknown as readonly Sent[];
        for (const result of past) this.put({ ...result, rows: result.records ?? [] }, false);
      } catch {
        // The events say what is wrong, if something is.
      }
    }
    this.connect(isShared);
  }

  /** Whether rows are what came in, one by one, so that the next ones stand beside them. What stages make of them takes the place of what they made before. */
  get isLog(): boolean {
    return this.info.kind === 'log' && this.stages.value === '';
  }

  /** What is known of its columns; of what stages make of them, nothing. */
  get columns(): Pick<ViewInfo, 'times' | 'by' | 'sums'> {
    const { times, by, sums } = this.info;
    return this.stages.value === '' ? { times, by, sums } : { times, by: [], sums: [] };
  }

  /** An address of the view, with the stages that are put behind it. */
  addressOf(ending: string, query = ''): string {
    const then = this.stages.value === '' ? '' : `then=${encodeURIComponent(this.stages.value)}`;
    const parts = [query, then].filter((part) => part !== '');
    return `${this.info.address}${ending}${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
  }

  /** Puts other stages behind it, none where they are ''. What is wrong with them is said, and what was there stays. */
  async putBehind(stages: string): Promise<void> {
    const before = this.stages.value;
    this.stages.value = stages.trim();
    try {
      await ask(this.addressOf('.json', 'wait=1ms'));
      this.mistake.value = '';
    } catch (error) {
      this.stages.value = before;
      this.mistake.value = mistakeOf((error as Error).message);
      return;
    }
    this.disconnect();
    this.newest = NOTHING;
    this.shown.value = NOTHING;
    clearTimeout(this.rest);
    this.rest = undefined;
    this.isHeld.value = false;
    this.picture.forget(this.stages.value !== '');
    await this.begin(false);
  }

  private connect(isShared: boolean): void {
    const hear: Hear = (kind, data) => this.hear(kind, data);
    if (isShared) this.disconnect = hearShared(this.info.name, hear);
    else {
      const events = listen(this.addressOf('/events'), hear);
      this.disconnect = () => events.close();
    }
    this.isShared = isShared;
  }

  private hear(kind: string, data: string): void {
    if (kind === 'open') this.state.value = 'live';
    else if (kind === 'error' || kind === 'closed') this.lose(kind === 'closed');
    else if (kind === 'result' || kind === 'change') this.put(parseJson(data) as unknown as Sent, kind === 'change');
    else if (kind === 'skipped') this.skipped.value += Number(field(parseJson(data), 'batches'));
    else if (kind === 'end') this.end(data);
  }

  private end(data: string): void {
    this.state.value = 'over';
    if (field(parseJson(data), 'error') === null) this.again();
    else {
      // It was ended past a bound, and would be again.
      this.mistake.value = mistakeOf(data);
      this.disconnect();
    }
  }

  private lose(isClosed: boolean): void {
    if (this.state.value !== 'over') this.state.value = 'lost';
    if (isClosed) this.again();
  }

  /** Connects anew by and by, unless it is told why that cannot be. */
  private again(): void {
    if (this.isShared) return;
    const { disconnect } = this;
    disconnect();
    setTimeout(async () => {
      if (this.disconnect !== disconnect) return;
      try {
        if (this.stages.value !== '') await ask(this.addressOf('.json', 'wait=1ms'));
      } catch (error) {
        if (error instanceof TypeError) this.again();
        else this.mistake.value = mistakeOf((error as Error).message);
        return;
      }
      this.connect(false);
    }, AGAIN);
  }

  /** It is not looked at any more. */
  close(): void {
    this.disconnect();
    this.disconnect = () => {};
  }

  private put(sent: Sent, isChange: boolean): void {
    const { batch, time, start, end, partial = false } = sent;
    // What was fetched as past comes again as the newest; in another run numbers begin anew.
    if (batch === this.newest.batch && time === this.newest.time) {
      if (!isChange) this.takeKeys(sent);
      return;
    }
    const { isLog } = this;
    const rows = isChange ? changed(this.newest, sent) : { keys: sent.keys, records: sent.rows };
    const all = isLog ? { keys: undefined, records: [...this.newest.records, ...rows.records].slice(-LOG_ROWS) } : rows;
    const columns = columnsFor(isLog ? all.records.slice(-200) : all.records);
    this.oldest ??= time;
    this.newest = { batch, time, start, end, partial, ...all, columns, lit: NOTHING.lit };
    if (this.rest === undefined) this.renew(rows.records);
  }

  /** What was fetched as past has no keys, by which the next change is put on it. */
  private takeKeys({ keys }: Sent): void {
    if (keys === undefined) return;
    this.newest = { ...this.newest, keys };
    const shown = this.shown.value;
    if (shown.batch === this.newest.batch && shown.time === this.newest.time) this.shown.value = { ...shown, keys };
  }

  /**
   * Draws and shows the newest; a large one only when who looks has had time for the one before: it is all rows that take the time, however few are others,
   * and a page that is always at work shows nothing.
   *
   * @param records what is new of it: all, but of what comes record by record.
   */
  private renew(records: readonly Value[]): void {
    const { newest } = this;
    this.picture.put(records, newest);
    if (!this.isHeld.value) this.show();
    if (newest.records.length <= MANY_ROWS) return;
    this.rest = window.setTimeout(() => {
      this.rest = undefined;
      if (this.newest.time !== newest.time) this.renew(this.newest.records);
    }, REST);
  }

  private show(): void {
    const { newest } = this;
    const before = this.shown.value;
    const lit = this.isLog || before.batch === 0 ? NOTHING.lit : changedCells(before, newest, newest.columns);
    this.shown.value = lit.size === 0 ? newest : { ...newest, lit };
    clearTimeout(this.dim);
    if (lit.size === 0) return;
    this.dim = window.setTimeout(() => {
      if (!this.isHeld.value) this.shown.value = { ...this.shown.value, lit: NOTHING.lit };
    }, LIT);
  }

  /** Holds what is shown, or goes on with the newest. */
  hold(isHeld: boolean): void {
    this.isHeld.value = isHeld;
    if (!isHeld) this.show();
  }

  /** Shows the result of a time (ms) that is kept, and holds it. */
  async lookAt(time: number): Promise<void> {
    this.isHeld.value = true;
    try {
      const sent = await this.resultAt(time);
      const records = sent.records ?? sent.rows;
      const { batch, start, end, partial = false } = sent;
      this.shown.value = {
        batch,
        time: sent.time,
        start,
        end,
        partial,
        keys: undefined,
        records,
        columns: columnsFor(records),
        lit: NOTHING.lit,
      };
    } catch {
      // It is not kept any more: the oldest that is comes with the next try.
    }
  }

  /** The result that was there at a time (ms). @throws where none is kept. */
  private async resultAt(time: number): Promise<Sent> {
    if (saved === undefined) {
      return (await ask(this.addressOf('.json', `at=${new Date(time).toISOString()}`))) as unknown as Sent;
    }
    const results = savedResults(this.info.name);
    return results.findLast((result) => result.time <= time) ?? results[0]!;
  }

  /** How far back it can be looked at, ms; undefined where there is one result, or none. */
  get times(): { readonly oldest: number; readonly newest: number } | undefined {
    const { oldest } = this;
    const newest = this.newest.time;
    return oldest === null || newest <= oldest ? undefined : { oldest, newest };
  }
}

/** What a refusal says, in a line or two. */
function mistakeOf(text: string): string {
  try {
    const error = field(parseJson(text), 'error');
    const help = field(error, 'help');
    return `${field(error, 'message')}${help === null ? '' : `: ${help}`}`;
  } catch {
    return 'leat does not answer';
  }
}

/** What the server answers, as data. @throws Error with what it says is wrong. */
export async function ask(address: string): Promise<Value> {
  const response = await fetch(address);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  // Nothing new came.
  if (response.status === 204) return null;
  return parseJson(text);
}
