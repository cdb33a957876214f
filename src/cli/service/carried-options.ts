import type { Command } from 'commander';

/** Options that say where the program comes from, which is in what the service runs, and where it is kept, which is said anew. */
const NOT_CARRIED = ['--file', '--listen', '--checkpoint'];

/**
 * The options of a command line that a run is to have as well, as they were written.
 *
 * @param args without Node and the script.
 * @param command the one that reads them: those that it has beside its parent's are its own.
 */
export function carriedOptions(args: readonly string[], command: Command): readonly string[] {
  const options = [...command.options, ...command.parent!.options];
  const carried: string[] = [];
  for (let i = 0; i < args.length && args[i] !== '--'; i++) {
    const [name = '', value] = args[i]!.split(/=(.*)/s);
    const option = options.find(({ short, long }) => long === name || short === name.slice(0, 2));
    if (option === undefined) continue;
    const hasNext = option.required && value === undefined && [option.short, option.long].includes(name);
    const isCarried = !command.options.includes(option) && !NOT_CARRIED.includes(option.long ?? '');
    if (isCarried) carried.push(args[i]!, ...(hasNext ? [args[i + 1]!] : []));
    if (hasNext) i++;
  }
  return carried;
}
