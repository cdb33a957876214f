// A thread that hears signals where the main one cannot, since it is at work on something that does not end: a function of the user's, a
// match, a sort. The second signal gives the main thread a moment to end the process; then this one does.
// Each run of some seconds starts it and hardly any needs it, so that it loads what it uses when it does.
const { parentPort, workerData } = require('node:worker_threads');

/** Signals by their numbers, which are the same on all systems that have them. */
const NUMBERS = [1, 2, 15];
/** ms that the main thread has to end by itself. */
const MOMENT = 500;
/** ms that giving the terminal back may take, on a machine that is busy too. */
const LATEST = 5000;

/** `heard` was the number of signals that the main thread had heard, `state` is shared: which signal came first, and whether this
 * thread hears them; so are `commands`, process groups. */
const { state, commands } = workerData;
let { heard } = workerData;

function hear(number) {
  Atomics.compareExchange(state, 0, 0, number);
  heard++;
  if (heard === 2) setTimeout(end, MOMENT);
}

/** Where the terminal gives single keys, whoever uses it next shall have lines again, and see what is typed. */
const TO_LINES = `trap '' HUP INT TERM; exec < /dev/tty
stty -a | grep -q -e -icanon && stty sane && printf '\\033[?25h' > /dev/tty`;

function end() {
  const { isatty } = require('node:tty');
  if ([0, 1, 2].some((fd) => isatty(fd))) giveTerminalBack();
  for (const group of commands) if (group !== 0) send(-group, 'SIGTERM');
  send(process.pid, 'SIGKILL');
}

function giveTerminalBack() {
  const { spawnSync } = require('node:child_process');
  // One more Ctrl-C ends the shell where it comes before the shell is deaf to it.
  for (let tries = 0; tries < 5; tries++) {
    const { signal } = spawnSync('sh', ['-c', TO_LINES], { timeout: LATEST, killSignal: 'SIGKILL', stdio: 'ignore' });
    if (signal !== 'SIGINT') return;
  }
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** @returns whether signals can be heard beside the main thread, which Node's own code can up to version 23, and nobody else. */
function hearAll() {
  // That it should not be used is for us to know.
  process.noDeprecation = true;
  try {
    const { Signal } = process.binding('signal_wrap');
    for (const number of NUMBERS) {
      const handle = new Signal();
      handle.onsignal = hear;
      handle.start(number);
    }
    return true;
  } catch {
    return false;
  }
}

/** Ctrl-C alone. It ends a script that waits, and no longer reaches the main thread, which is told. */
function hearInterrupts() {
  const { Script } = require('node:vm');
  const wait = new Script('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)');
  for (;;) {
    try {
      wait.runInThisContext({ breakOnSigint: true });
    } catch {
      parentPort.postMessage('SIGINT');
      hear(2);
      if (heard > 1) return;
    }
  }
}

const hearsAll = hearAll();
Atomics.store(state, 1, 1);
Atomics.notify(state, 1);
if (hearsAll) parentPort.ref();
else hearInterrupts();
