import type { Parameters } from '../../../flow/define/parameters.ts';
import type { Call, Expression } from '../../tree/tree.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** An address, rather than a drive: `hdfs://namenode/logs`, and not `c:/logs`. */
const ADDRESS = /^([a-z][a-z\d+.-]+):\/\//i;

/** What is wrong with a text as the name of a file: taken as one, it would be made, or looked for, under a name that nobody means. */
export function pathProblem(
  name: string,
  path: string,
  { value, call, parameters }: { readonly value: Expression; readonly call: Call; readonly parameters: Parameters },
): PlanProblem | undefined {
  const [, scheme] = ADDRESS.exec(path) ?? [];
  if (scheme !== undefined)
    return planProblem('wrong-argument', value.place, {
      message: `\`${name}\` of \`${call.name}\` names files of this machine, and this is an address`,
      label: 'no file',
      help:
        scheme.toLowerCase() === 'file'
          ? 'the path alone, without `file://`'
          : `\`leat help ${scheme.toLowerCase()}\` says what to write instead`,
    });
  if (!Object.hasOwn(parameters, 'by') || !path.includes('${')) return undefined;
  return planProblem('wrong-argument', value.place, {
    message: `\`${name}\` of \`${call.name}\` is the name of one file, and \`\${…}\` in it means nothing`,
    label: 'a text as it is',
    help: `a file for each value of a field: \`${call.name}("…", by: .name)\``,
  });
}
