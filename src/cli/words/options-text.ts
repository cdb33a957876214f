/** An option of the command line, as `--help` shows it. */
export interface OptionText {
  /** `--batch`. */
  readonly name: string;
  /** `--batch <duration>`. */
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
