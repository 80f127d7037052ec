import type { BacktestSettings } from '../backtest/settings.ts';
import { PlatformError } from '../domain/errors.ts';
import { isMetal, type Metal } from '../domain/metal.ts';
import type { Lake } from '../ports/lake.ts';
import { sha256 } from './model-registry.ts';
import type { TournamentDrivers } from './tournament-drivers.ts';
import type { Entry } from './tournament-folds.ts';
import type { Protocol } from './tournament-protocol.ts';

/**
 * What machines that share one tournament agree on: whatever its folds depend on. Its id carries the hash of it all, so
 * that two plans with one id are one plan.
 */
export interface SharedPlan {
  readonly format: 1;
  readonly metal: Metal;
  /** As asked for; null for the whole catalogue. */
  readonly models: readonly string[] | null;
  readonly tournamentId: string;
  readonly quotes: number;
  readonly dataHash: string;
  /** null where no drivers are collected. */
  readonly driversHash: string | null;
  readonly settingsHash: string;
  readonly codeVersion: string;
  readonly seed: number;
  readonly settings: BacktestSettings;
  /** All that take part, the champion included. */
  readonly entries: readonly Entry[];
  readonly champion: string | null;
}

/** Leaves a plan in the lake, where every machine finds it, and names it. */
export async function writePlan(plan: SharedPlan, lake: Lake): Promise<string> {
  const id = planIdOf(plan);
  await lake.putIfAbsent(planKey(id), new TextEncoder().encode(JSON.stringify(plan)));
  return id;
}

/** Reads a plan; throws NOT_FOUND when the lake has none by that name, ARTEFACT_CORRUPT when its hash is another. */
export async function readPlan(id: string, lake: Lake): Promise<SharedPlan> {
  const bytes = /^[a-z0-9-]+$/.test(id) ? await lake.get(planKey(id)) : null;
  if (bytes === null) {
    throw new PlatformError('NOT_FOUND', `There is no plan "${id}" in this lake.`, {
      context: { plan: id },
      hint: 'Lay one out with `assay tournament plan`; every machine must use the same LAKE_URL.',
    });
  }
  const text = new TextDecoder().decode(bytes);
  const plan = JSON.parse(text) as SharedPlan;
  if (planIdOf(plan) === id) return plan;
  throw new PlatformError('ARTEFACT_CORRUPT', `The plan ${id} in the lake is not what its name says.`, {
    context: { plan: id, key: planKey(id) },
    hint: 'Remove that object and lay the plan out again.',
  });
}

const planKey = (id: string): string => `cache/plans/${id}.json`;

export function planIdOf(plan: SharedPlan): string {
  return `${plan.tournamentId}-${sha256(JSON.stringify(plan)).slice(0, 12)}`;
}

/** The metal that the name of a plan begins with; null for what is no name of a plan. */
export function metalOfPlan(id: string): Metal | null {
  const [first = ''] = id.split('-', 1);
  return isMetal(first) ? first : null;
}

/** The plan of a tournament with everyone who takes part. */
export function sharedPlan(
  { identity, series, drivers, settings }: Protocol,
  models: readonly string[] | undefined,
  entries: readonly Entry[],
  champion: string | null,
): SharedPlan {
  return {
    format: 1,
    metal: identity.metal,
    models: models ?? null,
    tournamentId: identity.tournamentId,
    quotes: series.values.length,
    dataHash: identity.dataHash,
    driversHash: driversHashOf(drivers),
    settingsHash: identity.settingsHash,
    codeVersion: identity.codeVersion,
    seed: identity.seed,
    settings,
    entries,
    champion,
  };
}

export function driversHashOf(drivers: TournamentDrivers): string | null {
  return drivers.columns === null ? null : drivers.hash;
}

/** Throws CONFLICT naming what is not as the plan has it. */
export function refuseDifference(
  id: string,
  plan: SharedPlan,
  found: Pick<SharedPlan, 'dataHash' | 'driversHash' | 'codeVersion'>,
): void {
  const names = { dataHash: 'quotes', driversHash: 'drivers', codeVersion: 'code of the models' } as const;
  for (const key of ['dataHash', 'driversHash', 'codeVersion'] as const) {
    if (plan[key] === found[key]) continue;
    const [planned, here] = [plan[key] ?? 'none', found[key] ?? 'none'].map((hash) => hash.slice(0, 12));
    throw new PlatformError('CONFLICT', `The ${names[key]} here are not those of the plan ${id}.`, {
      context: { plan: id, [key]: { planned, here } },
      hint:
        key === 'codeVersion'
          ? 'Every machine must run the same release of Assay.'
          : 'They have changed since. Lay out a new plan with `assay tournament plan`: what is computed is used again.',
    });
  }
}

/** Throws CONFLICT where something else than data and code makes it another plan: who serves, or the rules. */
export function refuseOther(id: string, plan: SharedPlan, now: SharedPlan): void {
  if (planIdOf(now) === id) return;
  const differing = Object.keys(plan).filter(
    (key) => JSON.stringify(plan[key as keyof SharedPlan]) !== JSON.stringify(now[key as keyof SharedPlan]),
  );
  throw new PlatformError('CONFLICT', `The plan ${id} is no longer what would be compared: ${differing.join(', ')}.`, {
    context: { plan: id, differing },
    hint: 'Lay out a new plan with `assay tournament plan`: what is computed is used again.',
  });
}
