import { wallClock } from '../base/clock.ts';
import { hideSecrets } from '../base/secrets.ts';
import { sinks } from '../flow/catalog.ts';
import { type Node, planOf, type SinkNode } from '../query/plan/plan.ts';
import { implicitCall } from '../query/tree/as-call.ts';
import type { LocalOptions } from '../run/local/options/local-options.ts';
import type { RunLook } from '../run/serve/look.ts';
import type { Loaded } from './load-program.ts';
import type { Address, RunFlags } from './options.ts';

declare const LEAT_VERSION: string;

/** `--serve`: the program with each of its outputs served, but for those that it serves itself. */
export function withServed(program: Loaded, { serve: address }: RunFlags): Loaded {
  if (address === undefined) return program;
  const { plan } = program;
  const outputs = plan.outputs.map((node) => (isServed(node) ? node : servedAt(address, node)));
  return { ...program, plan: planOf({ ...plan, outputs }) };
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

/** What serves results, where the program has some served; loaded then only. */
export async function openViews(
  { plan, text }: Loaded,
  look: Pick<RunLook, 'state' | 'stages'>,
): Promise<LocalOptions['openView']> {
  if (!plan.nodes.some((node) => node.kind === 'sink' && node.definition.serves === true)) return undefined;
  const { Service } = await import('../run/serve/service.ts');
  const { Page } = await import('../run/serve/page.ts');
  const started = wallClock.now();
  const service = new Service({
    plan,
    look: { ...look, program: hideSecrets(text), version: LEAT_VERSION, started },
    page: new Page(new URL('./web/', import.meta.url)),
    thenScript: new URL('../bin/then-worker.js', import.meta.url),
    clock: wallClock,
  });
  return (wish, of) => service.open(wish, of);
}
