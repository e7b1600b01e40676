// SPDX-License-Identifier: MIT
/** Compares claims of merchants with what the cards proved: the records that were credited. */
import { toHex } from '../../src/bytes/hex.ts';
import { RECORD } from '../../src/clearing/record.ts';
import { addSigned, signedAmount, type SignedAmount } from '../../src/money/amount.ts';
import { creditedRecords, type CreditedRecord } from '../files/settlement-detail.ts';
import type { ClaimRow } from '../store/bank-store.ts';
import { isoDate } from '../../src/time/civil.ts';
import type { HostStore } from '../store/store.ts';

export interface Proven {
  /** Records credited, less those taken back. */
  readonly count: number;
  readonly gross: SignedAmount;
}

export interface ComparedClaim {
  readonly claim: ClaimRow;
  readonly proven: Proven;
  readonly isAgreed: boolean;
}

type Claimed = Pick<ClaimRow, 'counter' | 'date' | 'terminal' | 'type' | 'window'>;

const nameOf = ({ counter, date, terminal, type, window }: Claimed): string =>
  [terminal, counter === null ? `${date} ${type}` : `counter ${counter}`, window ?? 'all'].join(
    ' ',
  );

const NOTHING: Proven = { count: 0, gross: signedAmount(0) };

/** Adds a credited record to every claimed total that it belongs to. */
function addRecord(totals: Map<string, Proven>, record: CreditedRecord, window: number): void {
  const {
    date: day,
    terminalCounter,
    terminalId,
    transactionType: type,
  } = RECORD.decode(record.bytes);
  const terminal = toHex(terminalId);
  const date = isoDate(day);
  for (const counter of [null, terminalCounter]) {
    for (const scope of [null, window]) {
      const name = nameOf({ counter, date, terminal, type, window: scope });
      const known = totals.get(name);
      if (known === undefined) continue;
      const count = known.count + (record.amount < 0 ? -1 : 1);
      totals.set(name, { count, gross: addSigned(known.gross, record.amount) });
    }
  }
}

/** What is proven of each claimed total, by name. Reads the records of the windows that are claimed of. */
function provenTotals(store: HostStore, claims: readonly ClaimRow[]): ReadonlyMap<string, Proven> {
  const totals = new Map(claims.map((claim) => [nameOf(claim), NOTHING]));
  const isEvery = claims.some((claim) => claim.window === null);
  let after = 0;
  for (const { id, lastRecord } of store.windows()) {
    const last = lastRecord ?? Number.MAX_SAFE_INTEGER;
    if (isEvery || claims.some((claim) => claim.window === id)) {
      for (const record of creditedRecords(store, { window: id, after, last })) {
        addRecord(totals, record, id);
      }
    }
    after = last;
  }
  return totals;
}

/** Each claim with what is proven of it now. Of claims about the same, the newest stands. */
export function comparedClaims(
  store: HostStore,
  all: readonly ClaimRow[],
): readonly ComparedClaim[] {
  if (all.length === 0) return [];
  const claims = [...new Map(all.map((claim) => [nameOf(claim), claim])).values()];
  const totals = provenTotals(store, claims);
  return claims.map((claim) => {
    const proven = totals.get(nameOf(claim)) ?? NOTHING;
    const isAgreed = proven.count === claim.count && proven.gross === claim.gross;
    return { claim, proven, isAgreed };
  });
}
