/**
 * The k-th smallest (k = 0 the smallest) of `values[from..to)`, which are moved about: Hoare's selection (1961) with the
 * median of three, linear on average. Values are finite; from <= k + from < to.
 */
export function selectInPlace(values: Float64Array, from: number, to: number, k: number): number {
  let low = from;
  let high = to - 1;
  const wanted = from + k;
  while (low < high) {
    const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const kept = values[i]!;
      values[i++] = values[j]!;
      values[j--] = kept;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return values[wanted]!;
}

/** Sample quantile of type 7 (see `sampleQuantile`) of `values[from..to)`, which are moved about and not empty. */
export function selectQuantile(values: Float64Array, from: number, to: number, probability: number): number {
  const position = (to - from - 1) * probability;
  const below = Math.floor(position);
  const low = selectInPlace(values, from, to, below);
  if (position === below) return low;
  // Everything after the selected place is not smaller, so its least is the next in order.
  let next = Number.POSITIVE_INFINITY;
  for (let i = from + below + 1; i < to; i++) if (values[i]! < next) next = values[i]!;
  return low + (position - below) * (next - low);
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
