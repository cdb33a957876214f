import bowser from 'bowser';

/** The first product of a header by RFC 9110, section 10.1.5: `curl/8.5.0`. */
const PRODUCT = /^([\w.+-]+)(?:\/([\w.+-]+))?/;

/** Crawlers call themselves Mozilla, and who they are behind it: `Mozilla/5.0 (compatible; AhrefsBot/7.0; …)`. */
const COMPATIBLE = /\(compatible; *([\w.+ -]+?)(?:\/([\w.+-]+))?[;)]/;

const BOT = /bot\b|crawl|spider|slurp/i;

/** What a client of the web says of itself; null what it does not tell. */
interface AgentParts {
  readonly browser: string | null;
  readonly version: string | null;
  readonly os: string | null;
  readonly osVersion: string | null;
  readonly device: string | null;
}

/** Reads a user agent by the names that `bowser` knows, which are evaluated with the first one. */
export function agentParts(text: string): AgentParts {
  // A dash is how logs write a header that was not sent.
  if (/^\s*-?\s*$/.test(text)) return { browser: null, version: null, os: null, osVersion: null, device: null };
  const { browser, os, platform } = bowser.parse(text);
  const isTold = browser.name !== undefined && browser.name !== '' && browser.name !== 'Mozilla';
  const [, name, version] = isTold
    ? [text, browser.name, browser.version]
    : (COMPATIBLE.exec(text) ?? PRODUCT.exec(text) ?? []);
  return {
    browser: name || null,
    version: version || null,
    os: os.name || null,
    osVersion: os.versionName !== undefined && os.name === 'Windows' ? os.versionName : os.version || null,
    device: platform.type || (BOT.test(text) ? 'bot' : null),
  };
}
