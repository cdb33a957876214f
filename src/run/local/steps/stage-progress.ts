import type { RunContext } from '../../../flow/define/context.ts';
import type { Node } from '../../../query/plan/plan.ts';

/** How far a stage is. */
export interface StageState {
  readonly node: Node;
  /** What it keeps between batches, bytes (estimated); undefined where it keeps nothing. */
  readonly held: number | undefined;
  /** How far event time has come in it, ms; undefined where it has not begun, or counts by none. */
  readonly watermark: number | undefined;
}

/** How to ask the steps of one node. */
interface Asks {
  readonly followed: (() => number)[];
  readonly awaited: (() => number | undefined)[];
  readonly held: (() => number)[];
}

/** How far stages are, and what they keep. It asks them only when somebody looks on. */
export class StageProgress {
  private readonly nodes = new Map<Node, Asks>();

  /** What the steps of a node are given, to say how they are asked. */
  of(node: Node): Required<Pick<RunContext, 'follow' | 'awaitWindow' | 'holds'>> {
    const asks: Asks = { followed: [], awaited: [], held: [] };
    this.nodes.set(node, asks);
    return {
      follow: (reached) => void asks.followed.push(reached),
      awaitWindow: (end) => void asks.awaited.push(end),
      holds: (bytes) => void asks.held.push(bytes),
    };
  }

  /** Stages that keep something, or have begun in event time. */
  get states(): readonly StageState[] {
    return [...this.nodes].flatMap(([node, { followed, held }]) => {
      const watermark = leastOf(followed);
      if (held.length === 0 && watermark === undefined) return [];
      const bytes = held.length === 0 ? undefined : held.reduce((sum, ask) => sum + ask(), 0);
      return [{ node, held: bytes, watermark }];
    });
  }

  /** Of several stages, that of the one that is least far, ms; undefined where one has not begun, or there is none. */
  get watermark(): number | undefined {
    return leastOf([...this.nodes.values()].flatMap(({ followed }) => followed));
  }

  /** The end of the first window that is open, ms. */
  get nextWindow(): number | undefined {
    const ends = [...this.nodes.values()].flatMap(({ awaited }) => awaited.flatMap((end) => end() ?? []));
    return ends.length === 0 ? undefined : Math.min(...ends);
  }
}

function leastOf(followed: readonly (() => number)[]): number | undefined {
  const least = Math.min(...followed.map((reached) => reached()));
  return Number.isFinite(least) ? least : undefined;
}
