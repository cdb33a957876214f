import { useRef } from 'preact/hooks';
import { separatedText } from '../../../flow/formats/separated.ts';
import { svgDocument } from '../../../flow/svg/document.ts';
import { drawSvg } from '../../../flow/svg/draw-svg.ts';
import type { LiveView } from './live-view.ts';
import { saved } from './saved.ts';

/** The address of a view, its rows and its picture, to be taken along. */
export function Copies({ view }: { readonly view: LiveView }) {
  const { address, name } = view.info;
  const link = useRef<HTMLButtonElement>(null);
  const at = view.isHeld.value ? `at=${new Date(view.shown.value.time).toISOString()}` : '';
  const copy = async () => {
    await navigator.clipboard?.writeText(new URL(address, location.href).href);
    if (link.current !== null) link.current.textContent = 'copied';
    setTimeout(() => {
      if (link.current !== null) link.current.textContent = 'link';
    }, 1500);
  };
  return (
    <>
      {saved === undefined ? (
        <>
          <button type="button" ref={link} onClick={() => void copy()}>
            link
          </button>
          <a class="button" href={view.addressOf('.csv', at)} download={`${name}.csv`}>
            CSV
          </a>
        </>
      ) : (
        <button type="button" onClick={() => saveCsv(view)}>
          CSV
        </button>
      )}
      <button type="button" onClick={() => void savePng(view)} disabled={view.picture.plot.value === undefined}>
        PNG
      </button>
    </>
  );
}

/** The rows that are shown, where nobody can be asked for them. */
function saveCsv({ shown, info: { name } }: LiveView): void {
  const rows = separatedText(',', shown.value.records);
  const address = URL.createObjectURL(new Blob([rows], { type: 'text/csv' }));
  download(address, `${name}.csv`);
  URL.revokeObjectURL(address);
}

function download(address: string, name: string): void {
  const link = document.createElement('a');
  link.download = name;
  link.href = address;
  link.click();
}

/** The picture as it is, twice as large as it is drawn. */
async function savePng({ picture, info: { name } }: LiveView): Promise<void> {
  const plot = picture.plot.value;
  if (plot === undefined) return;
  const drawing = { title: name, ...drawSvg(plot, { title: name, subtitle: '' }) };
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svgDocument([drawing])], { type: 'image/svg+xml' }));
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = drawing.width * 2;
  canvas.height = drawing.height * 2;
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  download(canvas.toDataURL('image/png'), `${name}.png`);
}
