import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { wallClock } from '../../../base/clock.ts';
import { toText } from '../../../base/json.ts';
import { isFields, isNumber, type Value } from '../../../base/value.ts';
import { visible } from '../../../base/visible.ts';
import { numberText } from '../../../flow/formats/numbers.ts';
import { formatMoment, formatPeriod } from '../../../flow/formats/times.ts';
import { KINDS } from '../../../flow/plots/chosen-chart.ts';
import { drawSvg } from '../../../flow/svg/draw-svg.ts';
import { grouped } from './column-sums.ts';
import { Copies } from './copies.tsx';
import type { LiveView } from './live-view.ts';
import type { Wanted } from './picture.ts';
import type { Result } from './result.ts';
import { cell } from './rows.ts';
import { saved } from './saved.ts';
import { StagesBox } from './stages-box.tsx';
import { Table } from './table.tsx';

/** One view: its picture, its rows, and how far back it is looked at. */
export function ViewPanel({ view }: { readonly view: LiveView }) {
  const { info, picture } = view;
  const result = view.shown.value;
  return (
    <section
      class={`view ${view.state.value}${view.isHeld.value ? ' held' : ''}${view.alerts.value.length > 0 ? ' alarmed' : ''}`}
      aria-label={info.name}
    >
      <header>
        <h2>{saved === undefined ? <a href={info.address}>{info.name}</a> : info.name}</h2>
        <span class="faint when">{whenText(result)}</span>
        <StateMark view={view} />
        <div class="tools end">
          <label>
            <span class="hidden">picture of {info.name}</span>
            <select
              value={picture.wanted.value}
              onChange={(event) => picture.choose(event.currentTarget.value as Wanted)}
            >
              {['auto', ...KINDS, 'table'].map((kind) => (
                <option key={kind} value={kind}>
                  {kind}
                </option>
              ))}
            </select>
          </label>
          <Copies view={view} />
        </div>
      </header>
      <Alerts view={view} />
      {saved === undefined ? <StagesBox view={view} /> : null}
      {result.batch === 0 ? <p class="faint empty">waiting for the first result…</p> : null}
      <Large result={result} />
      <Drawing view={view} />
      <Timeline view={view} />
      {isLarge(result) ? null : result.records.length === 0 ? (
        <p class="faint empty">{result.batch === 0 ? '' : 'no rows'}</p>
      ) : (
        <Table result={result} {...view.columns} isLog={view.isLog} label={info.name} />
      )}
    </section>
  );
}

/** So many alerts are shown; of the others how many there are. */
const MOST_ALERTS = 5;

function Alerts({ view }: { readonly view: LiveView }) {
  const alerts = view.alerts.value;
  const now = wallClock.now();
  const shown = alerts.slice(0, MOST_ALERTS);
  const others = alerts.slice(MOST_ALERTS).reduce((sum, { more = 1 }) => sum + more, 0);
  return (
    <div class="alerts" role="alert">
      {shown.map(({ alert, key, since, more }, i) => (
        <p key={i}>
          {more === undefined ? null : `${more} more: `}
          <strong>{alert}</strong>
          {key === undefined ? '' : ` for ${visible(toText(key))}`}
          {since === undefined ? '' : ` since ${formatMoment(since, now)}`}
        </p>
      ))}
      {others > 0 ? <p>and {others} more</p> : null}
    </div>
  );
}

function whenText({ batch, time, start, end, partial }: Result): string {
  if (batch === 0) return '';
  const now = wallClock.now();
  const of = end === time && end - start <= 60_000 ? formatMoment(time, now) : formatPeriod(start, end, now);
  return partial ? `${of} (cut short)` : of;
}

function StateMark({ view }: { readonly view: LiveView }) {
  const state = view.state.value;
  const text = { connecting: 'connecting…', live: '', lost: 'connection lost, trying again', over: 'ended', saved: '' }[
    state
  ];
  const skipped = view.skipped.value;
  return (
    <span class="state" role="status">
      {view.isHeld.value && saved === undefined ? 'paused ' : ''}
      {text}
      {skipped > 0 ? ` ${skipped} skipped` : ''}
    </span>
  );
}

/** Whether the figures say all there is. */
function isLarge({ records, columns }: Result): boolean {
  return (
    records.length === 1 &&
    columns.all.length <= 6 &&
    columns.all.every((column) => isNumber(cell(records[0]!, column)))
  );
}

/** One number that says all is large. */
function Large({ result }: { readonly result: Result }) {
  if (result.records.length !== 1 || result.columns.all.length > 6) return null;
  const numbers = result.columns.all
    .map((column) => ({ name: column.name, value: cell(result.records[0]!, column) }))
    .filter(({ value }) => isNumber(value as Value));
  if (numbers.length === 0) return null;
  const isNamed = isFields(result.records[0]!);
  return (
    <div class="large">
      {numbers.map(({ name, value }) => (
        <div key={name}>
          <span class="figure">{isNumber(value) ? grouped(numberText(value)) : ''}</span>
          {isNamed ? <span class="faint"> {name}</span> : null}
        </div>
      ))}
    </div>
  );
}

const pictureWidth = signal(widthOf());
addEventListener('resize', () => {
  pictureWidth.value = widthOf();
});

function widthOf(): number {
  return innerWidth < 600 ? 420 : 800;
}

function Drawing({ view }: { readonly view: LiveView }) {
  const plot = view.picture.plot.value;
  // As wide as there is room, so that its letters are as large as all others.
  const width = pictureWidth.value;
  const drawing = useMemo(
    () => (plot === undefined ? undefined : drawSvg(plot, { title: '', subtitle: '' }, width)),
    [plot, width],
  );
  if (drawing === undefined) return null;
  const { height, body } = drawing;
  return (
    <figure class="picture">
      <svg
        role="img"
        aria-label={`${plot?.kind} of ${view.info.name}`}
        viewBox={`0 0 ${width} ${height}`}
        dangerouslySetInnerHTML={{ __html: body }}
      />
    </figure>
  );
}

/** How far back: from the oldest result that is kept to the newest. */
function Timeline({ view }: { readonly view: LiveView }) {
  const shown = view.shown.value;
  if (view.times === undefined) return null;
  const { oldest, newest } = view.times;
  return (
    <div class="timeline">
      {saved === undefined || view.isHeld.value ? (
        <button type="button" aria-pressed={view.isHeld.value} onClick={() => view.hold(!view.isHeld.value)}>
          {saved !== undefined ? 'newest' : view.isHeld.value ? 'go on' : 'pause'}
        </button>
      ) : null}
      <input
        type="range"
        aria-label={`time of ${view.info.name}`}
        aria-valuetext={whenText(shown)}
        min={oldest}
        max={newest}
        step={Math.max(1, Math.round((newest - oldest) / 1000))}
        value={view.isHeld.value ? shown.time : newest}
        onInput={(event) => void view.lookAt(Number(event.currentTarget.value))}
      />
    </div>
  );
}
