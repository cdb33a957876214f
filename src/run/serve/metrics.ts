import { toText } from '../../base/json.ts';
import { isNumber, type Value } from '../../base/value.ts';
import { cellAt, columnsOf } from '../../flow/formats/rows.ts';
import type { Node } from '../../query/plan/plan.ts';
import { printExpression } from '../../query/text/printer.ts';
import type { StageState } from '../local/steps/stage-progress.ts';
import type { Batch } from './batch.ts';
import type { Look } from './look.ts';
import type { ServedView } from './served-view.ts';

/** Numbers of so many rows of a view are metrics at most: each is a series of its own for who stores them. */
const MOST_ROWS = 1000;
const MOST_COLUMNS = 50;

type Labels = readonly (readonly [name: string, value: string])[];
type Sample = readonly [labels: Labels, value: number];

/** The text of `/metrics`: Prometheus' exposition format, 0.0.4. */
export function metricsText(look: Look, views: readonly ServedView[], now: number): string {
  return [...ofRun(look, now), ...ofSources(look), ...ofStages(look), ...ofViews(views)].join('');
}

function ofSources(look: Look): readonly string[] {
  const { sources, alerts } = look.state();
  const ofEach = (value: (source: (typeof sources)[number]) => number) =>
    sources.map((source): Sample => [[['source', printExpression(source.node.call)]], value(source)]);
  const on = alerts().map(({ node, count }): Sample => [[['stage', printExpression(node.call)]], count]);
  return [
    metric('leat_alerts', 'gauge', 'Alerts that are on', on),
    metric(
      'leat_source_opened_total',
      'counter',
      'Clients, files or partitions of a source',
      ofEach(({ opened }) => opened),
    ),
    metric(
      'leat_source_open',
      'gauge',
      'Those of them that are open',
      ofEach(({ open }) => open),
    ),
    metric(
      'leat_source_records_total',
      'counter',
      'Records read of a source, bad ones too',
      ofEach(({ records }) => records),
    ),
    metric(
      'leat_source_bytes_total',
      'counter',
      'Bytes of text read of a source',
      ofEach(({ bytes }) => bytes),
    ),
    metric(
      'leat_source_bad_total',
      'counter',
      'Records of a source that no stage was given, as they could not be read',
      ofEach(({ bad }) => bad),
    ),
    metric(
      'leat_source_lag_records',
      'gauge',
      'Records that are there and were not read yet, of sources that know',
      ofEach(({ lag }) => lag ?? Number.NaN).filter(([, lag]) => !Number.isNaN(lag)),
    ),
    metric(
      'leat_source_lag_bytes',
      'gauge',
      'Bytes of files that are there and were not read yet, of sources that read files',
      ofEach(({ lagBytes }) => lagBytes ?? Number.NaN).filter(([, lag]) => !Number.isNaN(lag)),
    ),
  ];
}

function ofStages(look: Look): readonly string[] {
  const stages = look.stages().map((stage, i) => ({ ...stage, labels: stageLabels(stage.node, i) }));
  const ofEach = (value: (stage: (typeof stages)[number]) => number) =>
    stages.map((stage): Sample => [stage.labels, value(stage)]);
  return [
    ...ofProgress(look),
    metric(
      'leat_stage_in_total',
      'counter',
      'Records into a stage',
      ofEach((stage) => stage.in),
    ),
    metric(
      'leat_stage_out_total',
      'counter',
      'Records out of a stage',
      ofEach((stage) => stage.out),
    ),
    metric(
      'leat_stage_bad_total',
      'counter',
      'Records that a stage could not work on',
      ofEach((stage) => stage.bad),
    ),
    metric(
      'leat_stage_late_total',
      'counter',
      'Records too late for a stage',
      ofEach((stage) => stage.late),
    ),
    metric(
      'leat_stage_seconds_total',
      'counter',
      'Time spent in a stage',
      ofEach((stage) => stage.ms / 1000),
    ),
  ];
}

/** What stages keep and how far they are, counted or not. */
function ofProgress(look: Look): readonly string[] {
  const samples = (value: (state: StageState) => number | undefined) =>
    look
      .state()
      .stages()
      .flatMap((state): Sample[] => {
        const number = value(state);
        return number === undefined ? [] : [[stageLabels(state.node, look.nodes.indexOf(state.node)), number]];
      });
  return [
    metric(
      'leat_stage_state_bytes',
      'gauge',
      'What a stage keeps between batches (estimated)',
      samples(({ held }) => held),
    ),
    metric(
      'leat_stage_watermark_seconds',
      'gauge',
      'How far event time has come in a stage',
      samples(({ watermark }) => watermark && watermark / 1000),
    ),
  ];
}

