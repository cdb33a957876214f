import type { Value } from '../../base/value.ts';
import { axisOf } from './axis.ts';
import { type Chart, MOST_DRAWN, type ReadPoints } from './chart.ts';
import type { Axis, Plot, Series } from './plot.ts';
import { TimeSeries } from './time-series.ts';

/** As many lines as there are colours to tell them apart by. */
const MOST_LINES = 6;
/** As many rows of a heat map as the highest terminal has. */
const MOST_ROWS = 200;
/** Places that records name themselves: a day by the minute, and some more. */
const MOST_PLACES = 2000;

interface SeriesOptions {
  readonly kind: 'line' | 'bands' | 'heat';
  /** How many of the last emissions are shown. */
  readonly length: number;
  /** Whether it is drawn anew in place: then all of them have room from the start, and the newest stands on the right. */
  readonly isLive: boolean;
  readonly isLog: boolean;
  /** Whether records say where they stand, and whether that is a time. */
  readonly places: 'emissions' | 'times' | 'numbers';
}

/** Lines, bands or shades along time: of the last emissions, or at the places that records name. */
export function seriesChart(read: ReadPoints, { kind, length, isLive, isLog, places }: SeriesOptions): Chart {
  const isByEmission = places === 'emissions';
  const data = new TimeSeries(isByEmission ? length : MOST_PLACES);
  let records: Value[] = [];

  const xAxis = (): Axis => {
    const { all } = data;
    const axis = axisOf(all, { isTime: places !== 'numbers' });
    if (!isByEmission || !isLive) return axis;
    const step = all.length < 2 ? 1 : (axis.most - axis.least) / (all.length - 1);
    return { ...axis, least: axis.most - step * (length - 1) };
  };

  return {
    isOfAll: true,
    push(record) {
      if (records.length < (isByEmission ? MOST_DRAWN : MOST_PLACES * MOST_LINES)) records.push(record);
    },
    close({ end }, isRest) {
      const points = read(records);
      records = [];
      if (isRest) return;
      if (isByEmission) data.add(end, points);
      else for (const point of points) if (typeof point.at === 'number') data.add(point.at, [point]);
    },
    plot(): Plot | undefined {
      const { series, more } = data.largest(kind === 'heat' ? MOST_ROWS : MOST_LINES);
      if (series.length === 0) return undefined;
      const x = xAxis();
      const values = valuesOf(series);
      const drawn = { x, places: [...data.all] };
      if (kind === 'heat') return { kind, ...drawn, series, more, shade: axisOf(values, { isLog, fromZero: true }) };
      return {
        kind,
        ...drawn,
        series: kind === 'bands' ? fromTheLeast(series) : series,
        y: axisOf(values, { isLog, fromZero: true }),
      };
    },
  };
}

function valuesOf(series: readonly Series[]): readonly number[] {
  return series.flatMap(({ values }) => values.filter((value) => value !== null));
}

/** In the order of their newest values, so that neighbours have an area between them. */
function fromTheLeast(series: readonly Series[]): readonly Series[] {
  const newest = ({ values }: Series) => values.findLast((value) => value !== null) ?? 0;
  return [...series].sort((a, b) => newest(a) - newest(b));
}
