/** Some hundred kilobytes that begin with their own name and whose every line is numbered: a part is told from the whole. */
export function objectContent(key: string): Uint8Array {
  const lines = Array.from({ length: 20_000 }, (_, line) => `${line}`);
  return new TextEncoder().encode([key, ...lines, 'end'].join('\n'));
}
