// SPDX-License-Identifier: MIT
/**
 * A pcscd with vpcd of its own: in its own mount, network and process namespaces, so that tests share
 * neither socket nor port with another pcscd on the machine. Whatever talks to it runs inside, with `run`
 * or `spawn`.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const UNSHARE = ['-m', '-n', '-p', '-f', '--kill-child', '--mount-proc'] as const;
const VPCD_CONFIG = '/etc/reader.conf.d/vpcd';
const START_MS = 20_000;
/** Entering a mount namespace goes to its root. */
const WORKING_DIRECTORY = `--wdns=${process.cwd()}`;
/** vpcd's two writes wait for a delayed acknowledgement unless the route of 127.0.0.1 says quickack. */
const SET_UP = `set -e
mkdir -p /run/pcscd
mount -t tmpfs tmpfs /run/pcscd
ip link set lo up
ip route change local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 quickack 1
echo ready
exec sleep infinity`;

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** -1 when a signal ended it, such as after the time limit. */
  readonly code: number;
}

export interface PrivatePcscd {
  run(
    command: string,
    args: readonly string[],
    options?: { readonly input?: string; readonly timeoutMs?: number },
  ): Promise<Ran>;
  /** A process inside; the caller ends it, or `stop` does. */
  spawn(command: string, args: readonly string[]): ChildProcess;
  /** Ends pcscd and starts another one in the same namespace. */
  restart(): Promise<void>;
  /** Ends everything inside. */
  stop(): Promise<void>;
}

/** Why no private pcscd can be had here; undefined when it can. */
export function pcscMissing(): string | undefined {
  const missing = [
    ['pcscd', 'pcscd'],
    ['unshare', 'util-linux'],
    ['nsenter', 'util-linux'],
    ['ip', 'iproute2'],
  ].find(([command = '']) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0);
  if (missing !== undefined) return `"${missing[0]}" is missing (package ${missing[1]})`;
  if (!existsSync(VPCD_CONFIG)) return `"${VPCD_CONFIG}" is missing (package vsmartcard-vpcd)`;
  const tried = spawnSync('unshare', [...UNSHARE, 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? undefined : `no namespaces: ${tried.stderr.trim()} (needs root)`;
}

async function closed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('close', resolve));
}

/** Waits until `isTrue`. @throws Error after START_MS */
async function until(isTrue: () => boolean, what: string): Promise<void> {
  const end = Date.now() + START_MS;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error(`private pcscd expected ${what} within ${START_MS} ms`);
    await sleep(50);
  }
}

/** Starts one. @throws Error when it does not come up */
export async function startPrivatePcscd(): Promise<PrivatePcscd> {
  const outer = spawn('unshare', [...UNSHARE, 'sh', '-c', SET_UP]);
  let said = '';
  outer.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  outer.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const stop = async (): Promise<void> => {
    outer.kill('SIGKILL');
    await closed(outer);
  };
  try {
    await until(() => said.includes('ready') || outer.exitCode !== null, 'a namespace');
    if (outer.exitCode !== null) throw new Error(`private pcscd expected a namespace, got ${said}`);
    const outerPid = String(outer.pid);
    const inner = readFileSync(`/proc/${outerPid}/task/${outerPid}/children`, 'utf8').trim();
    const enter = (command: string, args: readonly string[]): ChildProcess =>
      spawn('nsenter', ['-t', inner, '-m', '-n', '-p', WORKING_DIRECTORY, '--', command, ...args]);
    const socket = `/proc/${inner}/root/run/pcscd/pcscd.comm`;
    const startDaemon = async (): Promise<ChildProcess> => {
      const started = enter('pcscd', ['-f']);
      started.stdout?.resume();
      started.stderr?.resume();
      await until(() => existsSync(socket) || started.exitCode !== null, 'its socket');
      if (started.exitCode !== null) throw new Error('private pcscd expected to run, it ended');
      return started;
    };
    const run: PrivatePcscd['run'] = async (
      command,
      args,
      { input = '', timeoutMs = 30_000 } = {},
    ) => {
      // `timeout` runs inside: ending nsenter alone would leave the program behind.
      const child = enter('timeout', ['-s', 'KILL', String(timeoutMs / 1000), command, ...args]);
      let stdout = '';
      let stderr = '';
      child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
      await closed(child);
      return { stdout, stderr, code: child.exitCode ?? -1 };
    };
    let daemon = await startDaemon();
    return {
      run,
      spawn: enter,
      async restart() {
        await run('sh', ['-c', 'kill "$(cat /run/pcscd/pcscd.pid)"']);
        await closed(daemon);
        await until(() => !existsSync(socket), 'the old socket gone');
        daemon = await startDaemon();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
