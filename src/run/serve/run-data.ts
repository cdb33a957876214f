import { isTime, type Type } from '../../base/type.ts';
import type { Fields } from '../../base/value.ts';
import { printExpression } from '../../query/text/printer.ts';
import type { Look } from './look.ts';
import type { ServedView } from './served-view.ts';

/** What a server has to show, and how the run goes: what `/api/run` says, and the page reads. Times in ms. */
export function runDataOf(look: Look, views: Iterable<ServedView>, now: number): Fields {
  return {
    leat: look.version,
    program: look.program,
    run: stateOf(look, now),
    views: [...views].map(viewData),
    stages: look.stages().map((stage) => ({
      stage: printExpression(stage.node.call),
      kind: stage.node.kind,
      in: stage.in,
      out: stage.out,
      bad: stage.bad,
      late: stage.late,
      ms: Math.round(stage.ms),
      ...placeOf(stage.node.call.place),
    })),
  };
}

function placeOf({ start, end }: { readonly start: number; readonly end: number }): Fields {
  return end > 0 ? { start, end } : {};
}

function stateOf(look: Look, now: number): Fields {
  const { records, bytes, bad, late, batches, lag, watermark, sources, stages } = look.state();
  return {
    started: look.started,
    now,
    over: look.isOver(),
    records,
    bytes,
    bad,
    late,
    batches,
    lag,
    watermark: watermark ?? null,
    stages: stages().map(({ node, held, watermark }) => ({
      stage: printExpression(node.call),
      place: look.nodes.indexOf(node) + 1,
      ...(held === undefined ? {} : { held }),
      ...(watermark === undefined ? {} : { watermark }),
    })),
    sources: sources.map(({ node, records, bytes, bad, opened, open, lag: behind, lagBytes }) => ({
      source: printExpression(node.call),
      ...(node.definition.origins === undefined ? {} : { of: node.definition.origins }),
      records,
      bytes,
      bad,
      opened,
      open,
      ...(behind === undefined ? {} : { lag: behind }),
      ...(lagBytes === undefined ? {} : { lagBytes }),
    })),
  };
}

function viewData({ view, feed, sums, alerts }: ServedView): Fields {
  const { settings, ring } = view;
  const { newest } = ring;
  return {
    name: view.name,
    kind: settings.isLog ? 'log' : settings.isRunning ? 'running' : 'result',
    keys: newest?.keys !== undefined,
    by: settings.rowKeys.columns,
    sums,
    times: timesOf(settings.type),
    over: view.isOver,
    batch: newest?.number ?? 0,
    time: newest?.span.time ?? null,
    rows: newest === undefined ? 0 : newest.records.length + newest.leftOut,
    oldest: ring.all[0]?.span.time ?? null,
    kept: ring.all.length,
    clients: feed.size,
    alerts: alerts(),
    address: `/v/${encodeURIComponent(view.name)}`,
  };
}

/** The names of the fields that are known to be times. */
function timesOf(type: Type): readonly string[] {
  return type.kind === 'object' ? [...type.fields].flatMap(([name, field]) => (isTime(field) ? [name] : [])) : [];
}
