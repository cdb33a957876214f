import { formatDuration } from '../../base/duration.ts';
import { toJson } from '../../base/json.ts';
import { formatType } from '../../base/type.ts';
import { PROMISE_NAMES } from '../../flow/define/sink.ts';
import type { WindowSpec } from '../../flow/define/window-spec.ts';
import { inputsOf, type Node, type Plan, promiseOf, type SourceNode, writtenOf } from './plan.ts';

/**
 * The plan as text: a line a node, its type behind it, or what a sink promises, and what it aggregates over. A node that feeds several streams, or is the second
 * input of one, is named. With `onBytes`, it says of each stage and sink whether it works on texts that are still bytes or on records.
 *
 *     stdin                string
 *     words                string
 *     countByValue         [string, number]   over a window of 30s every 10s
 *     print                again
 */
export function explain(plan: Plan, onBytes?: ReadonlySet<Node>): string {
  const { nodes, consumers } = plan;
  const feeds = (node: Node) => consumers.get(node)!.length;
  const names = new Map<Node, string>();
  const isNamed = (node: Node, next: Node | undefined) =>
    feeds(node) > 1 || (next !== undefined && inputsOf(next)[0] !== node && feeds(node) > 0);
  const width = Math.max(...nodes.map((node) => textOf(node).length)) + 2;
  const lines: string[] = [];
  nodes.forEach((node, i) => {
    const previous = nodes[i - 1];
    const [input, other] = inputsOf(node);
    if (input === undefined || input !== previous) {
      if (lines.length > 0) lines.push('');
      if (input !== undefined) lines.push(names.get(input) ?? '');
    }
    const details = [
      node.kind === 'sink' ? PROMISE_NAMES[promiseOf(node)] : formatType(node.type),
      ...(node.kind === 'source' && comesOnce(node) ? ['comes only once'] : []),
      ...(other === undefined ? [] : [`with ${names.get(other)}`]),
      ...(node.kind === 'stage' && node.window !== undefined ? [`over ${describeWindow(node.window.spec)}`] : []),
    ];
    const text = textOf(node);
    const form = node.kind === 'source' ? '' : onBytes?.has(node) ? 'bytes' : 'rows';
    let line = `${text.padEnd(width)}${onBytes === undefined ? '' : form.padEnd(8)}${details.join('   ')}`.trimEnd();
    if (isNamed(node, nodes[i + 1])) {
      names.set(node, `stream ${names.size + 1}`);
      line += `   = ${names.get(node)}`;
    }
    lines.push(line);
  });
  return lines.join('\n');
}

/** Whether nobody can give again what a source gave. Of standard input that is told only when it is run: it may be a file. */
function comesOnce({ definition, arguments: args }: SourceNode): boolean {
  return definition.isDefault !== true && definition.behaviour(args, { stdin: 'stream' }).received === true;
}

function textOf(node: Node): string {
  return node.kind === 'window'
    ? `${describeWindow(node.spec)}${node.name === undefined ? '' : ` as ${toJson(node.name)}`}`
    : writtenOf(node);
}

function describeWindow(spec: WindowSpec): string {
  if (spec.kind === 'running') return 'all batches so far';
  const slide = spec.slide === undefined ? 'batch' : formatDuration(spec.slide);
  return `a window of ${formatDuration(spec.length)} every ${slide}${spec.kind === 'event' ? ' by event time' : ''}`;
}
