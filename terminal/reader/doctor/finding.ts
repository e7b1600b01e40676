// SPDX-License-Identifier: MIT
/** One finding on one machine: a row of the table, what exactly was seen, and what to do here. */
import { formatPcscCode, pcscCodeIn } from '../pcsc-codes.table.ts';
import { FINDINGS, type FindingName, type FindingRow, type Severity } from './findings.table.ts';
import type { System } from './system.ts';

export interface Finding {
  readonly name: FindingName;
  readonly code: number;
  readonly severity: Severity;
  readonly text: string;
  /** What was seen: a name, a path, a message. Empty where the text says it all. */
  readonly detail: string;
  /** What to do on this system. Empty: nothing. */
  readonly advice: string;
  /** `0x8010001d SCARD_E_NO_SERVICE: …`, where PC/SC gave a number. */
  readonly pcsc: string | undefined;
}

/** Makes findings for one system. */
export type Report = (name: FindingName, detail?: string) => Finding;

export function reporter({ family }: System): Report {
  return (name, detail = '') => {
    const { code, severity, text, advice }: FindingRow = FINDINGS[name];
    const pcscCode = pcscCodeIn(detail);
    return {
      name,
      code,
      severity,
      text,
      detail,
      advice: typeof advice === 'string' ? advice : advice[family],
      pcsc: pcscCode === undefined ? undefined : formatPcscCode(pcscCode),
    };
  };
}
