import type { IsoDate } from '../../src/domain/iso-date.ts';
import type { Metal } from '../../src/domain/metal.ts';
import type {
  ForecastStore,
  ForecastVintage,
  ModelScore,
  StoredReport,
  Tournament,
} from '../../src/ports/warehouse.ts';

export interface InMemoryForecastStore extends ForecastStore {
  readonly state: {
    readonly vintages: Map<string, ForecastVintage>;
    readonly tournaments: Map<string, { tournament: Tournament; scores: readonly ModelScore[]; report: StoredReport }>;
    /** Facts met by points, keyed `vintage horizon`. */
    readonly facts: Map<string, number>;
  };
}

/** A forecast store in memory; `actual` tells what was published for a day, undefined for nothing yet. */
export function createInMemoryForecastStore(
  actual: (metal: Metal, date: IsoDate) => number | undefined = () => undefined,
): InMemoryForecastStore {
  const state: InMemoryForecastStore['state'] = { vintages: new Map(), tournaments: new Map(), facts: new Map() };
  return {
    state,
    async saveVintage(vintage) {
      if (state.vintages.has(vintage.vintageId)) return 'exists';
      state.vintages.set(vintage.vintageId, vintage);
      return 'created';
    },
    async latestVintage(metal) {
      const own = [...state.vintages.values()].filter((vintage) => vintage.metal === metal);
      return own.sort((a, b) => (a.madeAt < b.madeAt ? -1 : a.madeAt > b.madeAt ? 1 : 0)).at(-1) ?? null;
    },
    async scoreVintages() {
      let read = 0;
      let inserted = 0;
      for (const { vintageId, metal, points } of state.vintages.values()) {
        for (const { horizon, targetDate } of points) {
          read += 1;
          const fact = actual(metal, targetDate);
          const key = `${vintageId} ${horizon}`;
          if (fact === undefined || state.facts.has(key)) continue;
          state.facts.set(key, fact);
          inserted += 1;
        }
      }
      return { read, inserted, updated: 0, deleted: 0 };
    },
    async scoredForecasts(metal, limit) {
      const scored = [...state.vintages.values()]
        .filter((vintage) => vintage.metal === metal)
        .flatMap((vintage) =>
          vintage.points.flatMap((point) => {
            const fact = state.facts.get(`${vintage.vintageId} ${point.horizon}`);
            const naive = actual(metal, vintage.cutoff);
            if (fact === undefined || naive === undefined) return [];
            const { '0.1': lower = Number.NaN, '0.9': upper = Number.NaN } = point.quantilesRubPerGram;
            return [
              {
                targetDate: point.targetDate,
                horizon: point.horizon,
                modelVersion: vintage.modelVersion,
                mean: point.meanRubPerGram,
                naive,
                actual: fact,
                inside80: fact >= lower && fact <= upper,
              },
            ];
          }),
        );
      return scored.sort((a, b) => (a.targetDate < b.targetDate ? 1 : -1)).slice(0, limit);
    },
    async saveTournament(tournament, scores, report) {
      if (state.tournaments.has(tournament.tournamentId)) return 'exists';
      state.tournaments.set(tournament.tournamentId, { tournament, scores, report });
      return 'created';
    },
    async findTournament(metal, dataHash, settingsHash) {
      const all = [...state.tournaments.values()].map(({ tournament }) => tournament);
      return (
        all.find((one) => one.metal === metal && one.dataHash === dataHash && one.settingsHash === settingsHash) ?? null
      );
    },
  };
}
