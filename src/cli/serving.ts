import { extname } from 'node:path';
import { hideSecrets } from '../base/secrets.ts';
import { sinks } from '../flow/catalog.ts';
import { defineSink } from '../flow/define/sink.ts';
import type { ViewWish } from '../flow/define/view.ts';
import { type Node, type Plan, planOf, type SinkNode } from '../query/plan/plan.ts';
import { implicitCall } from '../query/tree/as-call.ts';
import type { LocalOptions } from '../run/local/options/local-options.ts';
import type { RunLook } from '../run/serve/look.ts';
import type { Service } from '../run/serve/service.ts';
import type { Loaded } from './load-program.ts';
import type { Address, RunFlags } from './options.ts';

declare const LEAT_VERSION: string;

/**
 * `--serve`: the program with each of its outputs served, but for those that it serves itself. And `--save page.html` of a program that serves and
 * draws nothing: with each of its outputs kept for that page.
 */
export function withServed(program: Loaded, { serve: address, save = '' }: RunFlags): Loaded {
  const { plan } = program;
  if (address === undefined && !isPageOfAll(plan, save)) return program;
  const outputs = plan.outputs.map((node) =>
    isServed(node) ? node : address === undefined ? keptAside(node) : servedAt(address, node),
  );
  return { ...program, plan: planOf({ ...plan, outputs }) };
}

/** Whether a page is to be saved of a program that shows nothing but what it prints and writes. */
function isPageOfAll({ nodes }: Plan, save: string): boolean {
  const isShown = nodes.some((node) => node.kind === 'sink' && (node.definition.serves ?? node.definition.draws));
  return extname(save).toLowerCase() === '.html' && !isShown;
}

function isServed(node: Node): boolean {
  return node.kind === 'sink' && (node.definition.serves === true || isServed(node.input));
}

function servedAt({ host, port }: Address, input: Node): SinkNode {
  const serve = sinks.get('serve')!;
  const args: { [name: string]: unknown } = {};
  for (const [name, { fallback }] of Object.entries(serve.parameters)) args[name] = fallback;
  args.port = port;
  if (host !== undefined) args.host = host;
  const { type, rhythm } = input;
  return { kind: 'sink', call: implicitCall(serve.name), definition: serve, arguments: args, input, type, rhythm };
}

/** Results that nobody is served, for the page that is saved of them. */
function keptAside(input: Node): SinkNode {
  const definition = defineSink({
    name: 'page',
    summary: 'What a page is saved of',
    docs: 'Keeps the results for the page that is saved at the end.',
    examples: [],
    parameters: {},
    serves: true,
    promise: 'again',
    create: (_, { openView }) => openView!(ASIDE),
  });
  const { type, rhythm } = input;
  return { kind: 'sink', call: implicitCall(definition.name), definition, arguments: {}, input, type, rhythm };
}

const ASIDE: ViewWish = {
  port: undefined,
  host: '',
  name: undefined,
  keep: Number.POSITIVE_INFINITY,
  token: undefined,
  open: false,
  cors: [],
  secure: undefined,
  metrics: false,
};

/** How long results are served that nobody ends. */
type Lasting = Pick<LocalOptions, 'clock' | 'duration' | 'batches'>;

/** What serves the results of a program. Behind the end of the input it does so until the time of the run is over, and not where the batches are counted. */
export async function openViews(
  { plan, text }: Loaded,
  look: Pick<RunLook, 'state' | 'stages'>,
  { clock, duration = Number.POSITIVE_INFINITY, batches }: Lasting,
): Promise<Service> {
  const { Service } = await import('../run/serve/service.ts');
  const { Page } = await import('../run/serve/page.ts');
  const { completeStages } = await import('./completion/program.ts');
  const started = clock.now();
  return new Service({
    plan,
    look: { ...look, nodes: plan.nodes, program: hideSecrets(text), version: LEAT_VERSION, started },
    page: new Page(new URL('./web/', import.meta.url)),
    complete: completeStages,
    thenScript: new URL('../bin/then-worker.js', import.meta.url),
    clock,
    until: batches === undefined ? started + duration : started,
  });
}
