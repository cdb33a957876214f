// What was measured, as lines for a terminal and as the page docs/benchmarks.md.

import { listenJob } from './listen.mjs';

const seconds = (ms) => (ms === undefined ? '–' : ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`);
const megabytes = (bytes) => (bytes === undefined ? '–' : `${(bytes / 2 ** 20).toFixed(0)} MB`);
const ratio = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ×`;

/** Cells of a table of Markdown: a pipe sign would end one. */
const cell = (text) => String(text).replaceAll('|', '\\|');
const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
const code = (text) => `\`${text}\``;

/** The targets of a job: what they say, what was found, whether they are met; a dash where that cannot be told. */
function judged({ job, results }) {
  return job.targets.map((target) => {
    const verdict = results.leat && target.judge(results);
    return verdict
      ? { says: target.says, found: verdict.found, verdict: verdict.met ? 'met' : 'missed' }
      : { says: target.says, found: '–', verdict: '–' };
  });
}

/** One line a command of a job. */
function commandsOf({ job, results, faults, absent }) {
  return ['leat', ...Object.keys(job.peers)].map((name) => {
    const result = results[name];
    if (result === undefined) {
      const fault = faults.find((each) => each.name === name)?.fault;
      const why =
        fault === undefined || absent.includes(name) ? '–' : fault.startsWith('another') ? 'differs' : 'failed';
      return [job.id, name, why, '–', '–', '–', '–'];
    }
    const { ms, least, most, busy, peak } = result;
    const relative = name === 'leat' || results.leat === undefined ? '' : ratio(ms / results.leat.ms);
    return [
      job.id,
      name,
      seconds(ms),
      `${seconds(least)} – ${seconds(most)}`,
      seconds(busy),
      megabytes(peak),
      relative,
    ];
  });
}

/** The peers that were faster than leat at a job; what is no peer but a floor does not count. */
function losses({ job, results }) {
  if (results.leat === undefined) return [];
  return Object.entries(results).flatMap(([name, { ms }]) =>
    name === 'leat' || name.startsWith('leat') || job.floors.includes(name) || ms >= results.leat.ms
      ? []
      : [`job ${job.id} (${job.title}): ${name} takes ${seconds(ms)}, leat ${seconds(results.leat.ms)}`],
  );
}

const HEADS = {
  targets: ['#', 'job', 'target', 'found', ''],
  commands: ['#', 'command', 'median', 'from – to', 'processor', 'peak memory', 'of leat’s time'],
};

const targetRows = ({ measured, listening = [] }) => [
  ...measured.flatMap((each) =>
    judged(each).map(({ says, found, verdict }) => [each.job.id, each.job.title, says, found, verdict]),
  ),
  ...listening.flatMap(({ id, title, targets }) =>
    targets.map(({ says, found, met }) => [id, title, says, found, met ? 'met' : 'missed']),
  ),
];

const faultsOf = ({ measured }) =>
  measured.flatMap(({ job, faults }) => faults.map(({ name, fault }) => `- job ${job.id}, ${name}: ${fault}`));

/** For a terminal: the targets and the commands in columns. */
export function linesOf(report) {
  const aligned = (rows) => {
    const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => String(cells[column]).length)));
    return rows
      .map((cells) =>
        cells
          .map((text, i) => String(text).padEnd(widths[i]))
          .join('  ')
          .trimEnd(),
      )
      .join('\n');
  };
  const commands = report.measured.flatMap(commandsOf);
  const faults = faultsOf(report);
  const parts = [
    commands.length > 0 ? aligned([HEADS.commands, ...commands]) : '',
    aligned([HEADS.targets, ...targetRows(report)]),
    faults.join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The page docs/benchmarks.md. */
export function pageOf(report) {
  const { machine, versions, date, size, rounds, measured, listening } = report;
  const known = Object.entries(versions).filter(([, version]) => version !== undefined);
  const absent = Object.entries(versions).filter(([, version]) => version === undefined);
  const lost = measured.flatMap(losses);
  const faults = faultsOf(report);
  const paragraphs = [
    '<!-- Made by `npm run bench -- --write`: do not edit. -->',
    '# Benchmarks',
    `leat and its peers at the same work: ${machine.cores} cores (${machine.cpu}), ${(machine.memory / 2 ** 30).toFixed(0)} GB of memory, ${date}. ` +
      `Inputs of ${size.replace('mb', ' MB')} from the page cache, ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}, the commands of a job in turn; ` +
      `whole processes, start and end included; load of the machine before the run ${machine.load.toFixed(1)}. Each answer is compared with leat’s. ` +
      '[test/bench](../test/bench/README.md) says what is run and how.',
    `Versions: ${known.map(([name, version]) => `${name} ${version}`).join(', ')}.` +
      (absent.length > 0 ? ` Not there (–): ${absent.map(([name]) => name).join(', ')}.` : '') +
      ' DuckDB is its command line, and has all cores.',
    '## Targets',
    table(HEADS.targets, targetRows(report)),
    '## Times',
    table(HEADS.commands, measured.flatMap(commandsOf)),
    'Processor: the time of all cores together. The last column says how many times leat’s time a command takes: above 1, leat is faster.',
    ...(faults.length > 0 ? ['### What failed', faults.join('\n')] : []),
    '## Where leat is not the fastest',
    lost.length > 0 ? lost.map((line) => `- ${line}`).join('\n') : 'At none of these jobs.',
    '## Programs',
    table(
      ['#', 'job', 'program'],
      [...measured.map(({ job }) => job), ...(listening === undefined ? [] : [listenJob])].map((job) => [
        job.id,
        job.title,
        code(job.program),
      ]),
    ),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
