import { resolve } from 'node:path';
import type { RunFailure } from '../base/problem.ts';
import { isMarked } from '../flow/output/appended-file.ts';
import { sinkFailure } from '../flow/output/failure.ts';
import { hostFileSystem } from '../flow/output/host-file-system.ts';
import { RunFile } from '../flow/output/run-file.ts';
import type { Plan } from '../query/plan/plan.ts';
import { namesOf } from '../run/durable/plan-names.ts';
import type { Store } from '../run/durable/store.ts';
import { BAD, RECORD } from '../run/local/output/open-sinks.ts';
import { UsageError } from './usage-error.ts';

type OnFailure = (failure: RunFailure) => void;

/** Opens the file of bad records (`--bad`): anew, or behind what the run that is gone on with has kept. @throws RunFailure where it cannot be written. */
export function openBad(path: string, store: Store | undefined, onFailure: OnFailure): RunFile {
  return openFile(
    { option: '--bad', path, name: BAD, mode: store?.found === undefined ? 'anew' : 'append' },
    store,
    onFailure,
  );
}

/**
 * Opens the file of a session (`--record`): anew, or behind what the run that is gone on with has recorded.
 *
 * @returns undefined where that run was finished and has none, so that nothing is to be recorded.
 * @throws UsageError where it would write over what is no session of this run; RunFailure where it cannot be written.
 */
export function openRecord(
  path: string,
  plan: Plan,
  store: Store | undefined,
  onFailure: OnFailure,
): RunFile | undefined {
  const isRead = plan.sources.some(({ definition, arguments: { path: read } }) => {
    return definition.name === 'replay' && typeof read === 'string' && resolve(read) === resolve(path);
  });
  if (isRead) throw wrong(path, 'the program reads this session', 'keep the new one in another file');
  const file = { option: '--record', path, name: RECORD, mode: 'anew' } as const;
  if (store === undefined) return openFile(file, store, onFailure);
  const there = hostFileSystem.status(path);
  if (there?.isRegular === false)
    throw wrong(
      path,
      'with --checkpoint it is cut back to what was kept',
      'name a file, rather than a pipe or a device',
    );
  const { found } = store;
  if (found === undefined) return openFile(file, store, onFailure);
  const from = store.startOf(RECORD);
  if (from !== undefined && isMarked({ files: hostFileSystem, path }, from)) {
    if (found.base.sources.join('\n') !== namesOf(plan).sources.join('\n'))
      throw wrong(path, 'it is a session of other sources', 'begin one in another file');
    return openFile(file, store, onFailure);
  }
  if (found.frozen.isFinished) return undefined;
  if ((there?.size ?? 0) > 0) {
    const what = `it is not what the run in ${store.directory} was recorded to last`;
    throw wrong(path, what, 'begin a session in a file that is not there, or give the one that it goes on in');
  }
  return openFile({ ...file, isNew: true }, store, onFailure);
}

/** What is said where a run that goes on is recorded from now on; undefined where it was from its start. */
export function noteOnRecord(store: Store | undefined, { goesOn }: RunFile): string | undefined {
  const found = store?.found;
  if (found === undefined || goesOn || found.frozen.batch === 0) return undefined;
  const { directory } = store!;
  return `recorded from batch ${(found.frozen.batch + 1).toLocaleString('en-US')} on: what ${directory} kept before is not in the session, and is not known to who replays it`;
}

function wrong(path: string, what: string, help: string): UsageError {
  return new UsageError(`--record ${path}: ${what}`, { help });
}

interface OptionFile {
  readonly option: string;
  readonly path: string;
  /** What it is called in a checkpoint. */
  readonly name: string;
  readonly mode: 'append' | 'anew';
  /** Whatever was kept is of another file. */
  readonly isNew?: boolean;
}

function openFile(
  { option, path, name, mode, isNew = false }: OptionFile,
  store: Store | undefined,
  onFailure: OnFailure,
): RunFile {
  const target = `${option} ${path}`;
  const failed = (error: unknown) => {
    // A reader that has gone (`--bad >(head)`) wants no more, which is no failure.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPIPE' && code !== 'ECONNRESET') onFailure(sinkFailure(target, error));
  };
  try {
    const from = isNew ? undefined : store?.startOf(name);
    return new RunFile({ files: hostFileSystem, path, mode, failed, intents: store?.intentsOf(name), from });
  } catch (error) {
    throw sinkFailure(target, error);
  }
}
