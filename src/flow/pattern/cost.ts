import { ALL, type Automaton, automatonOf, type CharSet } from './automaton.ts';
import { type Alternatives, termsOf } from './tree.ts';

/** So many steps of a match are done in far less than a second. */
const STEPS = 1e8;
/** A text of so few characters cannot take long, whatever the expression. */
const SHORT = 24;
/** More steps than these are not spent on finding out. */
const EFFORT = 100_000;

/**
 * How long a text may be, in UTF-16 units, for a match of the expression to be sure to end soon.
 *
 * The engine tries one way after the other, so a match that fails takes as many steps as there are ways to get through a text, or a part of it. These grow exponentially
 * with the text where a loop can be gone round in two ways by the same characters, `(a+)+`; else by a power that is the number of loops
 * between which the characters of a text can be divided in many ways, `.*a.*a` (Weber and Seidl, 1991). Both are taken for more
 * than they are where that is simpler, never for less.
 */
export function safeLength(alternatives: Alternatives, ignoreCase: boolean): number {
  const terms = [...termsOf(alternatives)];
  const loops = terms.filter(({ node, most }) => most > 1 || node.kind === 'back').length;
  if (loops === 0) return Number.POSITIVE_INFINITY;
  const isPlain = terms.every(({ node }) => node.kind === 'set' || node.kind === 'group' || isStart(node));
  const isAnchored = alternatives.every(([first]) => first !== undefined && isStart(first.node));
  let power = powerOf(automatonOf(alternatives, ignoreCase, isPlain), isAnchored);
  // What looks around is matched at each step of the rest, at worst.
  for (const { node } of terms) {
    if (node.kind === 'look') power += powerOf(automatonOf(node.body, ignoreCase, false), true);
  }
  return power <= 1 ? Number.POSITIVE_INFINITY : Math.max(SHORT, Math.floor(STEPS ** (1 / power)));
}

function isStart(node: { readonly kind: string; readonly source?: string }): boolean {
  return node.kind === 'edge' && node.source === '^';
}

/** The power of a text's length by which the steps grow; Infinity where they grow exponentially, or that is too hard to tell. */
function powerOf(automaton: Automaton, isAnchored: boolean): number {
  const { sets, follow, first } = isAnchored ? automaton : withSearch(automaton);
  const loops = loopsOf(follow);
  const effort = { left: EFFORT };
  if (loops.some((loop) => isAmbiguous(loop, sets, follow, effort))) return Number.POSITIVE_INFINITY;
  const longest = loops.map(() => 0);
  // Loops come after those that they lead to.
  for (let i = 0; i < loops.length; i++) {
    const further = loops
      .slice(0, i)
      .flatMap((to, j) => (shares(loops[i]!, to, sets, follow, effort) ? longest[j]! : []));
    longest[i] = 1 + Math.max(0, ...further);
  }
  if (effort.left <= 0 || first.length > sets.length) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...longest);
}

/** A match may begin anywhere: as if a loop over all characters stood before it. */
function withSearch({ sets, follow, first }: Automaton): Automaton {
  const search = sets.length;
  return { sets: [...sets, ALL], follow: [...follow, [search, ...first]], first: [search] };
}

/** The strongly connected components that have an edge (Tarjan), each behind those that it leads to. */
function loopsOf(follow: Automaton['follow']): readonly (readonly number[])[] {
  const found: number[][] = [];
  const index = follow.map(() => -1);
  const low = follow.map(() => 0);
  const stack: number[] = [];
  const open = new Set<number>();
  let count = 0;
  const visit = (place: number): void => {
    index[place] = low[place] = count++;
    stack.push(place);
    open.add(place);
    for (const next of follow[place]!) {
      if (index[next]! < 0) {
        visit(next);
        low[place] = Math.min(low[place]!, low[next]!);
      } else if (open.has(next)) low[place] = Math.min(low[place]!, index[next]!);
    }
    if (low[place] !== index[place]) return;
    const loop = stack.splice(stack.indexOf(place));
    for (const member of loop) open.delete(member);
    if (loop.length > 1 || follow[place]!.includes(place)) found.push(loop);
  };
  for (let place = 0; place < follow.length; place++) if (index[place]! < 0) visit(place);
  return found;
}

/** Whether a loop can be gone round in two ways by the same characters. */
function isAmbiguous(
  loop: readonly number[],
  sets: readonly CharSet[],
  follow: Automaton['follow'],
  effort: { left: number },
): boolean {
  const members = new Set(loop);
  const within = new Map(loop.map((place) => [place, follow[place]!.filter((next) => members.has(next))]));
  for (const next of within.values()) if (new Set(next).size < next.length) return true;
  // Two that go round at once: from one place, apart, and together again.
  const apart: (readonly [number, number])[] = [];
  const seen = new Set<number>();
  const step = (a: number, b: number): boolean => {
    for (const nextA of within.get(a)!) {
      for (const nextB of within.get(b)!) {
        if (--effort.left <= 0) return true;
        if ((sets[nextA]! & sets[nextB]!) === 0n) continue;
        if (nextA === nextB) {
          if (a !== b) return true;
          continue;
        }
        const pair = nextA * sets.length + nextB;
        if (!seen.has(pair)) apart.push([nextA, nextB]);
        seen.add(pair);
      }
    }
    return false;
  };
  for (const place of loop) if (step(place, place)) return true;
  for (let pair = apart.pop(); pair !== undefined; pair = apart.pop()) if (step(...pair)) return true;
  return false;
}

/** Whether one loop leads to another by characters that both take, so that a text can be divided between them in many ways. */
function shares(
  from: readonly number[],
  to: readonly number[],
  sets: readonly CharSet[],
  follow: Automaton['follow'],
  effort: { left: number },
): boolean {
  const all = (loop: readonly number[]) => loop.reduce((chars, place) => chars | sets[place]!, 0n);
  const common = all(from) & all(to);
  const goal = new Set(to);
  const seen = new Set<number>(from);
  const open = [...from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    for (const next of follow[place]!) {
      if (--effort.left <= 0) return true;
      if (seen.has(next) || (sets[next]! & common) === 0n) continue;
      if (goal.has(next)) return true;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}
