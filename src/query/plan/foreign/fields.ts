/** Names that fields of the same meaning have in different logs. */
const SAME: readonly ReadonlySet<string>[] = [
  'host ip client clientip client_ip remote_addr remoteaddr remote addr address peer',
  'path url uri request endpoint resource request_uri',
  'bytes size length body_bytes_sent bytes_sent content_length',
  'status code status_code statuscode response',
  'agent useragent user_agent ua http_user_agent',
  'referrer referer http_referer',
  'time ts timestamp date datetime @timestamp',
  'method verb',
  'message msg text body',
  'app program process service tag ident',
  'severity level priority',
].map((names) => new Set(names.split(' ')));

/** The one of some names that means what another name does: `host` for `ip`; undefined where none does, or several do. */
export function sameField(name: string, names: readonly string[]): string | undefined {
  const group = SAME.find((names) => names.has(name.toLowerCase()));
  const found = group === undefined ? [] : names.filter((other) => group.has(other.toLowerCase()));
  return found.length === 1 ? found[0] : undefined;
}
