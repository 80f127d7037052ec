export const oldestNode = '20.19.0';

/** Ends the process with one clear sentence when the running Node is older than the package needs. */
export function refuseOldNode(running, oldest) {
  if (isAtLeast(running, oldest)) return;
  console.error(
    `Assay needs Node ${oldest} or newer, and this is Node ${running}. Install a newer Node and try again.`,
  );
  process.exit(1);
}

export function isAtLeast(running, oldest) {
  const have = running.split('.').map(Number);
  const need = oldest.split('.').map(Number);
  const differing = need.findIndex((part, index) => part !== have[index]);
  return differing === -1 || have[differing] > need[differing];
}
