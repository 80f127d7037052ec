import { swapSoon } from './swap.ts';

/** Turns a list of choices into a slider over the same choices; the list stays for those who prefer it. */
export function watchSliders(): void {
  for (const list of document.querySelectorAll<HTMLSelectElement>('select[data-slider]')) {
    const form = list.form;
    if (form === null || form.querySelector('input[type=range]') !== null) continue;
    (form.querySelector('.slider-slot') ?? form).append(sliderOf(list));
  }
}

/** Newest on the right, as time runs on every chart. */
function sliderOf(list: HTMLSelectElement): HTMLElement {
  const last = list.options.length - 1;
  const slider = document.createElement('input');
  Object.assign(slider, { type: 'range', min: '0', max: String(last), step: '1', id: 'slider' });
  slider.value = String(last - list.selectedIndex);
  slider.setAttribute('aria-label', list.dataset['slider'] ?? '');
  const say = (): void => {
    slider.setAttribute('aria-valuetext', list.options[last - Number(slider.value)]?.text ?? '');
  };
  say();
  slider.addEventListener('input', (event) => {
    event.stopPropagation();
    list.selectedIndex = last - Number(slider.value);
    say();
    swapSoon(addressWith(list));
  });
  slider.addEventListener('change', (event) => event.stopPropagation());
  return slider;
}

function addressWith(list: HTMLSelectElement): string {
  const address = new URL(location.href);
  address.searchParams.delete(list.name);
  if (list.value !== '') address.searchParams.set(list.name, list.value);
  return address.href;
}
