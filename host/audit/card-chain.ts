// SPDX-License-Identifier: MIT
/** What the rows say of one card's records: each different one, and what its merchant was credited for it. */
import { toHex } from '../../src/bytes/hex.ts';
import { RECORD_KIND } from '../../src/clearing/record.ts';
import type { AuditParts } from './model.ts';
import { evidenceKey, isWhole, recordFields, type RecordFields } from './record-fields.ts';

export interface ChainEvidence extends RecordFields {
  readonly key: string;
  /** Minor units, after all that was taken back but for refunds, which a merchant gives. */
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
export function chainReader(
  parts: AuditParts,
): (serial: Uint8Array, lastRecord: number) => CardChain {
  const select = parts.ledger.prepare<[number], Row>(
    'SELECT previous, is_judged AS isJudged, bytes FROM records WHERE id = ?',
  );
  const creditsOf = creditReader(parts);
  return (serial, lastRecord) => {
    const creditOf = creditsOf(serial);
    const evidence = new Map<string, ChainEvidence>();
    let length = 0;
    for (let id = lastRecord; id !== 0;) {
      const row = select.get(id);
      // `previous` is always an older row: anything else is no chain.
      if (row === undefined || row.previous >= id) break;
      length++;
      if (isWhole(row.bytes)) addEvidence(evidence, row, creditOf(id));
      id = row.previous;
    }
    return { evidence: [...evidence.values()].reverse(), length };
  };
}

type Credit = Pick<ChainEvidence, 'credited' | 'unpaid'>;

/** What items credited a record with, refunds left out: these a merchant gives. */
function creditReader({
  ledger,
  memory,
}: AuditParts): (serial: Uint8Array) => (record: number) => Credit {
  const items = memory.prepare<[number], Credit>(
    'SELECT amount AS credited, unpaid FROM credits WHERE record = ?',
  );
  const refunds = ledger
    .prepare<[Uint8Array], [number, number]>(
      'SELECT record, SUM(amount) FROM purchase_refunds WHERE serial = ? GROUP BY record',
    )
    .raw();
  return (serial) => {
    const refunded = new Map(refunds.all(serial));
    return (record) => {
      const { credited, unpaid } = items.get(record) ?? { credited: 0, unpaid: 0 };
      const back = refunded.get(record) ?? 0;
      return { credited: credited + back, unpaid: unpaid + back };
    };
  };
}

/** Adds a row to what was seen of its evidence: envelopes of the same one are credited together. */
function addEvidence(
  evidence: Map<string, ChainEvidence>,
  { isJudged, bytes }: Row,
  { credited, unpaid }: Credit,
): void {
  const { kind, counter, amount, after, terminal, terminalCounter } = recordFields(bytes);
  const isPlain = isJudged === 0 && kind === RECORD_KIND.purchase;
  const key = toHex(evidenceKey(bytes));
  const before = evidence.get(key) ?? { credited: 0, unpaid: 0 };
  evidence.set(key, {
    kind,
    counter,
    amount,
    after,
    terminal,
    terminalCounter,
    key,
    credited: before.credited + credited + (isPlain ? amount : 0),
    unpaid: before.unpaid + unpaid,
  });
}
