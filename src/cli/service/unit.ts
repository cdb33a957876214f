/** What a service is to be. Paths are absolute. */
interface Service {
  /** What systemd calls it, without `.service`. */
  readonly name: string;
  /** The command and its arguments, as a process is given them. */
  readonly command: readonly string[];
  /** The user that it runs as; one that systemd makes for it where there is none. */
  readonly user: string | undefined;
  /** Groups that may read what it reads. */
  readonly groups: readonly string[];
  /** Directories that it writes to besides its own. */
  readonly writes: readonly string[];
  /** It listens at a port that only root may take. */
  readonly takesLowPort: boolean;
  /** It takes secrets from its environment. */
  readonly hasSecrets: boolean;
}

/** The directory that systemd makes for a service, which outlives it. */
export function stateDirectoryOf(name: string): string {
  return `/var/lib/leat-${name}`;
}

/** What a service reads its secrets from: `NAME=value` on each line. */
function secretsFileOf(name: string): string {
  return `/etc/leat/${name}.env`;
}

/** A unit of systemd, 245 or later. */
export function unitOf({ name, command, user, groups, writes, takesLowPort, hasSecrets }: Service): string {
  const lines = (setting: string, values: readonly string[]) => values.map((value) => `${setting}=${value}`);
  return `${[
    '[Unit]',
    `Description=leat: ${name}`,
    'Wants=network-online.target',
    'After=network-online.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    `ExecStart=${command.map(commandWord).join(' ')}`,
    ...lines('EnvironmentFile', hasSecrets ? [secretsFileOf(name)] : []),
    `StateDirectory=leat-${name}`,
    'StateDirectoryMode=0750',
    `WorkingDirectory=${stateDirectoryOf(name)}`,
    '# Another try after a failure, but not where the program or an option is wrong.',
    'Restart=on-failure',
    'RestartSec=2',
    'RestartPreventExitStatus=2',
    '# SIGTERM ends a run politely: it keeps where it is, and goes on from there.',
    'SuccessExitStatus=129 130 143',
    'KillMode=mixed',
    'TimeoutStopSec=30',
    '# It may read what its user may, and write to its own directory.',
    ...(user === undefined ? ['DynamicUser=yes'] : [`User=${user}`, 'NoNewPrivileges=yes', 'RestrictSUIDSGID=yes']),
    ...lines('SupplementaryGroups', groups),
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    ...lines('ReadWritePaths', writes.map(unitWord)),
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'LockPersonality=yes',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    `CapabilityBoundingSet=${takesLowPort ? 'CAP_NET_BIND_SERVICE' : ''}`,
    ...lines('AmbientCapabilities', takesLowPort ? ['CAP_NET_BIND_SERVICE'] : []),
    'UMask=0027',
    'LimitNOFILE=65536',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ].join('\n')}\n`;
}

const ESCAPED: { readonly [sign: string]: string } = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '%': '%%' };

/** A word of a unit, which means the text and nothing else, as systemd.syntax(7) has it: no specifiers are put in. */
function unitWord(text: string): string {
  if (/^[\w/.:=@,+-]+$/.test(text)) return text;
  // Systemd takes what Unicode calls no character for a fault of UTF-8, but not where it is written as bytes.
  const escaped = text.replace(/["\\%\u0000-\u001f\u007f]|\p{NChar}/gu, (sign) => {
    return ESCAPED[sign] ?? Buffer.from(sign).toString('hex').replace(/../g, '\\x$&');
  });
  return `"${escaped}"`;
}

/** A word of a command, in which variables would be put in as well. */
export function commandWord(text: string): string {
  return unitWord(text).replaceAll('$', '$$$$');
}