function stageLabels({ call }: Node, place: number): Labels {
  return [
    ['stage', printExpression(call)],
    ['place', String(place + 1)],
  ];
}

function ofViews(views: readonly ServedView[]): readonly string[] {
  const of = (value: (view: ServedView) => number) =>
    views.map((view): Sample => [[['view', view.view.name]], value(view)]);
  return [
    metric(
      'leat_view_batches_total',
      'counter',
      'Results of a view',
      of(({ view }) => view.ring.newest?.number ?? 0),
    ),
    metric(
      'leat_view_rows',
      'gauge',
      'Rows of the newest result',
      of(({ view }) => view.ring.newest?.records.length ?? 0),
    ),
    metric(
      'leat_view_kept_bytes',
      'gauge',
      'Memory (estimated) of the results that are kept',
      of(({ view }) => view.ring.bytes),
    ),
    metric(
      'leat_view_clients',
      'gauge',
      'Who looks at the events of a view',
      of(({ feed }) => feed.size),
    ),
    metric('leat_view_value', 'gauge', 'Numbers of the newest result', views.flatMap(valuesOf)),
  ];
}

function ofRun(look: Look, now: number): readonly string[] {
  const { records, bytes, bad, late, batches, lag, watermark } = look.state();
  return [
    metric('leat_info', 'gauge', 'The version of leat', [[[['version', look.version]], 1]]),
    metric('leat_up_seconds', 'gauge', 'Since the run began', [[[], (now - look.started) / 1000]]),
    metric('leat_records_total', 'counter', 'Records read, bad ones too', [[[], records]]),
    metric('leat_bytes_total', 'counter', 'Bytes of text read', [[[], bytes]]),
    metric('leat_bad_records_total', 'counter', 'Records that could not be worked on', [[[], bad]]),
    metric('leat_late_records_total', 'counter', 'Records that came too late for their window', [[[], late]]),
    metric('leat_batches_total', 'counter', 'Batches that came out', [[[], batches]]),
    metric('leat_lag_seconds', 'gauge', 'How long after its end the last batch came out', [[[], lag / 1000]]),
    metric(
      'leat_watermark_seconds',
      'gauge',
      'How far event time has come',
      watermark === undefined ? [] : [[[], watermark / 1000]],
    ),
    metric('leat_memory_bytes', 'gauge', 'Memory of the process', [[[], process.memoryUsage.rss()]]),
    metric('leat_cpu_seconds_total', 'counter', 'Time of processors', [[[], cpuSeconds()]]),
  ];
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The numbers of the newest result, where they are asked for: a sample for each column of numbers, labelled with what is text. */
function valuesOf({ view, wish }: ServedView): readonly Sample[] {
  const { newest } = view.ring;
  return wish.metrics && newest !== undefined ? samplesOf(view.name, newest) : [];
}

/** A label has one value, and a series one sample, the first: of two labels of one name Prometheus refuses all there is, of two samples the second. */
function samplesOf(view: string, { records, keys }: Batch): readonly Sample[] {
  const seen = new Set<string>();
  const rows = records.slice(0, MOST_ROWS);
  const { all } = columnsOf(rows, MOST_COLUMNS);
  return rows.flatMap((row, i) => {
    const cells = all.map((column) => ({
      name: column.name,
      value: column.path.length === 0 ? row : (cellAt(row, column) ?? null),
    }));
    const texts = cells.filter(({ value }) => typeof value === 'string');
    const key = keys?.[i];
    const labels = new Map([['view', view]]);
    for (const { name, value } of texts) {
      if (!labels.has(labelName(name))) labels.set(labelName(name), String(value));
    }
    if (key !== undefined) labels.set('key', key);
    return cells.flatMap(({ name, value }): Sample[] => {
      const number = numberOf(value);
      const all: Labels = [...labels, ['column', name]];
      if (number === undefined || seen.size === seen.add(labelText(all)).size) return [];
      return [[all, number]];
    });
  });
}

function numberOf(value: Value): number | undefined {
  return isNumber(value) ? Number(toText(value)) : undefined;
}

function metric(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${Object.is(value, -0) ? 0 : value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  const parts = labels.map(
    ([name, value]) =>
      `${name}="${value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** What may be the name of a label, and is none of ours. */
function labelName(name: string): string {
  const safe = name.replace(/[^a-zA-Z0-9_]/g, '_');
  return /^[a-zA-Z]/.test(safe) && safe !== 'view' && safe !== 'column' && safe !== 'key' ? safe : `field_${safe}`;
}
