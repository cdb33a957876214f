import { parseProgram } from '../query/text/parser.ts';
import { surplusHint } from './shell-hints.ts';
import { UsageError } from './usage-error.ts';

/** What stands around a program that is called as nc is: `-l 9999`, or a host and a port in front of it. */
interface AsNc {
  /** `9999`, or `0.0.0.0:9999`. */
  readonly listen?: string | undefined;
  /** Where the program is in a file. */
  readonly file?: string | undefined;
  readonly text: string | undefined;
  /** What stands behind the first argument that is no option. */
  readonly surplus: readonly string[];
}

/**
 * The program of a command line, which may say its source as nc does; undefined where it has none, or has it in a file.
 *
 *     leat -l 9999 'words | count'          listen(9999) | words | count
 *     leat localhost 9999                   connect("localhost", 9999)
 *
 * @throws UsageError where the source could not stand in front of the program, or more stands behind it.
 */
export function programOf(args: AsNc): string | undefined {
  const { text, surplus } = asNc(args);
  const [first] = surplus;
  if (first === undefined) return text;
  throw new UsageError(`one program was expected, found more behind it: ${first}`, {
    help: surplusHint(text ?? '', surplus),
  });
}

function asNc({ listen, file, text, surplus }: AsNc): Pick<AsNc, 'text' | 'surplus'> {
  if (listen !== undefined) return { text: behind(listening(listen), { program: text, file, by: '-l' }), surplus };
  const [port, program, ...others] = surplus;
  if (text === undefined || port === undefined || !isPort(port) || !/^(?:[\w.-]+|\[?[\da-f:]+\]?)$/i.test(text)) {
    return { text, surplus };
  }
  const source = `connect(${JSON.stringify(text.replace(/^\[|\]$/g, ''))}, ${port})`;
  return { text: behind(source, { program, file, by: 'HOST PORT' }), surplus: others };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) < 65536;
}

function listening(address: string): string {
  const [, host, port = address] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (!isPort(port))
    throw new UsageError(
      `-l takes a port, as in -l 9999, or an address of this machine, -l 0.0.0.0:9999; found ${address}`,
    );
  return host === undefined
    ? `listen(${port})`
    : `listen(${port}, host: ${JSON.stringify(host.replace(/^\[|\]$/g, '') || '0.0.0.0')})`;
}

/** A program behind a source. @param by is what says it. */
function behind(
  source: string,
  { program, file, by }: { program: string | undefined; file: string | undefined; by: string },
): string {
  if (file !== undefined) {
    throw new UsageError(
      `${by} stands in front of a program given as text; let the one in ${file} begin with ${source} | …`,
    );
  }
  if (program === undefined || program.trim() === '') return source;
  const { lets, streams } = parseProgram(program).program;
  if (lets.length > 0 || streams.length > 1) {
    throw new UsageError(
      `${by} is the source of one stream; for several write \`let input = ${source}; input | …; input | …\``,
    );
  }
  return `${source} | ${program}`;
}

/** The arguments with what nc writes in other ways: `-lk 9999`, `-l -p 9999`, and `version`. */
export function argumentsOfNc(args: readonly string[]): readonly string[] {
  const [node = '', script = '', ...own] = args;
  const end = own.indexOf('--') === -1 ? own.length : own.indexOf('--');
  const isListening = own.slice(0, end).some((arg) => /^-(?:l[kpnv]*|k[lpnv]*l[kpnv]*)$/.test(arg));
  const rewritten = own.flatMap((arg, i) => {
    if (i >= end) return [arg];
    if (isListening && /^-[lkpnv]{2,}$/.test(arg)) return ['-l'];
    if (isListening && (arg === '-k' || arg === '-p')) return [];
    return arg === '-v' || (arg === 'version' && own.length === 1) ? ['--version'] : [arg];
  });
  return [node, script, ...rewritten];
}
