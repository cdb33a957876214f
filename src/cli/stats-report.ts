import { formatDuration } from '../base/duration.ts';
import { formatSize } from '../base/size.ts';
import type { Fields } from '../base/value.ts';
import { printExpression } from '../query/text/printer.ts';
import type { RunState } from '../run/local/run-state.ts';
import type { StageCount } from '../run/local/steps/stage-meter.ts';

/** When counts of the stages are told, and how. */
export interface StatsFlag {
  readonly json: boolean;
  /** ms between two reports; at the end only, unless given. */
  readonly every?: number;
}

/**
 * What went through each stage, as lines:
 *
 *     stage                     in      out  dropped  bad    ms
 *     stdin                           10,000
 *     json                  10,000    9,988           12   41.2
 *     filter(.status > 500)  9,988      120    9,868         3.1
 *     print                    120
 *
 * `dropped` are records that a stage for single records gave nothing for.
 */
export function statsTable(stages: readonly StageCount[]): string[] {
  const rows = stages.map((stage) => [
    printExpression(stage.node.call),
    stage.node.kind === 'source' ? '' : count(stage.in),
    stage.node.kind === 'sink' ? '' : count(stage.out),
    someOf(droppedBy(stage)),
    someOf(stage.late),
    someOf(stage.bad),
    stage.node.kind === 'source' ? '' : stage.ms.toFixed(1),
  ]);
  const table = [['stage', 'in', 'out', 'dropped', 'late', 'bad', 'ms'], ...rows];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  return table.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** The same for programs. */
export function statsData(stages: readonly StageCount[], state: RunState, elapsed: number): Fields {
  return {
    elapsed: Math.round(elapsed),
    records: state.records,
    bytes: state.bytes,
    batches: state.batches,
    bad: state.bad,
    late: state.late,
    stages: stages.map((stage) => ({
      stage: printExpression(stage.node.call),
      kind: stage.node.kind,
      ...(stage.node.kind === 'source' ? {} : { in: stage.in }),
      ...(stage.node.kind === 'sink' ? {} : { out: stage.out }),
      ...(droppedBy(stage) === undefined ? {} : { dropped: droppedBy(stage)! }),
      bad: stage.bad,
      late: stage.late,
      ...(stage.node.kind === 'source' ? {} : { ms: Math.round(stage.ms * 1000) / 1000 }),
    })),
  };
}

/** The sum of a run in one line. */
export function statsHead(state: RunState, elapsed: number): string {
  const bytes = state.bytes > 0 ? `, ${formatSize(state.bytes)}` : '';
  const batches = `${count(state.batches)} ${state.batches === 1 ? 'batch' : 'batches'}`;
  return `${count(state.records)} records${bytes} in ${batches}, ${formatDuration(Math.round(elapsed))}`;
}

/** Records that a stage gave nothing for; undefined for stages that do not give one for one. */
function droppedBy({ node, in: taken, out, bad, late }: StageCount): number | undefined {
  if (node.kind !== 'stage' || node.window !== undefined) return undefined;
  const { behaviour, keeps } = node.definition;
  if (behaviour.kind !== 'record' && keeps !== true) return undefined;
  return Math.max(0, taken - out - bad - late);
}

function someOf(number: number | undefined): string {
  return number === undefined || number === 0 ? '' : count(number);
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
