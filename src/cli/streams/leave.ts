/** Exit code where standard output cannot be written, as a sink's. */
const CANNOT_WRITE = 4;

let isPolite = false;
let isQuiet = false;

/**
 * To be called before Node's own standard output is written to, not by every run: a plain one does not use it, and making it takes time.
 *
 * What is said by Node's own streams (help, plans, messages) may find its reader gone, as in `leat help | head -1`, which is no failure;
 * or a full disk, which is one. Without this the user would be shown a trace of ours.
 */
export function leavePolitely(): void {
  if (isPolite) return;
  isPolite = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    leaveQuietly();
    process.stderr.write(`leat: cannot write to standard output: ${error.message}\n`);
    process.exit(CANNOT_WRITE);
  });
}

/** The same for standard error: where nobody reads it, nobody is left to be told. */
export function leaveQuietly(): void {
  if (isQuiet) return;
  isQuiet = true;
  process.stderr.on('error', () => {});
}
