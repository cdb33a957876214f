/** What the bundle of the command is started as: the command itself, or a thread of it. Each loads only what it needs. */

export async function command(): Promise<void> {
  const { runCommandLine } = await import('./main.ts');
  process.exitCode = await runCommandLine(process.argv);
}

/** A thread that works on results, see `run/serve/then-thread.ts`. */
export async function workOnResults(): Promise<void> {
  const { workOnThen } = await import('../run/serve/then-worker.ts');
  workOnThen();
}

export async function work(): Promise<void> {
  const { workOnParts } = await import('../run/local/parts/part-worker.ts');
  await workOnParts();
}
