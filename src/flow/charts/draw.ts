import type { Plot } from '../plots/plot.ts';
import { barLines, histogramLines } from './bars.ts';
import { boxLines } from './boxes.ts';
import { heatLines } from './heat.ts';
import { dotLines, seriesLines } from './lines.ts';
import type { ChartLook } from './look.ts';

/** A plot as lines of a terminal that has so many columns; at most `rows` of them, 1 or more. */
export function draw(plot: Plot, columns: number, rows: number, look: ChartLook): readonly string[] {
  return linesOf(plot, columns, rows, look).slice(0, rows);
}

function linesOf(plot: Plot, columns: number, rows: number, look: ChartLook): readonly string[] {
  switch (plot.kind) {
    case 'line':
    case 'bands':
      return seriesLines(plot, columns, rows, look);
    case 'bar':
      return barLines(plot, columns, rows, look);
    case 'histogram':
      return histogramLines(plot, columns, rows, look);
    case 'heat':
      return heatLines(plot, columns, rows, look);
    case 'scatter':
      return dotLines(plot, columns, rows, look);
    case 'box':
      return boxLines(plot, columns, rows, look);
  }
}
