/** Two fingers on a chart: where each is, in pixels from the left edge of the plot. */
export type Fingers = readonly [number, number];

const leastGapPx = 8;

/**
 * The range after two fingers moved: the values under them stay under them, so that spreading them zooms in and moving
 * both shifts. Null while they are too close to tell.
 */
export function pinched(
  range: readonly [number, number],
  widthPx: number,
  before: Fingers,
  now: Fingers,
): [number, number] | null {
  const [low, high] = range;
  const [left, right] = [...before].sort((a, b) => a - b) as [number, number];
  const [leftNow, rightNow] = [...now].sort((a, b) => a - b) as [number, number];
  if (right - left < leastGapPx || rightNow - leftNow < leastGapPx) return null;
  const unitsPerPx = ((high - low) / widthPx) * ((right - left) / (rightNow - leftNow));
  const start = low + (left / widthPx) * (high - low) - leftNow * unitsPerPx;
  return [start, start + widthPx * unitsPerPx];
}

export interface PinchTarget {
  /** First and last value in sight. */
  range(): readonly [number, number];
  zoom(from: number, to: number): void;
  /** The fingers were lifted. */
  end(): void;
  /** One finger: where it is, from the left edge. */
  point(leftPx: number): void;
}

/** One finger points, two zoom. Up and down the page still scrolls. */
export function watchFingers(over: HTMLElement, target: PinchTarget): void {
  let began: { readonly range: readonly [number, number]; readonly fingers: Fingers } | null = null;
  const placesOf = (event: TouchEvent): number[] => {
    const { left } = over.getBoundingClientRect();
    return [...event.touches].map((finger) => finger.clientX - left);
  };
  const touch = (event: TouchEvent): void => {
    const [one, other] = placesOf(event);
    if (one === undefined) return;
    if (other === undefined) {
      if (began === null) target.point(one);
      return;
    }
    began ??= { range: target.range(), fingers: [one, other] };
    const range = pinched(began.range, over.clientWidth, began.fingers, [one, other]);
    if (range !== null) target.zoom(...range);
  };
  const lift = (event: TouchEvent): void => {
    // The second finger to leave ends nothing more, and moves no crosshair.
    if (event.touches.length === 0) began = null;
    else if (event.touches.length === 1 && began !== null) target.end();
  };
  over.addEventListener('touchstart', touch, { passive: true });
  over.addEventListener('touchmove', touch, { passive: true });
  over.addEventListener('touchend', lift, { passive: true });
  over.addEventListener('touchcancel', lift, { passive: true });
}
