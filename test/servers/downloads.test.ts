/** Where all servers are wanted, none is left out for want of a download. */
import { expect, test } from 'vitest';
import { wantsServers } from '../support/servers.ts';
import { hasJava, isDownloaded, runs } from './downloads.ts';

test.skipIf(!wantsServers)('what can be downloaded is there where all are wanted', () => {
  const ofJava = hasJava() && runs('mvn', '-version') ? ['flume', 'hdfs', 'kafka'] : [];
  const ofPython = runs('python3', '-c', 'import ensurepip, venv') ? ['moto', 'scribe'] : [];
  expect([...ofJava, ...ofPython].filter((name) => !isDownloaded(name))).toEqual([]);
});
