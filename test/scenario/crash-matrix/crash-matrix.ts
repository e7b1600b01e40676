// SPDX-License-Identifier: MIT
/** Kills the process of a host at chosen moments of its day, and compares what the next one makes of it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAudit } from '../../../host/audit/run-audit.ts';
import { ClearingHost } from '../../../host/host.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { dayOptions, workDay } from './day.ts';

const PROCESS = fileURLToPath(new URL('./day-process.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** Runs the day in a process that kills itself at `moment`; 0 lets it live. */
function runProcess(directory: string, moment: number): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', PROCESS, directory, moment.toString()],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ signal, code, lines: text.split('\n').filter((line) => line !== '') });
    });
  });
}

/** What must be the same whether the host died or not. */
interface Outcome {
  readonly state: string;
  readonly balances: string;
  readonly settled: string;
  readonly audit: string;
}

/** Opens the host again, lets the day go on to its end and gives what it comes to. */
async function finish(directory: string, acknowledged: ReadonlySet<string>): Promise<Outcome> {
  const host = await ClearingHost.open(dayOptions(directory));
  try {
    const { store } = host;
    for (const digest of acknowledged) {
      if (store.batchByDigest(digest) === undefined)
        throw new Error(`acknowledged ${digest} is lost`);
    }
    await workDay(host, ({ digest, result }) => {
      const wasAcknowledged = acknowledged.has(digest);
      if (wasAcknowledged && result !== 'duplicate') throw new Error(`${digest} was taken twice`);
    });
    const settled = {
      windows: store.windows().map(({ id, state, businessDate }) => [id, state, businessDate]),
      settlements: store.windows().map(({ id }) => store.merchantSettlements(id)),
      payouts: store.payouts(),
      reserves: store.heldReserves(),
    };
    const memoryFile = join(directory, 'audit.db');
    const audit = await runAudit({ directory, memoryFile, isFull: true });
    const failing = audit.invariants.filter(({ holds }) => !holds);
    return {
      state: stateHash(store),
      balances: JSON.stringify(store.balances().filter(({ balance }) => balance !== 0)),
      settled: JSON.stringify(settled),
      audit: JSON.stringify(failing.map(({ invariant, findings }) => ({ invariant, findings }))),
    };
  } finally {
    await host.close();
  }
}

async function inFolder<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-crash-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A day without a crash: what it comes to, and how many moments it has. */
export function liveDay(): Promise<{ readonly outcome: Outcome; readonly moments: number }> {
  return inFolder(async (directory) => {
    const { code, lines } = await runProcess(directory, 0);
    const moments = Number(/^moments (\d+)$/.exec(lines.at(-1) ?? '')?.[1]);
    if (code !== 0) throw new Error(`"exit" expected 0, got ${code}`);
    return { outcome: await finish(directory, new Set()), moments };
  });
}

/** A day with a kill, and then to its end. @throws Error when something acknowledged is lost or doubled. */
export function killedDay(moment: number): Promise<Outcome> {
  return inFolder(async (directory) => {
    const { signal, lines } = await runProcess(directory, moment);
    if (signal !== 'SIGKILL') throw new Error(`"signal" expected SIGKILL, got ${signal}`);
    const acknowledged = lines.flatMap((line) => /^ack (\w+)$/.exec(line)?.[1] ?? []);
    return finish(directory, new Set(acknowledged));
  });
}
