/** The newest `memory` values, kept in ascending order. A ring remembers who is the oldest. */
export class SlidingOrder {
  readonly sorted: number[] = [];
  readonly #arrived: number[] = [];
  readonly #memory: number;
  #oldest = 0;

  constructor(memory: number) {
    this.#memory = memory;
  }

  add(value: number): void {
    this.sorted.splice(this.#rank(value), 0, value);
    if (this.#arrived.length < this.#memory) {
      this.#arrived.push(value);
      return;
    }
    const leaving = this.#arrived[this.#oldest] ?? Number.NaN;
    this.#arrived[this.#oldest] = value;
    this.#oldest = (this.#oldest + 1) % this.#memory;
    this.sorted.splice(this.#rank(leaving), 1);
  }

  /** How many are smaller than `value`: where it stands, or would stand first. */
  #rank(value: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
