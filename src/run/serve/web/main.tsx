import { render } from 'preact';
import { wallClock } from '../../../base/clock.ts';
import { formatMoment } from '../../../flow/formats/times.ts';
import { RunPanel } from './run-panel.tsx';
import { saved } from './saved.ts';
import { api, follow, holdAll, isBare, isSingle, trouble, views } from './site-state.ts';
import { ViewPanel } from './view-panel.tsx';

const THEMES = ['auto', 'dark', 'light'];

function Page() {
  return (
    <main class={`${isBare ? 'bare' : ''} ${views.value.length === 1 ? 'one' : 'many'}`}>
      {isBare ? null : <Head />}
      {trouble.value === '' ? null : (
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
      )}
      <div class="views">
        {views.value.map((view) => (
          <ViewPanel key={view.info.name} view={view} />
        ))}
      </div>
    </main>
  );
}

function Head() {
  return (
    <header class="head">
      <h1>{isSingle ? <a href="/">leat</a> : 'leat'}</h1>
      {api.value === undefined ? null : <RunPanel api={api.value} />}
      {saved === undefined ? (
        <button type="button" onClick={holdAll} title="p">
          {views.value.length > 0 && views.value.every((view) => view.isHeld.value) ? 'go on' : 'pause'}
        </button>
      ) : (
        <span class="faint">as of {formatMoment(Math.ceil(saved.saved / 1000) * 1000, wallClock.now())}</span>
      )}
      <button type="button" onClick={nextTheme} title="t">
        theme
      </button>
      <span class="faint keys">
        {saved === undefined ? 'p pauses · ' : ''}/ filters · t turns the lights on and off
      </span>
    </header>
  );
}

function nextTheme(): void {
  const now = document.documentElement.dataset.theme ?? 'auto';
  setTheme(THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]!);
}

function setTheme(theme: string): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('leat-theme', theme);
  } catch {
    // It is not kept where a browser keeps nothing.
  }
}

document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
  if (event.key === 'p' && saved === undefined) holdAll();
  else if (event.key === 't') nextTheme();
  else if (event.key === '/') {
    document.querySelector<HTMLInputElement>('.filter')?.focus();
    event.preventDefault();
  }
});

try {
  setTheme(new URLSearchParams(location.search).get('theme') ?? localStorage.getItem('leat-theme') ?? 'auto');
} catch {
  setTheme('auto');
}
render(<Page />, document.body);
void follow();
