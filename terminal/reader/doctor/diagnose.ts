// SPDX-License-Identifier: MIT
/**
 * Can this machine use a reader, and if not, why? From the bottom up: library, service, USB, readers,
 * cards. What cannot be asked because something below it is missing is left out.
 */
import { Fault } from '../../../src/errors/fault.ts';
import type { ReaderState } from '../pcsc.ts';
import { checkAddon } from './check-addon.ts';
import { checkReaders } from './check-readers.ts';
import { checkService, checkSocket } from './check-service.ts';
import { checkUsb, usbReaders, type UsbReader } from './check-usb.ts';
import { reporter, type Finding, type Report } from './finding.ts';
import type { Machine } from './machine.ts';
import { systemOf, type System } from './system.ts';

/** Where vpcd says that it is a reader. Source: Debian's package vsmartcard-vpcd. */
const VPCD_CONFIGURATION = '/etc/reader.conf.d/vpcd';

export interface Diagnosis {
  readonly system: System;
  readonly findings: readonly Finding[];
  readonly readers: readonly ReaderState[];
  /** No finding is an error. */
  readonly isUsable: boolean;
}

export async function diagnose(machine: Machine): Promise<Diagnosis> {
  const system = systemOf(machine);
  const report = reporter(system);
  const onUsb = usbReaders(machine);
  const addon = checkAddon(await machine.loadAddon(), report);
  const noSocket = await checkSocket(machine, report);
  const findings = [addon];
  let readers: readonly ReaderState[] = [];
  if (noSocket !== undefined) findings.push(noSocket);
  else if (addon.severity === 'ok') findings.push(await checkService(machine, report));
  findings.push(...checkUsb(machine, onUsb, report));
  if (findings.some(({ name }) => name === 'serviceAnswers')) {
    const seen = await lookAtReaders(machine, onUsb, report);
    findings.push(...seen.findings);
    readers = seen.readers;
  }
  if (machine.platform === 'linux' && machine.has(VPCD_CONFIGURATION)) {
    findings.push(report('vpcdInstalled', VPCD_CONFIGURATION));
  }
  return {
    system,
    findings,
    readers,
    isUsable: findings.every(({ severity }) => severity !== 'error'),
  };
}

async function lookAtReaders(
  machine: Machine,
  onUsb: readonly UsbReader[],
  report: Report,
): Promise<Pick<Diagnosis, 'findings' | 'readers'>> {
  try {
    const seen = await machine.lookAtReaders();
    return { readers: seen.readers, findings: checkReaders(seen, onUsb, report) };
  } catch (error) {
    // The service went away between two questions.
    if (!(error instanceof Fault)) throw error;
    return { readers: [], findings: [report('serviceFailed', error.message)] };
  }
}
