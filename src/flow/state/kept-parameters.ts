import { filePath, text } from '../define/parameters.ts';

/** What says which stage of a run that is kept is meant, for all that read it. */
export const keptParameters = {
  directory: filePath('the directory that was given to `--checkpoint`'),
  name: text('the stage: its name, or its word').optional(),
};
