import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { KeyReader } from './key-names.ts';

interface KeyHandlers {
  /** A key that is no signal: a character, or its name. */
  readonly press: (key: string) => void;
  /** Whether keys are letters of a text now, `q` too. */
  readonly isTyping: () => boolean;
  /** Behind a stop (Ctrl-Z): others have written to the terminal. */
  readonly resumed: () => void;
}

/** ms after which Ctrl-C is a signal of the terminal's again: a run that is over before is not stuck. */
const SOON = 1000;

const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';
const CTRL_BACKSLASH = '\u001c';

/** Ctrl-Z and Ctrl-\ stay keys, since the terminal is given back first. */
const SIGNAL_OF_CTRL_C = ['isig', 'susp', 'undef', 'quit', 'undef'];

/**
 * Listens to keys: `q` ends as Ctrl-C does, others are handed on. The terminal gives single keys and does not show them, so Ctrl-C, Ctrl-Z and
 * Ctrl-\ come as keys too and are handed on as the signals they stand for, to the whole pipeline as the terminal would.
 *
 * @param stdinIsFree whether standard input is not what the program reads; then keys come from there if it is a terminal, else from
 * the terminal that the process belongs to.
 * @returns how to stop, which gives the terminal back as it was; undefined where there are no keys to be had.
 */
export function listenToKeys(stdinIsFree: boolean, handlers: KeyHandlers): (() => void) | undefined {
  const opened = openKeyboard(stdinIsFree);
  if (opened === undefined) return undefined;
  const { keyboard, fd, close } = opened;
  let later: NodeJS.Timeout | undefined;
  const raw = (isRaw: boolean) => {
    clearTimeout(later);
    try {
      keyboard.setRawMode(isRaw);
    } catch {
      // The terminal has gone; there is no mode left to set.
      return;
    }
    // As a key, Ctrl-C would not reach a run that is too busy to hear keys. Node has no such mode, and the system's command does.
    if (isRaw)
      later = setTimeout(() => spawnSync('stty', SIGNAL_OF_CTRL_C, { stdio: [fd, 'ignore', 'ignore'] }), SOON).unref();
  };
  const send = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT') raw(false);
    process.kill(0, signal);
  };
  const reader = new KeyReader();
  const take = (piece: string) => {
    for (const key of reader.read(piece)) {
      if (key === CTRL_C || (key === 'q' && !handlers.isTyping())) send('SIGINT');
      else if (key === CTRL_Z) send('SIGTSTP');
      else if (key === CTRL_BACKSLASH) send('SIGQUIT');
      else handlers.press(key);
    }
  };
  const resume = () => {
    if (!isInForeground()) return;
    raw(true);
    handlers.resumed();
  };
  const restore = () => raw(false);
  raw(true);
  keyboard.setEncoding('utf8').on('data', take);
  keyboard.on('error', () => {});
  // Keys alone keep no run alive.
  keyboard.unref();
  process.on('SIGCONT', resume);
  process.on('exit', restore);
  return () => {
    process.off('SIGCONT', resume);
    process.off('exit', restore);
    restore();
    keyboard.off('data', take);
    keyboard.pause();
    close();
  };
}

function openKeyboard(stdinIsFree: boolean): { keyboard: ReadStream; fd: number; close: () => void } | undefined {
  if (stdinIsFree && process.stdin.isTTY) return { keyboard: process.stdin as ReadStream, fd: 0, close: () => {} };
  let fd: number;
  try {
    fd = openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
  try {
    const keyboard = new ReadStream(fd);
    return { keyboard, fd, close: () => keyboard.destroy() };
  } catch {
    closeSync(fd);
    return undefined;
  }
}

/**
 * Whether the terminal is ours now. A job in the background that reads keys or sets modes is stopped, and one that draws does so over
 * what the user types. Where the system does not say (no /proc), it is taken to be.
 */
export function isInForeground(): boolean {
  try {
    // proc(5): pid (name) state ppid pgrp session tty_nr tpgid; the name may hold anything.
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , , terminalGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return terminalGroup === '-1' || group === terminalGroup;
  } catch {
    return true;
  }
}
