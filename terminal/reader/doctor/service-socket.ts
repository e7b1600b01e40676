// SPDX-License-Identifier: MIT
/**
 * The socket of pcscd, the smart-card service of Linux. It is asked before the native library is: the
 * library repeats its first call for ever, and blocks the process, while no service answers.
 */
import { createConnection } from 'node:net';
import { env, platform } from 'node:process';
import { Fault } from '../../../src/errors/fault.ts';

/** What became of a connection to a socket. */
export type SocketAnswer = 'absent' | 'accepted' | 'denied' | 'refused';

/** Where pcscd listens, unless `PCSCLITE_CSOCK_NAME` says otherwise. Source: pcsc-lite 1.9.9. */
const PCSCD_SOCKET = '/run/pcscd/pcscd.comm';

const ANSWERS: Readonly<Record<string, SocketAnswer>> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  EACCES: 'denied',
  EPERM: 'denied',
};

const IN_WORDS: Readonly<Record<Exclude<SocketAnswer, 'accepted'>, string>> = {
  absent: 'no such socket: the service is not running',
  denied: 'no permission to open it',
  refused: 'nobody who listens',
};

/** The socket that pcsc-lite uses, given the value of `PCSCLITE_CSOCK_NAME`. */
export function socketPath(named: string | undefined): string {
  return named ?? PCSCD_SOCKET;
}

/**
 * Whether somebody listens at a local socket. A service that systemd starts on demand is started by
 * this, as it would be by the first program that uses it.
 */
export function askSocket(path: string): Promise<SocketAnswer> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('accepted');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(ANSWERS[error.code ?? ''] ?? 'refused');
    });
  });
}

/** To be called before PC/SC is opened. @throws PCSC_UNAVAILABLE when no service answers, on Linux. */
export async function requireService(): Promise<void> {
  if (platform !== 'linux') return;
  const path = socketPath(env['PCSCLITE_CSOCK_NAME']);
  const answer = await askSocket(path);
  if (answer === 'accepted') return;
  throw new Fault(
    'PCSC_UNAVAILABLE',
    `"pcsc" expected the smart-card service at ${path}, got ${IN_WORDS[answer]}`,
  );
}
