/** What a stream may be called. */
export const STREAM_NAME = /^[^\s.*>/\\\u0000-\u001f]+$/;

/** Whether a text is a subject, or a pattern of some. */
export function isSubject(text: string): boolean {
  return /^(?:[^\s.>\u0000-\u001f]+\.)*(?:[^\s.>\u0000-\u001f]+|>)$/.test(text);
}
