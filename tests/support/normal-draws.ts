/** Standard normal draws, the same for the same seed: sums of twelve uniform ones less six. */
export function createNormal(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => {
    let sum = -6;
    for (let count = 0; count < 12; count += 1) sum += uniform();
    return sum;
  };
}
