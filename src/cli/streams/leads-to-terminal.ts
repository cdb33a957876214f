import { fstatSync, type Stats, statSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Whether a descriptor is that of a terminal; false where it is closed.
 *
 * Node's own answer comes with all that it has for terminals and sockets, which takes longer to load than half of ours. So it is asked only
 * where the file system does not know better.
 */
export function leadsToTerminal(fd: number): boolean {
  try {
    const kind = fstatSync(fd);
    return kind.isCharacterDevice() && !isNull(kind) && isatty(fd);
  } catch {
    return false;
  }
}

/** Where output goes that nobody wants. */
function isNull(kind: Stats): boolean {
  try {
    return statSync('/dev/null').rdev === kind.rdev;
  } catch {
    return false;
  }
}
