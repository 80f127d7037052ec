import type { StepContext } from '../ports/journal.ts';
import type { ForecastStore, RowCounts } from '../ports/warehouse.ts';

/** Fills forecast-vs-fact for every published point whose fact has arrived; scored points are never rewritten. */
export async function score(
  _request: Readonly<Record<string, never>>,
  ports: { readonly forecasts: ForecastStore; readonly step: StepContext },
): Promise<RowCounts> {
  const counts = await ports.forecasts.scoreVintages();
  ports.step.rows(counts.read, counts.inserted);
  ports.step.note(
    counts.inserted === 0 ? 'No new facts for past forecasts' : `${counts.inserted} forecasts met their facts`,
  );
  return counts;
}
