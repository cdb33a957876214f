import type { Fields } from '../../base/value.ts';
import { inputsOf, type Node, type Plan, type SinkNode } from '../../query/plan/plan.ts';
import { printExpression } from '../../query/text/printer.ts';
import type { AlertsOf } from '../local/steps/alerts.ts';

/** The nodes in front of one and behind it. */
function around(plan: Plan, node: Node): ReadonlySet<Node> {
  const found = new Set<Node>();
  const walk = (from: Node, next: (node: Node) => readonly Node[]) => {
    for (const other of next(from)) {
      if (found.has(other)) continue;
      found.add(other);
      walk(other, next);
    }
  };
  walk(node, inputsOf);
  walk(node, (one) => plan.consumers.get(one) ?? []);
  return found;
}

/** How to ask which alerts are on that a view has to do with: those of stages in front of it, and behind it. */
export function alertsAround(plan: Plan, node: SinkNode, on: () => readonly AlertsOf[]): () => readonly Fields[] {
  const nodes = around(plan, node);
  return () => alertsData(on().filter((alerts) => nodes.has(alerts.node)));
}

/** Alerts as they are told to programs, and to the page. Times in ms. */
function alertsData(on: readonly AlertsOf[]): readonly Fields[] {
  return on.flatMap(({ node, first, count }) => {
    const { message, by } = node.arguments as { readonly message?: string; readonly by?: unknown };
    const alert = message ?? printExpression(node.call);
    const some = first.map(({ key, since }): Fields => ({ alert, ...(by === undefined ? {} : { key }), since }));
    return count > first.length ? [...some, { alert, more: count - first.length }] : some;
  });
}
