import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Answer } from './answer.ts';
import { Refusal } from './refusal.ts';

/** The files of the page by the last part of their addresses. */
const FILES: { readonly [path: string]: { readonly name: string; readonly type: string } } = {
  '': { name: 'index.html', type: 'text/html; charset=utf-8' },
  'page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  'style.css': { name: 'style.css', type: 'text/css; charset=utf-8' },
};

/** The page runs its own script and asks its own address, and nothing else. */
const OWN =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'";

/** The page that shows views. */
export class Page {
  private readonly folder: URL;
  private readonly read = new Map<string, Buffer>();

  /** @param folder with the files of the page. */
  constructor(folder: URL) {
    this.folder = folder;
  }

  /** A file of it; undefined where there is none at this path. @param within origins of pages that may show it within themselves. */
  file(path: string, request: IncomingMessage, within: readonly string[]): Answer | undefined {
    const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
    if (file === undefined) return undefined;
    const isPacked = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const headers = {
      'content-security-policy': `${OWN}; frame-ancestors ${within.length === 0 ? "'none'" : within.join(' ')}`,
      vary: 'accept-encoding',
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    };
    return { type: file.type, body: this.bytes(file.name, isPacked), headers };
  }

  /** The text of one of its files, by the last part of its address. @throws Refusal where it is not there. */
  text(path: 'page.js' | 'style.css'): string {
    return this.bytes(path, false).toString();
  }

  /** The bytes of a file, packed by gzip or not: made when they are asked for first. */
  private bytes(name: string, isPacked: boolean): Buffer {
    const key = isPacked ? `${name}.gz` : name;
    const known = this.read.get(key);
    if (known !== undefined) return known;
    let bytes: Buffer;
    try {
      bytes = readFileSync(new URL(name, this.folder));
    } catch {
      throw new Refusal(500, 'no-page', 'the files of the page are not where they were built', 'install leat again');
    }
    const made = isPacked ? gzipSync(bytes, { level: 9 }) : bytes;
    this.read.set(key, made);
    return made;
  }
}
