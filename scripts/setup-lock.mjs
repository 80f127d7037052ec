import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readText } from './freshness.mjs';

const longestWaitMs = 10 * 60_000;

/**
 * Runs `work` while holding the folder's set-up lock: two starts at once must not install or build over each other.
 * Waits while another live process holds it; a lock left by a dead one is taken over.
 */
export async function withSetupLock(folder, work) {
  const file = join(folder, '.setup-lock');
  const deadline = Date.now() + longestWaitMs;
  let told = false;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder !== null && !isAlive(holder)) {
      breakStale(file, holder);
      continue;
    }
    if (Date.now() > deadline) {
      console.error(`Process ${holder} has held ${file} for ten minutes. End it, or remove the file, and try again.`);
      return 1;
    }
    if (!told) console.error(`Another set-up of this folder is under way (process ${holder}): waiting for it.`);
    told = true;
    await pause(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Linking a finished file makes the lock appear together with its owner's number. */
function take(file) {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Removes the lock of a dead holder, and puts it back when a live one slipped in between. */
function breakStale(file, holder) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    if (Number(readFileSync(aside, 'utf8')) !== holder) linkSync(aside, file);
  } catch (error) {
    // Another waiter was first to remove it, or to take it: the next try will see.
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function holderOf(file) {
  return Number(readText(file)) || null;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
