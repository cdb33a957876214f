/** What docs/deploy.md gives to copy: the container file and the manifest of Kubernetes, held to the package and to the command. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { temporaryDirectory } from '../support/directory.ts';
import { Leat } from './harness.ts';

const page = readFileSync('docs/deploy.md', 'utf8');
const about = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
};

/** The one block of a language on the page. */
function block(language: string): string {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text!);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('the container file', () => {
  const lines = block('dockerfile')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => /^([A-Z]+) (.+)$/.exec(line)!.slice(1) as [string, string]);
  const all = (instruction: string) => lines.filter(([name]) => name === instruction).map(([, rest]) => rest);
  const last = (instruction: string) => all(instruction).at(-1)!;

  test('has only instructions that there are, and begins with its base', () => {
    const known = new Set(['FROM', 'COPY', 'RUN', 'USER', 'VOLUME', 'ENTRYPOINT', 'CMD']);
    expect(lines.map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
    expect(lines[0]![0]).toBe('FROM');
  });

  test('takes what npm pack makes, to where it is installed from, on a Node that the package runs on', () => {
    const [from, to] = last('COPY').split(' ');
    expect(from).toBe(`${about.name}-${about.version}.tgz`);
    expect(last('RUN')).toContain(`npm install --global ${to} `);
    const [, major] = /node:(\d+)-slim$/.exec(last('FROM'))!;
    expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(about.engines.node)![0]));
  });

  test('runs the command of the package as the first process, as a user who may write to the volume', () => {
    // As a list: a shell in front of it would not hand on SIGTERM.
    const [command, ...rest] = JSON.parse(last('ENTRYPOINT')) as string[];
    expect([Object.keys(about.bin).includes(command!), rest]).toEqual([true, []]);
    const [user, group] = last('USER').split(':');
    expect(last('RUN')).toContain(`install -d -o ${user} -g ${group} ${last('VOLUME')}`);
    expect(Number(user)).toBeGreaterThan(0);
  });

  test('its CMD is a line that ends well', async () => {
    const { code } = await new Leat(JSON.parse(last('CMD')) as string[], temporaryDirectory()).ended;
    expect(code).toBe(0);
  });
});

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> }; readonly spec: Pod };
  };
}

interface Pod {
  readonly hostname: string;
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [
    {
      readonly args: readonly string[];
      readonly securityContext: { readonly readOnlyRootFilesystem: boolean };
      readonly volumeMounts: readonly {
        readonly name: string;
        readonly mountPath: string;
        readonly readOnly?: boolean;
      }[];
    },
  ];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

describe('the manifest of Kubernetes', () => {
  const [config, set] = parseAllDocuments(block('yaml')).map((document) => document.toJS() as Manifest);
  const { template, selector } = set?.spec ?? {};
  const pod = template?.spec;
  const [container] = pod?.containers ?? [];
  const option = (name: string) => container!.args[container!.args.indexOf(name) + 1]!;
  const mountOf = (path: string) =>
    container!.volumeMounts.find(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`));

  test('is a set whose pods are its own, with a name that the next one has, too', () => {
    expect([config!.kind, set!.kind]).toEqual(['ConfigMap', 'DaemonSet']);
    expect(template!.metadata.labels).toEqual(selector!.matchLabels);
    expect(pod!.hostname).toMatch(/^[a-z0-9-]{1,63}$/);
  });

  test('gives each place that is mounted, keeps the state on one that may be written, and reads the program from the other part', () => {
    const mounts = container!.volumeMounts.map(({ name }) => name);
    expect(pod!.volumes.map(({ name }) => name).toSorted()).toEqual(mounts.toSorted());
    expect(container!.securityContext.readOnlyRootFilesystem).toBe(true);
    const state = mountOf(option('--checkpoint'));
    expect(state).toBeDefined();
    expect(state!.readOnly).not.toBe(true);
    const program = mountOf(option('-f'))!;
    const volume = pod!.volumes.find(({ name }) => name === program.name);
    expect(volume!.configMap!.name).toBe(config!.metadata.name);
    expect(Object.keys(config!.data)).toEqual([option('-f').slice(program.mountPath.length + 1)]);
  });

  test('its line is kept, and stopped politely long before it would be killed', async () => {
    const folder = temporaryDirectory();
    const [name, text] = Object.entries(config!.data)[0]!;
    expect(mountOf(/tail\("([^"]+)"\)/.exec(text)![1]!)!.readOnly).toBe(true);
    const log = join(folder, 'a.log');
    writeFileSync(log, '');
    writeFileSync(join(folder, name), text.replace('/var/log/containers/*.log', log));
    const places: Readonly<Record<string, string>> = { [option('--checkpoint')]: 'state', [option('-f')]: name };
    const leat = new Leat(
      container!.args.map((argument) => places[argument] ?? argument),
      folder,
    );
    await leat.noted(/keeping the run in state/);
    await leat.noted(/following/);
    const start = process.hrtime.bigint();
    leat.child.kill('SIGTERM');
    expect((await leat.ended).code).toBe(143);
    expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(pod!.terminationGracePeriodSeconds);
  });
});
