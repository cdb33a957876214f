import { inputsOf, type Node, type Plan, windowSpecOf } from '../../../query/plan/plan.ts';
import type { Core } from './core.ts';

/** So many empty batches are run one after the other, whatever they give. */
const MOST = 1_000_000;
/** How long origins hold event time back where a stage does not say, ms. */
const IDLE = 10_000;

/**
 * Empty batches are run like others, since a program may give something for each. Where it cannot, or where there are too many to run in
 * a reasonable time (one wrong time stamp in a file may mean 10¹⁰ of them), those of a stretch without records are left out, behind the
 * first ones: by then windows by arrival are empty, keys have timed out, and origins are idle.
 */
export class EmptyBatches {
  private readonly core: Core;
  /** So many batches behind the last record there is nothing left that was open. */
  private readonly settled: number;
  /** Whether nothing can come out of batches behind that. */
  private readonly isSilent: boolean;

  constructor(core: Core) {
    const { nodes } = core.plan;
    const inBatches = (ms: number) => Math.ceil(ms / core.batches.interval) + 1;
    const durations = nodes.flatMap((node) => {
      const spec = windowSpecOf(node);
      if (spec?.kind === 'batches') return spec.length;
      if (spec?.kind === 'event') return spec.idle;
      const { timeout, gap, within, idle } = argumentsOf(node);
      return [timeout, gap, within, idle].filter((ms) => typeof ms === 'number');
    });
    this.core = core;
    this.settled = inBatches(Math.max(IDLE, ...durations)) + 1;
    this.isSilent = isSilent(core.plan);
  }

  /**
   * Leaves out batches up to the one that `time` is in, where nothing comes out of them or there are too many. Called between batches,
   * with nothing read of the one under way.
   *
   * @param walked how many empty batches have been run since the last record.
   */
  leaveOut(time: number, walked: number): void {
    if (!this.isSilent) this.leaveOutMany(time, walked);
    else if (this.batchesTo(time, walked) > 0) this.core.batches.skipTo(time);
  }

  /** The same where there are too many, and not otherwise. */
  leaveOutMany(time: number, walked: number): void {
    const { core } = this;
    const count = this.batchesTo(time, walked);
    if (count + walked <= MOST) return;
    const from = dateOf(core.batches.end - core.batches.interval);
    core.reports.note(
      `no record from ${from} to ${dateOf(time)}: ${count.toLocaleString('en-US')} empty batches are left out (if a time is wrong, filter its record)`,
    );
    core.batches.skipTo(time);
  }

  /** How many batches there are up to a time, if they may be left out. */
  private batchesTo(time: number, walked: number): number {
    const { core } = this;
    if (walked < this.settled || core.options.batches !== undefined) return 0;
    return Math.max(0, Math.ceil((time - core.batches.end) / core.batches.interval));
  }
}

function dateOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? `${time} ms` : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function argumentsOf(node: Node): { readonly [name: string]: unknown } {
  return node.kind === 'window' ? {} : node.arguments;
}

/** Whether nothing can come out at a tick without records once no origin holds event time back any more: all goes through event time first. */
function isSilent(plan: Plan): boolean {
  const { nodes } = plan;
  const acts = (node: Node) => {
    const kind = windowSpecOf(node)?.kind;
    const isState = node.kind === 'stage' && node.definition.group === 'state';
    return kind === 'batches' || kind === 'running' || isState || isArrivalSession(node);
  };
  if (nodes.some(acts)) return false;
  return nodes.every((node) => node.kind !== 'sink' || !hearsTicks(node));
}

/** Whether what a node is given is closed at each tick. */
function hearsTicks(node: Node): boolean {
  if (node.kind === 'source') return true;
  return inputsOf(node).some((input) => !givesEventTime(input) && hearsTicks(input));
}

function givesEventTime(node: Node): boolean {
  return windowSpecOf(node)?.kind === 'event' || (isSession(node) && !isArrivalSession(node));
}

function isSession(node: Node): boolean {
  return node.kind === 'stage' && node.definition.name === 'session';
}

function isArrivalSession(node: Node): boolean {
  return isSession(node) && argumentsOf(node).on === undefined;
}
