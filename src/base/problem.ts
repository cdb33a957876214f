/** A piece of the program's text: offsets in UTF-16 units, `end` behind the last. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A mistake in a program, in the user's words. All mistakes of a program are reported at once, before anything is read. */
export interface Problem {
  /** What kind of mistake it is, in kebab-case, the same for ever: `unknown-stage`. */
  readonly code: string;
  /** Where it is. */
  readonly place: Place;
  /** What was expected and what was found, as one sentence without a full stop. */
  readonly message: string;
  /** What stands under the caret: a few words about the place itself. */
  readonly label?: string;
  /** A way out, as one sentence or a piece of program. */
  readonly help?: string;
  /** Another place that is the cause. */
  readonly also?: { readonly place: Place; readonly label: string };
}

/** What is wrong with a text that stands in a program, and where in it. */
export interface TextFault extends Pick<Problem, 'message'> {
  /** Where it is more than an argument that is wrong: the environment lacks something that the program needs. */
  readonly code?: 'missing-driver' | 'missing-secret';
  readonly label: string;
  readonly help: string;
  /** Offsets in the value of the text. */
  readonly at: Place;
}

/** A program that cannot run, with all its mistakes. Exit 2. */
export class ProgramError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('; '));
    this.problems = problems;
  }
}

/**
 * One record, or one value, that cannot be worked on. It is thrown by expressions and parsers, caught by the step that
 * called them, counted by reason and never stops the stream.
 *
 * It is no `Error`: a stream of bad records must not pay for a stack trace each.
 */
export class BadRecord {
  /** What bad records are counted by, so the same words for the same fault: `"ms" is not a number`. */
  readonly reason: string;
  /** What is special about this one, shown with the first of its reason. */
  readonly detail: string | undefined;

  constructor(reason: string, detail?: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

/** Thrown in the middle of work that takes too long, when the run is to end: what was being read is left at that. */
export class RunInterrupted extends Error {}

/** The exit code of a failure: 1 at run time in general, 2 options that do not fit the program, 3 a source, 4 a sink. */
export type FailureExit = 1 | 2 | 3 | 4;

/** A run that cannot go on: a source that cannot be opened, a sink that failed for good, a limit that was passed. */
export class RunFailure extends Error {
  readonly code: string;
  readonly exit: FailureExit;
  readonly help: string | undefined;

  constructor(code: string, exit: FailureExit, message: string, help?: string) {
    super(message);
    this.code = code;
    this.exit = exit;
    this.help = help;
  }
}
