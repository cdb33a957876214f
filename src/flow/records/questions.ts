/**
 * How often functions have asked the run for something, or told it, in this thread. Where that has not changed, what a function gave depends on its
 * arguments alone, and may be remembered.
 */
export const questions = { asked: 0 };
