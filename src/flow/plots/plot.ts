import type { Bins } from './bins.ts';

/** The numbers along one side of a drawing. */
export interface Axis {
  readonly least: number;
  readonly most: number;
  /** They are times, ms. */
  readonly isTime: boolean;
  /** Equal distances are equal factors; what is not above 0 has no place. */
  readonly isLog: boolean;
}

/** The numbers of one key. */
export interface Series {
  readonly name: string;
  /** One for each place along the axis, null where there is none. */
  readonly values: readonly (number | null)[];
}

/** Lines; `bands` where the areas between neighbours are filled too, from the least up. */
export interface LinePlot {
  readonly kind: 'line' | 'bands';
  readonly x: Axis;
  readonly y: Axis;
  readonly places: readonly number[];
  readonly series: readonly Series[];
}

interface Bar {
  readonly name: string;
  readonly value: number;
}

export interface BarPlot {
  readonly kind: 'bar';
  readonly bars: readonly Bar[];
  readonly isLog: boolean;
  /** How many there are besides. */
  readonly more: number;
}

export interface HistogramPlot {
  readonly kind: 'histogram';
  readonly bins: Bins;
  readonly isLog: boolean;
  /** Ranges at most. */
  readonly most: number;
}

/** Keys by places, each number a shade. */
export interface HeatPlot {
  readonly kind: 'heat';
  readonly x: Axis;
  readonly places: readonly number[];
  readonly series: readonly Series[];
  /** What the shades are of. */
  readonly shade: Axis;
  readonly more: number;
}

export interface Dots {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ScatterPlot {
  readonly kind: 'scatter';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Dots[];
}

/** How the numbers of one key are spread: from the least to the highest, with a quarter of them in each part. */
export interface Box {
  readonly name: string;
  readonly count: number;
  readonly least: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly most: number;
}

export interface BoxPlot {
  readonly kind: 'box';
  readonly axis: Axis;
  readonly boxes: readonly Box[];
  readonly more: number;
}

/** What is drawn, as plain data but for the bins: whoever draws it knows nothing of where it comes from. */
export type Plot = LinePlot | BarPlot | HistogramPlot | HeatPlot | ScatterPlot | BoxPlot;
