import { expect, it } from 'vitest';
import { DoneFiles, type FileStats, identityOf } from '../../../src/flow/files/done-files.ts';

const file = (settings: Partial<FileStats> = {}): FileStats => ({
  dev: 1n,
  ino: 7n,
  birthtimeNs: 0n,
  mtimeNs: 100n,
  ctimeNs: 100n,
  ...settings,
});

it('knows a file whatever its name and its content', () => {
  const done = new DoneFiles();
  done.add(file());
  expect(done.has(file({ mtimeNs: 200n, ctimeNs: 300n }))).toBe(true);
  expect(done.has(file({ ino: 8n }))).toBe(false);
  expect(done.has(file({ dev: 2n }))).toBe(false);
});

it('tells a new file of the same number by when it was made, where the device knows that', () => {
  const done = new DoneFiles();
  done.add(file({ birthtimeNs: 90n }));
  done.learn(file({ ino: 1n, birthtimeNs: 1n, ctimeNs: 50n }));
  expect(done.has(file({ birthtimeNs: 90n, mtimeNs: 200n, ctimeNs: 200n }))).toBe(true);
  expect(done.has(file({ birthtimeNs: 150n, ctimeNs: 150n }))).toBe(false);
});

it('is not misled by a device that gives the time of the last change instead', () => {
  const done = new DoneFiles();
  done.add(file({ birthtimeNs: 100n }));
  expect(done.has(file({ birthtimeNs: 200n, ctimeNs: 200n }))).toBe(true);
});

it('takes a number that was missing for another file if it has changed, else for one that came back', () => {
  const done = new DoneFiles();
  done.add(file());
  done.forgetMissing(new Set(), 1000);
  expect(done.has(file({ mtimeNs: 200n }))).toBe(false);
  expect(done.has(file())).toBe(true);
  done.forgetMissing(new Set([identityOf(file())]), 2000);
  expect(done.has(file({ mtimeNs: 200n }))).toBe(true);
});

it('forgets what is gone for five seconds', () => {
  const done = new DoneFiles();
  done.add(file());
  done.forgetMissing(new Set(), 1000);
  done.forgetMissing(new Set(), 5999);
  expect(done.has(file())).toBe(true);
  done.forgetMissing(new Set(), 6000);
  expect(done.has(file())).toBe(false);
});
