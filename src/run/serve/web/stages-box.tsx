import { useMemo, useRef } from 'preact/hooks';
import { type Candidate, Completion } from './completion.ts';
import type { LiveView } from './live-view.ts';

/** So many candidates are shown at once; more letters leave fewer of them. */
const MOST_SHOWN = 8;

/** More stages of the language behind the view, with what may stand where they are written (a combobox of ARIA 1.2). */
export function StagesBox({ view }: { readonly view: LiveView }) {
  const { mistake, info } = view;
  const input = useRef<HTMLInputElement>(null);
  const completion = useMemo(() => new Completion(info.name), [info.name]);
  const { candidates } = completion.offer.value;
  const at = completion.at.value;
  const list = `candidates-${info.name}`;
  return (
    <form
      class="stages"
      onSubmit={(event) => {
        event.preventDefault();
        completion.close();
        void view.putBehind(input.current!.value);
      }}
    >
      <input
        // What is written stays as it is, also where it is mistaken: nothing is given as its value.
        ref={input}
        name="then"
        autocomplete="off"
        spellcheck={false}
        role="combobox"
        aria-label={`stages behind ${info.name}`}
        aria-invalid={mistake.value !== ''}
        aria-autocomplete="list"
        aria-controls={list}
        aria-expanded={candidates.length > 0}
        aria-activedescendant={at < 0 ? undefined : `${list}-${at}`}
        placeholder="more stages: filter(.n > 5) | top(3)"
        onInput={(event) => void completion.look(event.currentTarget)}
        onBlur={() => completion.close()}
        onKeyDown={(event) => {
          if (!event.shiftKey && completion.press(event.currentTarget, event.key)) event.preventDefault();
        }}
      />
      <Candidates id={list} candidates={candidates} at={at} take={(one) => completion.take(input.current!, one)} />
      {mistake.value === '' ? null : <output class="warn">{mistake.value}</output>}
    </form>
  );
}

interface CandidatesProps {
  readonly id: string;
  readonly candidates: readonly Candidate[];
  readonly at: number;
  take(candidate: Candidate): void;
}

function Candidates({ id, candidates, at, take }: CandidatesProps) {
  // Those around the one that the keyboard is at.
  const first = Math.max(0, Math.min(at - MOST_SHOWN + 2, candidates.length - MOST_SHOWN));
  return (
    <div id={id} role="listbox" aria-label="what may stand here" class="candidates">
      {candidates.slice(first, first + MOST_SHOWN).map((candidate, i) => (
        <div
          key={candidate.text}
          id={`${id}-${first + i}`}
          role="option"
          tabIndex={-1}
          aria-selected={first + i === at}
          onMouseDown={(event) => {
            // The focus stays where it is written, as it does for the keyboard.
            event.preventDefault();
            take(candidate);
          }}
        >
          <b>{candidate.text}</b> <span class="faint">{candidate.summary}</span>
        </div>
      ))}
      {candidates.length > MOST_SHOWN ? <div class="faint more">{candidates.length} in all</div> : null}
    </div>
  );
}
