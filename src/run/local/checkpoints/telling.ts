import { formatDuration } from '../../../base/duration.ts';
import { formatSize } from '../../../base/size.ts';
import { PROMISE_NAMES } from '../../../flow/define/sink.ts';
import { formatMoment } from '../../../flow/formats/times.ts';
import { type Plan, promiseOf } from '../../../query/plan/plan.ts';
import type { Found } from '../../durable/found.ts';
import type { OpenSources } from '../reading/open-sources.ts';

const MINUTE = 60_000;

/** What is said at the start of a run that is kept for the first time: `state/ is new; print again, append exact`. */
export function noteOnNew(plan: Plan, directory: string): string {
  const promises = plan.nodes.flatMap((node) =>
    node.kind === 'sink' ? [`${node.definition.name} ${PROMISE_NAMES[promiseOf(node)]}`] : [],
  );
  return `keeping the run in ${directory}; of a batch that is given out twice: ${[...new Set(promises)].join(', ')}`;
}

/**
 * What is said at the start of a run that goes on from another: `continuing state/ from batch 1,204 (14:20:31, 3m ago): 2 files at their places`.
 *
 * @param received bytes that came and were not worked on.
 */
export function noteOnGoingOn(plan: Plan, directory: string, found: Found, received: number, now: number): string {
  const { frozen, positions } = found;
  const passed = Math.max(0, now - frozen.written);
  const ago = formatDuration(passed < MINUTE ? Math.round(passed / 1000) * 1000 : Math.round(passed / MINUTE) * MINUTE);
  const when = `${formatMoment(frozen.written, now)}, ${ago} ago`;
  const files = plan.sources.reduce((sum, { definition }, i) => {
    const own = definition.opensFiles === true ? positions[i] : undefined;
    return sum + (own?.filter(({ origin }) => origin !== undefined && origin.isOver !== true).length ?? 0);
  }, 0);
  const places = [
    ...(files === 0 ? [] : [files === 1 ? '1 file at its place' : `${count(files)} files at their places`]),
    ...(received === 0 ? [] : [`${formatSize(received)} that came before and was not worked on`]),
  ].join(', ');
  return `continuing ${directory} from batch ${count(frozen.batch)} (${when})${places === '' ? '' : `: ${places}`}`;
}

/** What is said where a pipe is read; undefined where none is. */
export function noteOnPipe(sources: OpenSources['all']): string | undefined {
  const isPiped = sources.some(
    ({ node, behaviour }) => node.definition.isDefault === true && behaviour.received === true,
  );
  return isPiped
    ? 'what comes by standard input is kept until it was worked on; a pipe that is piped in again is new input, and only files are gone on with: files("…")'
    : undefined;
}

/** What is said where something may come out a second time; undefined where nothing may. */
export function noteOnAgain(plan: Plan, { frozen, batches, begun, isLeft }: Found, now: number): string | undefined {
  const again = plan.nodes.flatMap((node) =>
    node.kind === 'sink' && promiseOf(node) === 'again' ? [node.definition.name] : [],
  );
  if (again.length === 0 || (isLeft && begun === undefined)) return undefined;
  const next = { number: frozen.batch + 1, end: frozen.end };
  const first = batches[0] ?? begun ?? next;
  const last = begun ?? batches.at(-1) ?? next;
  const name = ({ number, end }: typeof next) => `${count(number)} (${formatMoment(end, now)})`;
  const which = last.number > first.number ? `batches ${name(first)} to ${name(last)}` : `batch ${name(first)}`;
  return `${which} may come a second time from ${[...new Set(again)].join(', ')}`;
}

/** What is said where there is nothing to go on with. */
export function noteOnFinished(directory: string, { frozen }: Found): string {
  return `${directory} is finished since batch ${count(frozen.batch)}: all input was read and everything is out, so there is nothing to add; begin anew with another directory`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
