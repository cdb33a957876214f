/** What a terminal understands: ECMA-48, xterm's private modes, and the synchronised update of DEC mode 2026. */

const ESCAPE = '\u001b[';

/** From here on the terminal shows nothing until {@link END}, where it can; others pass over it. */
const BEGIN_UPDATE = `${ESCAPE}?2026h`;
const END_UPDATE = `${ESCAPE}?2026l`;
const HIDE_CURSOR = `${ESCAPE}?25l`;
const SHOW_CURSOR = `${ESCAPE}?25h`;
/** A text that is wider than the terminal counts it is cut at the edge, instead of pushing the lines below it down. */
export const NO_WRAP = `${ESCAPE}?7l`;
export const WRAP = `${ESCAPE}?7h`;

/** In front of a drawing and behind it. */
export const BEGIN = BEGIN_UPDATE + HIDE_CURSOR;
export const END = WRAP + SHOW_CURSOR + END_UPDATE;

/** What a drawing that was broken off leaves behind is put right, whatever it was. */
export const RESTORE = `${ESCAPE}0m${END}`;

export const ERASE_LINE_END = `${ESCAPE}K`;
export const ERASE_BELOW = `${ESCAPE}J`;

/** To the start of the line `count` lines above. */
export const up = (count: number): string => (count === 0 ? '\r' : `\r${ESCAPE}${count}A`);
