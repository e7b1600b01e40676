// SPDX-License-Identifier: MIT
/**
 * Whether the smart-card service runs and lets this user in. On Linux its socket is looked at first,
 * without the library: SCardEstablishContext is repeated by the library without end while no service
 * answers, and a missing service is better told than waited for.
 */
import { pcscCodeIn } from '../pcsc-codes.table.ts';
import type { Finding, Report } from './finding.ts';
import type { FindingName } from './findings.table.ts';
import type { Machine } from './machine.ts';
import { socketPath } from './service-socket.ts';

const PCSCD_PROGRAMS = ['/usr/sbin/pcscd', '/usr/bin/pcscd', '/usr/local/sbin/pcscd'] as const;

/** What the codes mean that the service answers to a program that wants in. */
const REFUSALS: Readonly<Record<number, FindingName>> = {
  0x8010001d: 'serviceStopped',
  0x8010001e: 'serviceStopped',
  0x8010006a: 'accessDenied',
};

/** Looks at the socket of pcscd; undefined when it answers, or on a system that has none. */
export async function checkSocket(machine: Machine, report: Report): Promise<Finding | undefined> {
  if (machine.platform !== 'linux') return undefined;
  const socket = socketPath(machine.socketName);
  const answer = await machine.connect(socket);
  switch (answer) {
    case 'accepted':
      return undefined;
    case 'denied':
      return report('socketDenied', socket);
    case 'refused':
      return report('serviceSilent', `nobody listens at ${socket}`);
    case 'absent':
      return PCSCD_PROGRAMS.some((path) => machine.has(path))
        ? report('serviceStopped', `no socket ${socket}`)
        : report('serviceMissing', `no socket ${socket}, no ${PCSCD_PROGRAMS[0]}`);
  }
}

/** Asks the service itself, through the library. */
export async function checkService(machine: Machine, report: Report): Promise<Finding> {
  const answer = await machine.openService();
  switch (answer.kind) {
    case 'opened':
      return report(
        'serviceAnswers',
        machine.platform === 'linux' ? socketPath(machine.socketName) : '',
      );
    case 'silent':
      // Elsewhere than on Linux nothing else tells a service that is not running.
      return machine.platform === 'linux'
        ? report('serviceSilent', socketPath(machine.socketName))
        : report('serviceStopped');
    case 'refused':
      return report(REFUSALS[pcscCodeIn(answer.message) ?? 0] ?? 'serviceFailed', answer.message);
  }
}
