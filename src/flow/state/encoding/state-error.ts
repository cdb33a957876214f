/** Bytes that are no state, or one of a version that this leat does not know. The message says what is wrong with them. */
export class StateError extends Error {}
