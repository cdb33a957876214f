import type { TextFault } from '../../base/problem.ts';

/** Schemes, with that of the requests and the port where none is said. */
const SCHEMES: { readonly [scheme: string]: readonly [scheme: string, port: number] } = {
  'hdfs:': ['http:', 9870],
  'webhdfs:': ['http:', 9870],
  'http:': ['http:', 9870],
  'swebhdfs:': ['https:', 9871],
  'https:': ['https:', 9871],
};

/** Ports at which name nodes speak to Hadoop's own clients, and not HTTP. */
const RPC: ReadonlySet<string> = new Set(['8020', '9000']);

const FORM = /^([a-z]+:)\/\/([^/?#@]+?)(?::(\d+))?(\/.*)$/is;

/** The root of a name node, `http://namenode:9870`, and a path or glob in its file system. */
interface HdfsAddress {
  readonly root: string;
  readonly path: string;
}

/** Undefined where the text is no address. */
export function readHdfsAddress(text: string): HdfsAddress | undefined {
  const [, scheme = '', host, port, path] = FORM.exec(text) ?? [];
  const known = SCHEMES[scheme.toLowerCase()];
  if (known === undefined || path === undefined) return undefined;
  return { root: `${known[0]}//${host}:${port ?? known[1]}`, path };
}

/** What is wrong with an address, if anything. */
export function hdfsFault(text: string): TextFault | string | undefined {
  const [, , , port = ''] = FORM.exec(text) ?? [];
  if (RPC.has(port))
    return `port ${port} is the one for Hadoop's own clients: the one for HTTP is meant, 9870 as a rule`;
  if (readHdfsAddress(text) !== undefined) return undefined;
  return 'it is the HTTP address of a name node with a path behind it, as in `"http://namenode:9870/logs/*.log"`';
}
