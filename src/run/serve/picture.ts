import type { Drawing } from '../../flow/define/context.ts';
import { formatMoment } from '../../flow/formats/times.ts';
import { ChosenChart } from '../../flow/plots/chosen-chart.ts';
import { drawSvg } from '../../flow/svg/draw-svg.ts';
import { Refusal } from './refusal.ts';
import type { View } from './view.ts';

/** So many of the last results are drawn along time. */
const LAST = 60;
/** And so many rows of them: of more the stream would wait. */
const MOST_ROWS = 200_000;

/** The picture of a view: what `chart` would draw of its last results. @throws Refusal where there is nothing to draw. */
export function pictureOf({ name, settings, ring, isOver }: View): Drawing {
  const wish = {
    kind: undefined,
    value: undefined,
    key: undefined,
    x: undefined,
    isLog: false,
    height: 12,
    batches: LAST,
  };
  const known = { bad() {}, note() {}, type: settings.type, interval: 0, isOneBatch: isOver && ring.all.length === 1 };
  const chart = new ChosenChart(wish, known);
  for (const { records, span } of ring.last(LAST, MOST_ROWS)) {
    for (const record of records) chart.push(record);
    chart.close(span, false);
  }
  const plot = chart.plot();
  const { newest } = ring;
  if (plot === undefined || newest === undefined) {
    throw new Refusal(503, 'nothing-yet', `there is nothing to draw of ${name} yet`, undefined, {
      headers: { 'retry-after': '1' },
    });
  }
  const heading = { title: name, subtitle: formatMoment(newest.span.time, 0) };
  return { title: name, ...drawSvg(plot, heading) };
}
