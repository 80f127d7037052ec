/** Copying what is to be quoted, and a chart as a PNG: both need a browser that runs scripts. */
const pngScale = 2;

export function watchFigureTools(): void {
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const copy = target?.closest<HTMLElement>('[data-copy]');
    const png = target?.closest<HTMLElement>('[data-png]');
    if (copy) void copyText(copy);
    if (png) void savePng(png);
  });
}

async function copyText(button: HTMLElement): Promise<void> {
  const from = document.getElementById(button.dataset['copy'] ?? '');
  const said = button.textContent;
  await navigator.clipboard.writeText(from?.textContent ?? '');
  button.textContent = button.dataset['done'] ?? '✓';
  setTimeout(() => {
    button.textContent = said;
  }, 2000);
}

/** Draws the stand-alone SVG file, so that the picture is the same whatever the screen. */
async function savePng(button: HTMLElement): Promise<void> {
  const address = button.dataset['png'] ?? '';
  const response = await fetch(address);
  const text = await response.text();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth * pngScale;
  canvas.height = image.naturalHeight * pngScale;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const name = /filename="([^"]+)\.svg"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'chart';
  canvas.toBlob((blob) => {
    if (blob === null) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, 'image/png');
}
