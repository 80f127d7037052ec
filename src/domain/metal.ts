/** The four metals the Bank of Russia prices, by the codes of its own answers. */
export const metals = ['gold', 'silver', 'platinum', 'palladium'] as const;
export type Metal = (typeof metals)[number];

const codes: Readonly<Record<Metal, string>> = { gold: '1', silver: '2', platinum: '3', palladium: '4' };

export function metalCode(metal: Metal): string {
  return codes[metal];
}

/** The metal with a code of the Bank, or undefined for a code it does not publish. */
export function metalOfCode(code: string): Metal | undefined {
  return metals.find((metal) => codes[metal] === code);
}

export function isMetal(text: string): text is Metal {
  return (metals as readonly string[]).includes(text);
}

/** The Bank divides by this figure, not by 31.1034768 (checked to the kopeck on 3,025 dates). */
export const gramsPerTroyOunce = 31.1035;
