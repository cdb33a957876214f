import { label } from '../drawing/points.ts';
import { axisOf, shareOn, ticksOf } from '../plots/axis.ts';
import type { Axis, BarPlot, BoxPlot, HeatPlot, HistogramPlot, LinePlot, Plot, ScatterPlot } from '../plots/plot.ts';
import { coordinate as c, escaped } from './escape.ts';
import { CHAR, type Frame, frame, short, type Titled, text, titled } from './frame.ts';

const BAR = 22;
/** Rows that a picture has room for; of more it says how many there are. */
const MOST_ROWS = 60;
const WIDTH = 800;
const WIDEST_NAME = 24;

/** A plot as a drawing of its own height, under its title. @param width in pixels. */
export function drawSvg(
  plot: Plot,
  heading: Omit<Titled, 'width'>,
  width = WIDTH,
): { width: number; height: number; body: string } {
  const { body, height } = bodyOf(plot, width);
  const { body: head, height: above } = titled({ ...heading, width });
  return { width, height: above + height, body: `${head}<g transform="translate(0 ${above})">${body}</g>` };
}

interface Body {
  readonly body: string;
  readonly height: number;
}

function bodyOf(plot: Plot, room: number): Body {
  switch (plot.kind) {
    case 'line':
    case 'bands':
      return lines(plot, room);
    case 'scatter':
      return dots(plot, room);
    case 'bar':
      return bars(plot, room);
    case 'histogram':
      return ranges(plot, room);
    case 'heat':
      return shades(plot, room);
    case 'box':
      return boxes(plot, room);
  }
}

function lines(plot: LinePlot, room: number): Body {
  const { series, places, kind } = plot;
  const around = frame(
    plot.x,
    plot.y,
    series.map(({ name }) => name),
    room,
  );
  const points = series.map(({ values }) => values.map((value, i) => at(around, plot, places[i]!, value)));
  const bands =
    kind === 'bands'
      ? points
          .slice(1)
          .flatMap((upper, i) =>
            stretches(upper, points[i]!).map((area) => `<path class="band c${i + 1}" d="${area}"/>`),
          )
      : [];
  const drawn = points.map((line, i) => `<path class="line c${i}" d="${pathOf(line)}"/>${alone(line, i)}`);
  return { body: around.body + bands.join('') + drawn.join(''), height: around.height };
}

type Place = readonly [x: number, y: number] | undefined;

function at(around: Frame, { x, y }: { x: Axis; y: Axis }, place: number, value: number | null): Place {
  const [left, up] = [shareOn(x, place), value === null ? undefined : shareOn(y, value)];
  return left === undefined || up === undefined ? undefined : [around.x(left), around.y(up)];
}

/** A line that is broken where there is nothing. */
function pathOf(line: readonly Place[]): string {
  return line
    .map((place, i) =>
      place === undefined ? '' : `${line[i - 1] === undefined ? 'M' : 'L'}${c(place[0])} ${c(place[1])}`,
    )
    .join('');
}

/** Points without a neighbour, which no line would show. */
function alone(line: readonly Place[], color: number): string {
  return line
    .map((place, i) => {
      if (place === undefined || line[i - 1] !== undefined || line[i + 1] !== undefined) return '';
      return `<circle class="fill c${color}" cx="${c(place[0])}" cy="${c(place[1])}" r="2.5"/>`;
    })
    .join('');
}

/** The areas between two lines, where both are. */
function stretches(upper: readonly Place[], lower: readonly Place[]): readonly string[] {
  const areas: string[] = [];
  for (let i = 1; i < upper.length; i++) {
    const corners = [upper[i - 1], upper[i], lower[i], lower[i - 1]];
    if (corners.some((corner) => corner === undefined)) continue;
    areas.push(`M${corners.map((corner) => `${c(corner![0])} ${c(corner![1])}`).join('L')}Z`);
  }
  return areas;
}

function dots(plot: ScatterPlot, room: number): Body {
  const around = frame(
    plot.x,
    plot.y,
    plot.series.map(({ name }) => name),
    room,
  );
  const drawn = plot.series.flatMap(({ points }, i) =>
    points.map(([x, y]) => {
      const place = at(around, plot, x, y);
      return place === undefined ? '' : `<circle class="dot c${i}" cx="${c(place[0])}" cy="${c(place[1])}" r="2.5"/>`;
    }),
  );
  return { body: around.body + drawn.join(''), height: around.height };
}

