import { Chalk } from 'chalk';
import type { Value } from '../../base/value.ts';
import type { Region } from '../define/context.ts';
import type { Span } from '../define/span.ts';
import { History } from '../drawing/history.ts';
import { PointReader } from '../drawing/points.ts';
import type { Format } from './format.ts';
import { gridOf } from './grid.ts';
import { KeptWidths } from './kept-widths.ts';
import { type Emission, frameOf, LAST, type LiveOptions } from './live-frame.ts';
import { isCutShort, isRest } from './rest.ts';
import { namesOfColumns } from './rows.ts';
import { TableView } from './table-view.ts';

/** More rows are counted but not kept, of all emissions of a tick together: nobody scrolls so far. */
const KEPT_ROWS = 100_000;
/** So many rows say how wide columns are, so that they need not be measured anew for each part that is looked at. */
const MEASURED_ROWS = 500;
/** More emissions of one tick are counted but not kept. */
const KEPT_EMISSIONS = 50;

/**
 * A table that is drawn anew in place with each tick: the newest result, as the table of {@link tableFormat} shows it. Several windows
 * that come out in one tick stand one below the other. Columns keep their place and never become narrower, so that numbers can be read
 * while they change. After a batch without records the table stays, and says so. What the end of the run left over of a batch comes below
 * the last whole one, unless the user has ended the run, who looked at that one; where the result of all batches comes last, it stands
 * there instead.
 *
 * @param bars whether a bar stands behind each number; undefined: where the records are pairs.
 */
export function liveTable(region: Region, options: LiveOptions, bars: boolean | undefined): Format {
  const paint = new Chalk({ level: options.color ? 1 : 0 });
  const reader = new PointReader();
  const history = new History(LAST);
  const widths = new KeptWidths();
  const view = new TableView();
  let order: readonly string[] = [];
  let rows: Value[] = [];
  let unseen = 0;
  let emissions: Emission[] = [];
  let before = 0;

  const emissionOf = (span: Span, total: number): Emission => {
    const measured = rows.slice(0, MEASURED_ROWS);
    const points = options.sparklines ? reader.read(measured) : [];
    history.add(points);
    const grid = gridOf(measured, { order, fractions: widths.fractions, type: options.type, now: span.time });
    // Those that were there first stay first.
    order = [...new Set([...order, ...namesOfColumns(grid.columns)])];
    widths.see(grid);
    const lasts = options.sparklines ? points.map(({ key }) => history.of(key).slice()) : undefined;
    return { span, read: options.recordsIn?.(span), total, rows, grid, lasts };
  };

  const show = (emptyAt?: number) => {
    region.show(frameOf(emissions, before, { ...options, bars, paint, widths, view, order, emptyAt }));
  };

  return {
    push(record) {
      if (rows.length < KEPT_ROWS) rows.push(record);
      else unseen++;
    },
    close(span, leftOut) {
      const total = rows.length + unseen + leftOut;
      const last = emissions.at(-1)?.span;
      if (total === 0) {
        if (last?.time !== span.time) show(span.time);
        return;
      }
      if (!isCutShort(span, last !== undefined, options)) {
        if (span.batches !== undefined) {
          // Beside what all of it amounts to, nobody wants what was left over.
          emissions = emissions.filter((emission) => !emission.span.partial);
        } else if (last?.time !== span.time && !isRest(span, last)) {
          emissions = [];
          before = 0;
        }
        emissions = bounded([...emissions, emissionOf(span, total)]);
        if (emissions.length > KEPT_EMISSIONS) {
          emissions.shift();
          before++;
        }
      }
      rows = [];
      unseen = 0;
      show();
    },
  };
}

/** With rows that can be scrolled to in the newest emissions, and in those before only as many as there is room for on a screen. */
function bounded(emissions: readonly Emission[]): Emission[] {
  let room = KEPT_ROWS;
  return emissions
    .toReversed()
    .map((emission) => {
      room -= emission.rows.length;
      return room >= 0 ? emission : { ...emission, rows: emission.rows.slice(0, MEASURED_ROWS) };
    })
    .toReversed();
}
