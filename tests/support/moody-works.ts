import { threadId } from 'node:worker_threads';

/** Works that go wrong in every way a thread can. */
export const works = {
  square: (input: { values: Float64Array }) => ({ values: input.values.map((value) => value * value) }),
  refuse: (input: string): never => {
    throw new Error(`refused ${input}`);
  },
  /** Sleeps without giving way, as a model caught in a loop would. */
  stall: (ms: number) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return ms;
  },
  whichThread: () => threadId,
  leave: (code: number) => (code === 0 ? 0 : process.exit(code)),
  hoard: (megabytes: number) => {
    const kept: number[][] = [];
    for (let mb = 0; mb < megabytes; mb += 1)
      kept.push(Array.from({ length: 131_072 }, (_, index) => index + mb + 0.5));
    return kept.length;
  },
};
