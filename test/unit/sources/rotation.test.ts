import { expect, it } from 'vitest';
import { namesBefore } from '../../../src/flow/files/rotation.ts';

it.each([
  ['app.log.1', 'app.log'],
  ['app.log.10.gz', 'app.log'],
  ['app.log.gz', 'app.log'],
  ['app.log-20261125', 'app.log'],
  ['app.log-20261125-1795593600.gz', 'app.log'],
  ['app.log.2026-11-25T10:00:00Z', 'app.log'],
  ['app.log.old', 'app.log'],
  ['app.log~', 'app.log'],
  ['app-2026-11-25.log', 'app.log'],
  ['app.2026-11-25.0.log', 'app.log'],
  ['app.1.log', 'app.log'],
  ['messages-20261125', 'messages'],
  ['syslog.2.gz', 'syslog'],
])('%s may have been %s', (name, original) => {
  expect(namesBefore(name)).toContain(original);
});

it.each([
  ['app.log', 'app.log'],
  ['app-error.log.1', 'app.log'],
  ['app2.log', 'app.log'],
  ['myapp.log.1', 'app.log'],
  ['app.log.error', 'app.log'],
  ['app.log', 'app'],
])('%s was never %s', (name, original) => {
  expect(namesBefore(name)).not.toContain(original);
});
