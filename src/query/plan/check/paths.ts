import type { Parameter, Parameters } from '../../../flow/define/parameters.ts';
import type { Call, Expression } from '../../tree/tree.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** An address, rather than a drive: `hdfs://namenode/logs`, and not `c:/logs`. */
const ADDRESS = /^([a-z][a-z\d+.-]+):\/\//i;

interface Context {
  readonly value: Expression;
  readonly parameter: Parameter<unknown>;
  readonly call: Call;
  readonly parameters: Parameters;
}

/** What is wrong with a text as the name of a file: taken as one, it would be made, or looked for, under a name that nobody means. */
export function pathProblem(
  name: string,
  path: string,
  { value, parameter, call, parameters }: Context,
): PlanProblem | undefined {
  const [, scheme] = ADDRESS.exec(path) ?? [];
  const elsewhere = (parameter.accepts.kind === 'text' ? parameter.accepts.elsewhere : undefined) ?? [];
  const there = elsewhere.find(({ schemes }) => scheme !== undefined && schemes.includes(scheme.toLowerCase()));
  if (scheme !== undefined && there === undefined)
    return planProblem('wrong-argument', value.place, {
      message: `\`${name}\` of \`${call.name}\` names files of this machine, and this is an address`,
      label: 'no file',
      help:
        scheme.toLowerCase() === 'file'
          ? 'the path alone, without `file://`'
          : `\`leat help ${scheme.toLowerCase()}\` says what to write instead`,
    });
  const lonely = call.arguments.find((argument) => {
    const goesWith = elsewhere.filter(({ only }) => only.includes(argument.name ?? ''));
    return goesWith.length > 0 && (there === undefined || !goesWith.includes(there));
  });
  if (lonely !== undefined) {
    const where = elsewhere.find(({ only }) => only.includes(lonely.name ?? ''))!.schemes[0];
    return planProblem('wrong-argument', lonely.value.place, {
      message: `\`${lonely.name}\` of \`${call.name}\` means nothing for files ${there === undefined ? 'of this machine' : `at ${scheme}://`}`,
      label: 'goes with an address',
      help: `leave it out, or say where else than ${there === undefined ? 'on this machine' : 'there'}: \`${call.name}("${where}://…", ${lonely.name}: …)\``,
    });
  }
  if (there !== undefined) return undefined;
  if (!Object.hasOwn(parameters, 'by') || !path.includes('${')) return undefined;
  return planProblem('wrong-argument', value.place, {
    message: `\`${name}\` of \`${call.name}\` is the name of one file, and \`\${…}\` in it means nothing`,
    label: 'a text as it is',
    help: `a file for each value of a field: \`${call.name}("…", by: .name)\``,
  });
}
