import type { Api, StageInfo } from './api.ts';
import { saved } from './saved.ts';

/** The program with what went through it, and where its input stands. */
export function RunPanel({ api }: { readonly api: Api }) {
  const { run, program, stages, leat } = api;
  return (
    <details class="run">
      <summary>
        <span>
          {count(run.records)} {run.records === 1 ? 'record' : 'records'}
        </span>
        <span class={run.bad > 0 ? 'warn' : 'faint'}>{count(run.bad)} bad</span>
        <span class={run.late > 0 ? 'warn' : 'faint'}>{count(run.late)} late</span>
        <span class="faint">lag {run.lag} ms</span>
        {run.over && saved === undefined ? <span class="warn">the input has ended</span> : null}
      </summary>
      <pre>{program}</pre>
      <table>
        <thead>
          <tr>
            <th scope="col">source</th>
            <th scope="col" class="number">
              open
            </th>
            <th scope="col" class="number">
              so far
            </th>
            <th scope="col" class="number">
              behind
            </th>
          </tr>
        </thead>
        <tbody>
          {run.sources.map(({ source, of, open, opened, lag, lagBytes }) => (
            <tr key={source}>
              <td>{source}</td>
              <td class="number">{count(open)}</td>
              <td class="number">
                {count(opened)} {of === undefined ? '' : `${of}s`}
              </td>
              <td class="number">{lag === undefined ? (lagBytes === undefined ? '' : size(lagBytes)) : count(lag)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="faint">
        {run.watermark === null ? '' : `watermark ${new Date(run.watermark).toLocaleString()} · `}
        {count(run.batches)} batches · {size(run.bytes)} · since {new Date(run.started).toLocaleString()} · leat {leat}
      </p>
      <Stages stages={stages} />
    </details>
  );
}

function Stages({ stages }: { readonly stages: readonly StageInfo[] }) {
  if (stages.length === 0) return <p class="faint">leat --stats … counts what goes through each stage.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">stage</th>
          {['in', 'out', 'bad', 'late', 'ms'].map((name) => (
            <th key={name} scope="col" class="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {stages.map((stage, i) => (
          <tr key={i}>
            <td>{stage.stage}</td>
            <td class="number">{stage.kind === 'source' ? '' : count(stage.in)}</td>
            <td class="number">{stage.kind === 'sink' ? '' : count(stage.out)}</td>
            <td class="number">{stage.bad === 0 ? '' : count(stage.bad)}</td>
            <td class="number">{stage.late === 0 ? '' : count(stage.late)}</td>
            <td class="number">{stage.kind === 'source' ? '' : count(stage.ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function size(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}
