/** The newest `memory` values, kept in ascending order. A ring remembers who is the oldest. */
export class SlidingOrder {
  /** The first `count` places hold the values, ascending; what lies behind them means nothing. */
  readonly sorted: Float64Array;
  count = 0;
  readonly #arrived: Float64Array;
  #oldest = 0;

  constructor(memory: number) {
    this.sorted = new Float64Array(memory);
    this.#arrived = new Float64Array(memory);
  }

  /** The largest value kept; 0 while there is none. */
  get largest(): number {
    return this.count === 0 ? 0 : (this.sorted[this.count - 1] ?? Number.NaN);
  }

  add(value: number): void {
    const { sorted } = this;
    const to = this.#rank(value);
    if (this.count < this.#arrived.length) {
      this.#arrived[this.count] = value;
      sorted.copyWithin(to + 1, to, this.count);
      sorted[to] = value;
      this.count += 1;
      return;
    }
    // The new value takes a place and the oldest leaves one: only what lies between the two moves.
    const from = this.#rank(this.#arrived[this.#oldest] ?? Number.NaN);
    this.#arrived[this.#oldest] = value;
    this.#oldest = this.#oldest + 1 === this.#arrived.length ? 0 : this.#oldest + 1;
    if (to <= from) {
      sorted.copyWithin(to + 1, to, from);
      sorted[to] = value;
    } else {
      sorted.copyWithin(from, from + 1, to);
      sorted[to - 1] = value;
    }
  }

  /** How many are smaller than `value`: where it stands, or would stand first. */
  #rank(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
