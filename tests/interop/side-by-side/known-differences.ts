import type { Difference } from './compare.ts';
import type { Answer, Step } from './exchange.ts';

/** A difference that is meant, as docs/guide/tracking.md lists it. */
export interface KnownDifference {
  readonly reason: string;
  readonly covers: (context: DifferenceContext) => boolean;
}

export interface DifferenceContext {
  readonly step: Step;
  readonly ours: Answer;
  readonly theirs: Answer;
  readonly difference: Difference;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    reason: 'infinities stay what they are',
    covers: ({ difference: { ours, theirs } }) =>
      (ours === 'Infinity' || ours === '-Infinity') && Math.abs(Number(theirs)) === Number.MAX_VALUE,
  },
  {
    reason: 'a request that MLflow fails on (status 500) is refused',
    covers: ({ ours, theirs }) => theirs.status >= 500 && [400, 404].includes(ours.status),
  },
  {
    reason: 'a value of a wrong type is refused; MLflow skips it and every field after it',
    covers: ({ ours, theirs }) => refuses(ours, /Hint: Value was of type/) && theirs.status === 200,
  },
  {
    reason: 'a malformed filter is refused; MLflow reads some of them',
    covers: ({ step, ours, theirs }) =>
      /search/.test(step.call) &&
      refuses(ours, /Invalid clause\(s\)|Expected a quoted string/) &&
      theirs.status === 200,
  },
  {
    reason: 'a quote within quotes is doubled; MLflow knows no way to write it',
    covers: ({ step }) => /search/.test(step.call) && JSON.stringify(step.body ?? {}).includes("it''s"),
  },
  {
    reason: 'names and lengths are judged wherever they are given; MLflow judges them only in some calls',
    covers: ({ ours, theirs }) =>
      theirs.status === 200 &&
      refuses(ours, /Names may|exceeds the maximum length|parameter 'datasets\[|Dataset cannot be/),
  },
  {
    reason: "what only MLflow's database refuses is taken: a repetition, a long value that is cut, a status by name",
    covers: ({ ours, theirs }) => ours.status === 200 && refuses(theirs, /psycopg2\.errors/),
  },
  {
    reason: 'refusals do not tell the statements and errors of the database',
    covers: ({ ours, theirs }) => ours.status === theirs.status && refuses(theirs, /psycopg2\.errors/),
  },
  {
    reason: 'a search is refused in other words',
    covers: ({ step, ours, theirs, difference }) =>
      isWording(ours, theirs, difference) && (/search|get-history/.test(step.call) || /page token/.test(text(ours))),
  },
  {
    reason: 'a data set named without a digest is one of any digest; MLflow means metrics logged without a digest',
    covers: ({ step, ours }) =>
      /logged-models\/search/.test(step.call) &&
      ours.status === 200 &&
      /"dataset_name":"\w+"\}/.test(JSON.stringify(step.body)),
  },
  {
    reason: 'a long parameter of a logged model is cut, as one of a run is',
    covers: ({ step, difference }) => step.call === 'POST /logged-models' && /params\.0\.value$/.test(difference.place),
  },
  {
    reason: 'locations, sources and content types are refused in other words',
    covers: ({ step, ours, theirs, difference }) =>
      isWording(ours, theirs, difference) &&
      /experiments\/create|model-versions\/create|POST \/logged-models$/.test(step.call),
  },
  {
    reason: 'a page of registered models has at least one',
    covers: ({ step, ours }) => /registered-models\/search/.test(step.call) && refuses(ours, /max_results/),
  },
  {
    reason: 'a version tells its aliases and the logged model it was made of wherever it is told',
    covers: ({ difference: { place, theirs } }) => /(?:aliases|model_id)$/.test(place) && theirs === undefined,
  },
  {
    reason: 'uploads and removals are answered with an empty message, as MLflow 2 does',
    covers: ({ step, ours, theirs }) =>
      /^(?:PUT|DELETE) .*mlflow-artifacts/.test(step.call) && ours.status === 200 && theirs.status === 200,
  },
  {
    reason: 'an empty artefact has the size 0',
    covers: ({ difference: { place, ours, theirs } }) =>
      place.endsWith('file_size') && ours === 0 && theirs === undefined,
  },
  {
    reason: 'a folder cannot be downloaded: it is not found',
    covers: ({ step, ours, theirs }) => /\/notes$/.test(step.call) && ours.status === 404 && theirs.status === 400,
  },
  {
    reason: 'a download without a path is refused with a message',
    covers: ({ step, ours, theirs }) =>
      /get-artifact/.test(step.call) && ours.status === 400 && theirs.type === 'text/html',
  },
];

/** Same status and code, other words. */
function isWording(ours: Answer, theirs: Answer, difference: Difference): boolean {
  const isOfRefusal = /^body\.(?:message|error_class|sqlstate)$/.test(difference.place);
  const code = (answer: Answer) => (answer.body as { readonly error_code?: string }).error_code;
  return isOfRefusal && ours.status === theirs.status && ours.status >= 400 && code(ours) === code(theirs);
}

function refuses(answer: Answer, words: RegExp): boolean {
  return answer.status >= 400 && words.test(text(answer));
}

function text(answer: Answer): string {
  return JSON.stringify(answer.body);
}
