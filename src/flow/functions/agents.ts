import { STRING, wholeObject } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { defineFunction, type FunctionDefinition } from '../define/function.ts';
import { agentParts } from '../texts/agent-parts.ts';

/** What is behind so many characters is not looked at: senders choose how long it is. */
const LONGEST = 1000;

/** So many answers are kept, since logs say the same again and again: what is looked up takes a hundredth of what reading takes. */
const MOST_KEPT = 1000;

const kept = new Map<string, Value>();

function userAgent(text: string): Value {
  const read = text.slice(0, LONGEST);
  let parts = kept.get(read);
  if (parts !== undefined) return parts;
  // Made anew, since a part of a longer text keeps all of that in memory.
  const own = Buffer.from(read, 'utf16le').toString('utf16le');
  parts = { ...agentParts(own) };
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(own, parts);
  return parts;
}

/** Functions of what the software of a client says of itself. */
export const agentFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'userAgent',
    group: 'text',
    summary: 'The parts of a user agent: browser, version, os, osVersion, device',
    synonyms: ['browser', 'user agent', 'agent', 'bot', 'mobile'],
    docs:
      'What clients of the web say of themselves, as `.agent` of `clf`; they may say what they like. `device` is "desktop", "mobile", "tablet", "tv" or "bot". ' +
      'A client that is no browser has the name and version that it begins with, as `curl/8.5.0`. Versions are texts; what is not told is null, and all of it of `-`. The package `bowser` knows the names.',
    examples: [
      {
        expression: 'userAgent("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0")',
        gives: '{"browser":"Firefox","version":"121.0","os":"Linux","osVersion":null,"device":"desktop"}',
      },
      { expression: 'userAgent("curl/8.5.0").browser', gives: '"curl"' },
    ],
    parameters: [{ name: 'text', type: STRING }],
    gives: wholeObject({ browser: STRING, version: STRING, os: STRING, osVersion: STRING, device: STRING }),
    call: userAgent,
  }),
];
