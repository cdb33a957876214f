import { inputsOf, type Node, type SourceNode, type StreamsNode } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** How often one record of a source may come to one place. Ten streams that each join the one before to itself would pass it on 1,024 times. */
const MOST_COPIES = 1000;

/** The ways from the sources to a node: so many times does each of their records come there. */
export class Copies {
  private readonly known = new WeakMap<Node, ReadonlyMap<SourceNode, number>>();

  /** What is wrong where a stream that is joined to itself again and again becomes too much, at the first such place. */
  check(node: StreamsNode): PlanProblem | undefined {
    const [source, times] = this.mostAt(node);
    const isFirst = inputsOf(node).every((input) => this.mostAt(input)[1] <= MOST_COPIES);
    if (times <= MOST_COPIES || !isFirst) return undefined;
    const [count, most] = [times, MOST_COPIES].map((number) => number.toLocaleString('en-US'));
    return planProblem('too-many-copies', node.call.namePlace, {
      message: `each record of \`${source.call.name}\` comes ${count} times here, and ${most} is the most`,
      label: 'too often the same',
      help: 'a stream that is joined to itself has each record twice; `flatMap([_, _])` says that once',
    });
  }

  /** The source whose records come most often, and how often that is. */
  private mostAt(node: Node): readonly [source: SourceNode, times: number] {
    const [first, ...others] = this.at(node);
    return others.reduce((most, other) => (other[1] > most[1] ? other : most), first!);
  }

  private at(node: Node): ReadonlyMap<SourceNode, number> {
    let found = this.known.get(node);
    if (found === undefined) {
      found = this.sum(node);
      this.known.set(node, found);
    }
    return found;
  }

  private sum(node: Node): ReadonlyMap<SourceNode, number> {
    if (node.kind === 'source') return new Map([[node, 1]]);
    const [first, ...others] = inputsOf(node).map((input) => this.at(input));
    if (others.length === 0) return first!;
    const sum = new Map(first);
    for (const other of others) for (const [source, times] of other) sum.set(source, (sum.get(source) ?? 0) + times);
    return sum;
  }
}
