import { toJson } from '../../base/json.ts';
import type { Type } from '../../base/type.ts';
import type { BoundArguments } from '../../flow/define/parameters.ts';
import type { SinkDefinition, SinkPromise } from '../../flow/define/sink.ts';
import type { SourceDefinition } from '../../flow/define/source.ts';
import type { StageDefinition } from '../../flow/define/stage.ts';
import type { WindowSpec } from '../../flow/define/window-spec.ts';
import type { Comparisons } from '../../flow/records/comparison.ts';
import { printExpression } from '../text/printer.ts';
import type { Call } from '../tree/tree.ts';

/** How often a stream gives out something. Streams that meet must have the same rhythm. */
export type Rhythm =
  | { readonly kind: 'batches' }
  | { readonly kind: 'slides'; readonly slide: number }
  | { readonly kind: 'event'; readonly length: number; readonly slide: number };

interface Common {
  /** As it was written, or as it was put in where it was not. */
  readonly call: Call;
  /** Its name (`as "paths"`), by which what is kept of it is found again, whatever stands in front of it. */
  readonly name?: string;
  /** What comes out. */
  readonly type: Type;
  readonly rhythm: Rhythm;
}

export interface SourceNode extends Common {
  readonly kind: 'source';
  readonly definition: SourceDefinition;
  readonly arguments: BoundArguments;
}

/** Any stage that is not a window: its behaviour is `record`, `group` or `step`. */
export interface StageNode extends Common {
  readonly kind: 'stage';
  readonly definition: StageDefinition;
  readonly arguments: BoundArguments;
  readonly input: Node;
  /** For groupings only: what is aggregated instead of the batch. */
  readonly window?: { readonly spec: WindowSpec; readonly call: Call };
  /** It belongs to the aggregation before it, and finishes what that gives. */
  readonly finishes?: true;
  /** The last stage of a `transform`, which a window behind it does not look into. */
  readonly closed?: true;
}

/** A window that is not directly beside an aggregation: it gives out its records. */
export interface WindowNode extends Common {
  readonly kind: 'window';
  readonly spec: WindowSpec;
  readonly input: Node;
}

export interface StreamsNode extends Common {
  readonly kind: 'streams';
  readonly definition: StageDefinition;
  readonly arguments: BoundArguments;
  readonly left: Node;
  readonly right: Node;
}

export interface SinkNode extends Common {
  readonly kind: 'sink';
  readonly definition: SinkDefinition;
  readonly arguments: BoundArguments;
  readonly input: Node;
}

export type Node = SourceNode | StageNode | WindowNode | StreamsNode | SinkNode;

/** What runs: a graph of nodes, each standing once however many streams it feeds. Plain data but for the compiled lambdas. */
export interface Plan {
  /** In the order of the program; the index is the source's number. */
  readonly sources: readonly SourceNode[];
  /** The last node of each stream of the program, in its order. */
  readonly outputs: readonly Node[];
  /** Where the streams end that have a name of their own. */
  readonly lets: ReadonlyMap<string, { readonly node: Node | undefined }>;
  /** All nodes on the way to the outputs, each once, feeding nodes before fed ones. */
  readonly nodes: readonly Node[];
  /** The nodes that each node feeds, in the order of `nodes`: twice where it is both inputs of one. */
  readonly consumers: ReadonlyMap<Node, readonly Node[]>;
  /** What the user may want to know, though nothing is wrong. */
  readonly notes: readonly string[];
  /** What its comparisons have met, while it runs. */
  readonly comparisons: Comparisons;
}

/** Whether the program says it itself; else `stdin` or `print` was put in. */
export function isWritten({ call }: { readonly call: Call }): boolean {
  return call.place.end > 0;
}

/** What a sink promises of batches that come a second time. */
export function promiseOf({ definition, arguments: args }: SinkNode): SinkPromise {
  return definition.promiseWith?.(args) ?? definition.promise;
}

/** A node as it was written, in the words of the program, with its name. */
export function writtenOf({ call, name = call.as?.name }: Node): string {
  const text = printExpression(call);
  return name === undefined ? text : `${text} as ${toJson(name)}`;
}

/** The nodes that feed a node, in order. */
export function inputsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'source':
      return [];
    case 'streams':
      return [node.left, node.right];
    default:
      return [node.input];
  }
}

/** The window that a node is, or aggregates over. */
export function windowSpecOf(node: Node): WindowSpec | undefined {
  if (node.kind === 'window') return node.spec;
  return node.kind === 'stage' ? node.window?.spec : undefined;
}

/** A plan of these streams. */
export function planOf(streams: Omit<Plan, 'nodes' | 'consumers'>): Plan {
  const seen = new Set<Node>();
  const consumers = new Map<Node, Node[]>(streams.sources.map((source) => [source, []]));
  const visit = (node: Node) => {
    if (seen.has(node)) return;
    for (const input of inputsOf(node)) visit(input);
    seen.add(node);
    if (!consumers.has(node)) consumers.set(node, []);
    for (const input of inputsOf(node)) consumers.get(input)!.push(node);
  };
  for (const output of streams.outputs) visit(output);
  return { ...streams, nodes: [...seen], consumers };
}

/** Whether a stage takes records one by one and gives of each what it amounts to, though one may reach over several lines. */
export function isByRecord({ behaviour }: StageDefinition): boolean {
  return behaviour.kind === 'record' || (behaviour.kind === 'step' && behaviour.isByOrigin === true);
}

/** Whether a node gives the records of the input one by one, whatever batch they are in. */
export function isOfRecords(node: Node): boolean {
  if (node.kind === 'source') return true;
  if (node.kind === 'stage') {
    const { keepsOrigin, group } = node.definition;
    if (!isByRecord(node.definition) && (keepsOrigin !== true || group === 'state')) return false;
  } else if (node.kind !== 'sink') return false;
  return inputsOf(node).every(isOfRecords);
}
