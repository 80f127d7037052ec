/** Thrown in place of a power cut. */
export class Crash extends Error {}

/** Counts effects over several ports and cuts the power after the chosen one. */
export interface PowerLine {
  /** Effects so far. */
  count: number;
  /** Number of the effect after which everything fails; 0 for never. */
  cutAfter: number;
  /** Called after each effect, before the power may go. */
  onEffect: () => void | Promise<void>;
}

const reading = new Set([
  'getArtefact',
  'searchRuns',
  'versions',
  'versionByAlias',
  'get',
  'list',
  'latestVintage',
  'findTournament',
  'scoredForecasts',
  'readSeries',
  'runs',
  'artefacts',
  'metricHistory',
  'loggedModels',
  'deletedLoggedModel',
  'filesAt',
  'getFileAt',
]);

/** The port with every effect counted: the effect happens, and then the call may never come back. */
export function onPowerLine<Port extends object>(port: Port, line: PowerLine): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function' || reading.has(String(name))) return member;
      return async (...given: unknown[]) => {
        if (line.cutAfter > 0 && line.count >= line.cutAfter) throw new Crash('The power is off.');
        const result: unknown = await Reflect.apply(member, target, given);
        line.count += 1;
        await line.onEffect();
        if (line.count === line.cutAfter) throw new Crash(`The power went after ${String(name)}.`);
        return result;
      };
    },
  });
}
