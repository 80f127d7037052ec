import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryBelow } from '../../../src/runtime/process-memory.ts';

const isLinux = existsSync('/proc/self/status');

describe.skipIf(!isLinux)(`memory of processes${isLinux ? '' : ' (this system tells none)'}`, () => {
  it('counts this process and what it started, and nothing of others', async () => {
    const found = await memoryBelow(process.pid);
    const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(bytes).toBeLessThan(4_000_000_000);
    expect(await memoryBelow(-5)).toEqual([]);
  });
});
