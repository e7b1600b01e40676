// SPDX-License-Identifier: MIT
/** What the rows say of one card's records: each different one, and what its merchant was credited for it. */
import { toHex } from '../../src/bytes/hex.ts';
import { RECORD_KIND } from '../../src/clearing/record.ts';
import type { AuditParts } from './model.ts';
import { evidenceKey, isWhole, recordFields, type RecordFields } from './record-fields.ts';

export interface ChainEvidence extends RecordFields {
  readonly key: string;
  /** Minor units, after all that was taken back. */
  readonly credited: number;
  /** The part of it that the card did not pay. */
  readonly unpaid: number;
}

export interface CardChain {
  /** Oldest first. */
  readonly evidence: readonly ChainEvidence[];
  /** Rows, every envelope counted. */
  readonly length: number;
}

interface Row {
  readonly previous: number;
  readonly isJudged: number;
  readonly bytes: Uint8Array;
}

/** Reads the chain of one card after another. */
export function chainReader({ ledger, memory }: AuditParts): (lastRecord: number) => CardChain {
  const select = ledger.prepare<[number], Row>(
    'SELECT previous, is_judged AS isJudged, bytes FROM records WHERE id = ?',
  );
  const credit = memory.prepare<[number], { amount: number; unpaid: number }>(
    'SELECT amount, unpaid FROM credits WHERE record = ?',
  );
  return (lastRecord) => {
    const evidence = new Map<string, ChainEvidence>();
    let length = 0;
    let id = lastRecord;
    while (id !== 0) {
      const row = select.get(id);
      // `previous` is always an older row: anything else is no chain.
      if (row === undefined || row.previous >= id) break;
      length++;
      if (isWhole(row.bytes)) {
        const fields = recordFields(row.bytes);
        const isPlain = row.isJudged === 0 && fields.kind === RECORD_KIND.purchase;
        const { amount, unpaid } = credit.get(id) ?? { amount: 0, unpaid: 0 };
        const credited = (isPlain ? fields.amount : 0) + amount;
        const key = toHex(evidenceKey(row.bytes));
        const known = evidence.get(key);
        evidence.set(key, {
          ...fields,
          key,
          credited: (known?.credited ?? 0) + credited,
          unpaid: (known?.unpaid ?? 0) + unpaid,
        });
      }
      id = row.previous;
    }
    return { evidence: [...evidence.values()].reverse(), length };
  };
}
