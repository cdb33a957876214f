/** Most bytes of a topic. */
const MOST = 65_535;

/** Whether a text is a topic that can be published to. */
export function isTopic(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= MOST && !/[+#\u0000]/.test(text);
}

/** Whether a text is a topic, or a pattern of some: `+` stands for one level, `#` for all others at the end. */
export function isTopicPattern(text: string): boolean {
  if (text === '' || Buffer.byteLength(text) > MOST || text.includes('\u0000')) return false;
  const levels = text.split('/');
  return levels.every((level, i) => (level === '#' ? i === levels.length - 1 : level === '+' || !/[+#]/.test(level)));
}
