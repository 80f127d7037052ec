export { runKillTrials } from './kill-trials.ts';
export { makeHistory } from './made-history.ts';
