/** What is said by a sink that is given other records than those that it has written, and cannot take these back. @param what it writes to. */
export function mayBeTwice(what: string): string {
  return `the program is another one: what the one before had written to ${what} and not kept stays there, and may come a second time`;
}