function bars({ bars: all, more, isLog }: BarPlot, room: number): Body {
  const shown = all.slice(0, MOST_ROWS);
  const exact = axisOf(
    all.map(({ value }) => value),
    { isLog, fromZero: true },
  );
  // With room for the least of all to be seen.
  const axis = isLog ? { ...exact, least: exact.least / 2 } : exact;
  const left = marginOf(shown.map(({ name }) => name));
  const width = room - left - 90;
  const zero = isLog ? 0 : (shareOn(axis, 0) ?? 0);
  const rows = shown.map(({ name, value }, i) => {
    const share = shareOn(axis, value);
    const [from, to] = [Math.min(zero, share ?? zero), Math.max(zero, share ?? zero)];
    const y = i * BAR;
    return (
      text(left - 8, y + 15, short(name, WIDEST_NAME), 'end') +
      `<rect class="fill c0" x="${c(left + from * width)}" y="${c(y + 3)}" width="${c((to - from) * width)}" height="${BAR - 6}"/>` +
      text(left + to * width + 6, y + 15, label(value))
    );
  });
  return withMore(rows.join(''), shown.length * BAR, all.length - shown.length + more, left);
}

function ranges({ bins: counted, isLog, most }: HistogramPlot, room: number): Body {
  const { width, bins } = counted.merged(Math.max(most, 30));
  return bars(
    {
      kind: 'bar',
      bars: bins.map(({ start, count }) => ({ name: `${label(start)} – ${label(start + width)}`, value: count })),
      isLog,
      more: 0,
    },
    room,
  );
}

function shades({ series, places, x, shade, more }: HeatPlot, room: number): Body {
  const shown = series.slice(0, MOST_ROWS);
  const left = marginOf(shown.map(({ name }) => name));
  const width = room - left - 20;
  const height = shown.length * BAR;
  const starts = places.map((place) => shareOn(x, place) ?? 0);
  const gaps = starts.slice(1).map((start, i) => start - starts[i]!);
  const usual = gaps.length === 0 ? 1 : gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)]!;
  // Each place has its width behind it, the last one too.
  const unit = width / ((starts.at(-1) ?? 0) + usual);
  const cells = shown.flatMap(({ values }, row) =>
    values.map((value, i) => {
      const share = value === null ? undefined : shareOn(shade, value);
      if (share === undefined) return '';
      const wide = Math.min(usual, (starts[i + 1] ?? Number.POSITIVE_INFINITY) - starts[i]!) * unit;
      return `<rect class="fill c0" x="${c(left + starts[i]! * unit)}" y="${row * BAR + 1}" width="${c(Math.max(0.5, wide))}" height="${BAR - 2}" opacity="${c(Math.max(0.06, share) * 10) === '0' ? 0.06 : Math.round(Math.max(0.06, share) * 100) / 100}"/>`;
    }),
  );
  const names = shown.map(({ name }, i) => text(left - 8, i * BAR + 15, short(name, WIDEST_NAME), 'end'));
  const ticks = ticksOf(x, 8).map(({ value, text: name }) =>
    text(left + (shareOn(x, value) ?? 0) * unit, height + 16, name, 'middle', 'faint'),
  );
  const legend = text(left, height + 36, `from ${label(shade.least)} to ${label(shade.most)}`, 'start', 'faint');
  return withMore(
    cells.join('') + names.join('') + ticks.join('') + legend,
    height + 44,
    series.length - shown.length + more,
    left,
  );
}

function boxes({ boxes: all, axis, more }: BoxPlot, room: number): Body {
  const shown = all.slice(0, MOST_ROWS);
  const left = marginOf(shown.map(({ name }) => name));
  const width = room - left - 60;
  const height = shown.length * BAR;
  const on = (value: number) => left + (shareOn(axis, value) ?? 0) * width;
  const ticks = ticksOf(axis, 8).map(
    ({ value, text: name }) =>
      `<path class="grid" d="M${c(on(value))} 0V${height}"/>${text(on(value), height + 16, name, 'middle', 'faint')}`,
  );
  const rows = shown.map(({ name, least, low, middle, high, most, count }, i) => {
    const y = i * BAR;
    const half = y + BAR / 2;
    return (
      text(left - 8, y + 15, short(name, WIDEST_NAME), 'end') +
      `<g><title>${escaped(`${name}: ${label(count)} values, ${[least, low, middle, high, most].map(label).join(', ')}`)}</title>` +
      `<path class="line c0" d="M${c(on(least))} ${half}H${c(on(low))}M${c(on(high))} ${half}H${c(on(most))}M${c(on(least))} ${y + 7}V${y + BAR - 7}M${c(on(most))} ${y + 7}V${y + BAR - 7}"/>` +
      `<rect class="box c0" x="${c(on(low))}" y="${y + 4}" width="${c(Math.max(1, on(high) - on(low)))}" height="${BAR - 8}"/>` +
      `<path class="line c1" d="M${c(on(middle))} ${y + 4}V${y + BAR - 4}"/></g>`
    );
  });
  return withMore(ticks.join('') + rows.join(''), height + 24, all.length - shown.length + more, left);
}

function marginOf(names: readonly string[]): number {
  const widest = names.reduce((most, name) => Math.max(most, [...short(name, WIDEST_NAME)].length), 1);
  return 20 + widest * CHAR;
}

function withMore(body: string, height: number, more: number, left: number): Body {
  if (more === 0) return { body, height };
  return { body: body + text(left, height + 16, `… and ${label(more)} more`, 'start', 'faint'), height: height + 24 };
}
