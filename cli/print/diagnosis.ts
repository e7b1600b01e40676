// SPDX-License-Identifier: MIT
/** What `openpurse doctor` says. */
import { toHex } from '../../src/bytes/hex.ts';
import type { Diagnosis } from '../../terminal/reader/doctor/diagnose.ts';
import type { Finding } from '../../terminal/reader/doctor/finding.ts';
import { counted, type Said } from './printer.ts';

export function diagnosisSaid(diagnosis: Diagnosis, nodeVersion: string): Said {
  const { system, findings, readers, isUsable } = diagnosis;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const end = isUsable
    ? 'Readers can be used.'
    : `${counted(errors, 'error')}: readers cannot be used as they should. docs/readers.md has every code.`;
  return {
    data: {
      system: system.name,
      node: nodeVersion,
      isUsable,
      findings,
      readers: readers.map(({ name, hasCard, atr }) => ({ name, hasCard, atr: toHex(atr) })),
    },
    lines: [`${system.name}, Node ${nodeVersion}`, ...findings.flatMap(findingLines), end],
  };
}

/** Severity and code, what it is, and under it what was seen and what to do. */
function findingLines({ severity, code, text, detail, pcsc, advice }: Finding): readonly string[] {
  const under = [
    detail,
    ...(pcsc === undefined ? [] : [pcsc]),
    ...(advice === '' ? [] : [`-> ${advice}`]),
  ];
  return [
    `${severity.padEnd(7)} ${code}  ${text}`,
    ...under.filter((line) => line !== '').map((line) => `             ${line}`),
  ];
}
