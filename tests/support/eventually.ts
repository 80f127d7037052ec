/** Asks again and again until the answer is not null; throws with the last failure when the time is over. */
export async function eventually<Value>(
  ask: () => Promise<Value | null> | Value | null,
  what: string,
  timeoutMs = 60_000,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (let last: unknown = 'it was not so'; ; ) {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
