/** An option or a command of the command line, as `--help` shows it. */
export interface OptionText {
  /** `--batch`, `explain`. */
  readonly name: string;
  /** `--batch <duration>`, `leat explain [options] [program]`. */
  readonly flags: string;
  readonly summary: string;
}

/** The options in a usage text: what a line starts with, and what stands behind it and in the lines below. */
export function optionsIn(usage: string): readonly OptionText[] {
  const found = usage.matchAll(/^ {2}((?:-\w, )?(--[\w-]+)(?: [<[][^>\]]+[>\]])?) {2,}(.*(?:\n {8,}\S.*)*)/gm);
  return [...found].map(([, flags, name, summary]) => ({
    name: name!,
    flags: flags!,
    summary: summary!.replace(/\s+/g, ' '),
  }));
}

/** The commands in a usage text, likewise. */
export function commandsIn(usage: string): readonly OptionText[] {
  const [, commands = ''] = usage.split(/^Commands:\n/m);
  const found = commands.matchAll(/^ {2}((\w+)(?: [<[][^>\]]+[>\]])*) {2,}(.*(?:\n {8,}\S.*)*)/gm);
  return [...found].map(([, flags, name, summary]) => ({
    name: name!,
    flags: `leat ${flags}`,
    summary: summary!.replace(/\s+/g, ' '),
  }));
}
