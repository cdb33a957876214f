import { say } from './streams/door.ts';

declare const LEAT_VERSION: string;

/** What `leat --version` says where that is all of the command line: the build makes a script of its own of it, which nothing else is in. */
export function tellVersion(): void {
  say(`${LEAT_VERSION}\n`);
}
