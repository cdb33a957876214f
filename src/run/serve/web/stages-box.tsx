import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { ask, type LiveView } from './live-view.ts';

/** So many candidates are shown at once; more letters leave fewer of them. */
const MOST_SHOWN = 8;

interface Candidate {
  readonly text: string;
  readonly summary: string;
}

/** What may stand in a text, in the place of what is there from `start` to `end`. */
interface Offer {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly Candidate[];
}

const NOTHING: Offer = { start: 0, end: 0, candidates: [] };

/** More stages of the language behind the view, with what may stand where they are written (a combobox of ARIA 1.2). */
export function StagesBox({ view }: { readonly view: LiveView }) {
  const { stages, mistake, info } = view;
  const input = useRef<HTMLInputElement>(null);
  const offer = useSignal(NOTHING);
  /** The candidate that the keyboard is at; none of them while it is -1. */
  const at = useSignal(-1);
  const asked = useRef(0);
  const list = `candidates-${info.name}`;
  const close = () => {
    asked.current++;
    offer.value = NOTHING;
    at.value = -1;
  };
  const look = async () => {
    const { value, selectionStart } = input.current!;
    const end = selectionStart ?? value.length;
    const number = ++asked.current;
    const found = await candidatesOf(info.name, value.slice(0, end));
    // Another letter has come meanwhile.
    if (number !== asked.current) return;
    offer.value = { ...found, end };
    at.value = -1;
  };
  const take = ({ text }: Candidate) => {
    const box = input.current!;
    const { start, end } = offer.value;
    box.setRangeText(text, start, end, 'end');
    box.focus();
    close();
  };
  const { candidates } = offer.value;
  // Those around the one that the keyboard is at.
  const first = Math.max(0, Math.min(at.value - MOST_SHOWN + 2, candidates.length - MOST_SHOWN));
  return (
    <form
      class="stages"
      onSubmit={(event) => {
        event.preventDefault();
        close();
        void view.putBehind(input.current!.value);
      }}
    >
      <input
        ref={input}
        name="then"
        value={stages.value}
        autocomplete="off"
        spellcheck={false}
        role="combobox"
        aria-label={`stages behind ${info.name}`}
        aria-invalid={mistake.value !== ''}
        aria-autocomplete="list"
        aria-controls={list}
        aria-expanded={candidates.length > 0}
        aria-activedescendant={at.value < 0 ? undefined : `${list}-${at.value}`}
        placeholder="more stages: filter(.n > 5) | top(3)"
        onInput={() => void look()}
        onBlur={close}
        onKeyDown={(event) => {
          const count = candidates.length;
          const chosen = candidates[at.value];
          if (event.key === 'Escape' && count > 0) close();
          else if (event.key === 'ArrowDown' && count === 0) void look();
          else if (event.key === 'ArrowDown') at.value = (at.value + 1) % count;
          else if (event.key === 'ArrowUp' && count > 0) at.value = (at.value <= 0 ? count : at.value) - 1;
          else if (event.key === 'Tab' && count > 0 && !event.shiftKey) take(chosen ?? candidates[0]!);
          else if (event.key === 'Enter' && chosen !== undefined) take(chosen);
          else return;
          event.preventDefault();
        }}
      />
      <div id={list} role="listbox" aria-label="what may stand here" class="candidates">
        {candidates.slice(first, first + MOST_SHOWN).map((candidate, i) => (
          // The focus stays where it is written, as it does for the keyboard.
          <div
            key={candidate.text}
            id={`${list}-${first + i}`}
            role="option"
            tabIndex={-1}
            aria-selected={first + i === at.value}
            onMouseDown={(event) => {
              event.preventDefault();
              take(candidate);
            }}
          >
            <b>{candidate.text}</b> <span class="faint">{candidate.summary}</span>
          </div>
        ))}
        {candidates.length > MOST_SHOWN ? <div class="faint more">{candidates.length} in all</div> : null}
      </div>
      {mistake.value === '' ? null : <output class="warn">{mistake.value}</output>}
    </form>
  );
}

async function candidatesOf(view: string, text: string): Promise<Pick<Offer, 'start' | 'candidates'>> {
  try {
    const query = `view=${encodeURIComponent(view)}&text=${encodeURIComponent(text)}`;
    return (await ask(`/api/complete?${query}`)) as unknown as Offer;
  } catch {
    // What is wrong shows when they are sent.
    return NOTHING;
  }
}
