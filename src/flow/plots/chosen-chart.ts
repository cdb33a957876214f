import { isTime } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { SinkContext } from '../define/context.ts';
import type { Span } from '../define/span.ts';
import { holdsTimes } from '../formats/column-type.ts';
import { type Choice, type Shape, shapeOf } from '../shapes/shape.ts';
import { barChart, histogram } from './bars.ts';
import type { Chart, ReadPoints } from './chart.ts';
import { seriesChart } from './lines.ts';
import type { Plot } from './plot.ts';
import {
  pointsByForm,
  pointsBySaying,
  pointsOfFields,
  pointsOfTimedPairs,
  pointsOfTwoNumbers,
  type Said,
} from './reading.ts';
import { boxChart, scatterChart } from './spread.ts';

export const KINDS = ['line', 'bar', 'histogram', 'heat', 'scatter', 'box', 'bands'] as const;
export type Kind = (typeof KINDS)[number];

/** What is to be drawn, and how. */
interface Wish extends Said {
  /** Chosen by the first records unless given. */
  readonly kind: Kind | undefined;
  readonly isLog: boolean;
  /** Ranges of a histogram. */
  readonly height: number;
  /** Emissions of a line. */
  readonly batches: number;
}

/** So many records are looked at, at most, to choose a shape for them. */
const LOOKED_AT = 10_000;

interface Known extends Pick<SinkContext, 'bad' | 'note' | 'type' | 'isOneBatch' | 'interval' | 'region'> {
  /** Nothing tells records apart: a number in front of others is no key of theirs. */
  readonly hasNoKey?: boolean;
}

/** A chart of the kind that the first records are best drawn as, where the program does not say. */
export class ChosenChart implements Chart {
  private readonly wish: Wish;
  private readonly known: Known;
  private first: Value[] = [];
  private chart: Chart | undefined;

  constructor(wish: Wish, known: Known) {
    this.wish = wish;
    this.known = known;
  }

  push(record: Value): void {
    if (this.chart !== undefined) this.chart.push(record);
    else if (this.first.push(record) >= LOOKED_AT) this.choose(this.known.isOneBatch !== true);
  }

  close(span: Span, isRest: boolean): void {
    if (this.chart === undefined && this.first.length > 0) this.choose(this.isOneOfMany(span));
    this.chart?.close(span, isRest);
  }

  plot(): Plot | undefined {
    return this.chart?.plot();
  }

  get isOfAll(): boolean {
    return this.chart?.isOfAll === true;
  }

  /** Whether others follow: it is a batch of several, or a window. */
  private isOneOfMany({ time, start, end }: Span): boolean {
    const { isOneBatch, interval } = this.known;
    return isOneBatch !== true || end !== time || end - start !== interval;
  }

  private choose(isSeries: boolean): void {
    const { wish, known, first } = this;
    const choice = shapeOf({ records: first, isSeries, isTime: (path) => holdsTimes(known.type, path) });
    this.chart = chartOf(wish.kind ?? kindOf(choice.shape, isSeries), choice, wish, known);
    for (const record of first) this.chart.push(record);
    this.first = [];
  }
}

/** What a chart makes of a shape: where nothing is a picture of it, at least what it is drawn as says so of each record. */
function kindOf(shape: Shape, isSeries: boolean): Kind {
  if (shape === 'number' || shape === 'table') return isSeries ? 'line' : 'bar';
  return shape;
}

function chartOf(kind: Kind, choice: Choice, wish: Wish, known: Known): Chart {
  const { isLog, height, batches, x } = wish;
  const isOfTimedPairs = choice.numbers.length === 0 && holdsTimes(known.type, [0]);
  const read = withNote(readerOf(kind, choice, wish, known, isOfTimedPairs), isLog, known);
  switch (kind) {
    case 'bar':
      return barChart(read, isLog);
    case 'histogram':
      return histogram(read, isLog, height);
    case 'box':
      return boxChart(read, isLog);
    case 'scatter':
      return scatterChart(read, { isLog, isTime: x !== undefined && isTime(x.result) });
    default: {
      const isTimed = x === undefined ? choice.time !== undefined || isOfTimedPairs : isTime(x.result);
      const isSaid = wish.value !== undefined;
      const places = isTimed && (x !== undefined || !isSaid) ? 'times' : x === undefined ? 'emissions' : 'numbers';
      return seriesChart(read, { kind, isLog, length: batches, isLive: known.region !== undefined, places });
    }
  }
}

function readerOf(kind: Kind, choice: Choice, wish: Wish, known: Known, isOfTimedPairs: boolean): ReadPoints {
  if (wish.value !== undefined) return pointsBySaying(wish.value, wish, known);
  if (kind === 'scatter') return pointsOfTwoNumbers(choice, known);
  if (kind === 'bands' && choice.numbers.length > 0) return pointsOfFields(choice, 'each', known);
  const isAlong = kind === 'line' || kind === 'heat' || kind === 'bands';
  if (isAlong && isOfTimedPairs) return pointsOfTimedPairs(known);
  // One row of several numbers: each is a line of its own.
  const areFigures = known.hasNoKey === true && kind === 'line' && choice.shape === 'line' && choice.keys.length === 0;
  if (areFigures && choice.numbers.length > 1) return pointsOfFields(choice, 'each', known);
  const isByFields = (isAlong && choice.time !== undefined) || kind === 'box';
  return isByFields && choice.numbers.length > 0 ? pointsOfFields(choice, 'first', known) : pointsByForm(known);
}

/** Told once of numbers that are not drawn. */
function withNote(read: ReadPoints, isLog: boolean, { note }: Known): ReadPoints {
  if (!isLog) return read;
  return (records) => {
    const points = read(records);
    if (points.some(({ value }) => value !== null && value <= 0)) {
      note('`log: true` has no place for numbers that are not above 0: they are not drawn');
    }
    return points;
  };
}
