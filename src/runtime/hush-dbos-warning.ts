const hushed = 'Calling client.query() when the client is already executing a query is deprecated';
let isHushed = false;

/**
 * Keeps one warning from people who can do nothing about it: DBOS 5.3 sets up each new connection without waiting,
 * which pg 8 reports once per process as deprecated. Every other warning passes.
 */
export function hushDbosWarning(): void {
  if (isHushed) return;
  isHushed = true;
  const emit = process.emitWarning.bind(process) as (...parameters: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith(hushed)) emit(warning, ...rest);
  };
}
