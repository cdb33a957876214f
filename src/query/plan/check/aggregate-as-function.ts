import type { Place, Problem } from '../../../base/problem.ts';
import type { ColumnWord } from '../../../flow/define/analytic.ts';
import type { WordList } from '../../../flow/define/word-list.ts';
import { printExpression } from '../../text/printer.ts';
import { mapTree } from '../../tree/map-tree.ts';
import type { Call } from '../../tree/tree.ts';

/** The problem of a function that there is none of. Where that is an aggregate (`filter(count() > 3)`), it says where those stand. */
export function whereAggregatesStand(problem: Problem, call: Call, aggregates: WordList<ColumnWord>): Problem {
  const used = problem.code === 'unknown-function' ? callAt(call, problem.place) : undefined;
  if (used === undefined || !(aggregates.has(used.name) || aggregates.named(used.name) !== undefined)) return problem;
  return {
    ...problem,
    help: `\`${used.name}\` is an aggregate, of many records: \`groupBy(.key, {x: ${printExpression(used)}})\`, and behind that \`.x\` is its result`,
  };
}

/** The call of a function whose name stands there. */
function callAt(call: Call, { start }: Place): Call | undefined {
  let found: Call | undefined;
  mapTree(call.arguments, (part) => {
    const inner = part as Call;
    if (inner.kind === 'call' && inner.namePlace.start === start) found = inner;
    return part;
  });
  return found;
}
