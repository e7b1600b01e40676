// SPDX-License-Identifier: MIT
/** From a tap of the journal to the record that clearing gets. */
import { fromHex } from '../../src/bytes/hex.ts';
import { encodeRecord, RECORD_FLAG, RECORD_KIND } from '../../src/clearing/record.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import type { NumberedRecord } from '../journal/journal.ts';

/** Bytes of the record's `tac`; the 3DES suite fills 4 of them. */
const TAC_SIZE = 8;

/**
 * The 88 bytes of a record. A record of unknown outcome is made of what was known before the card
 * committed alone, so that it stays the same when the outcome is found out later.
 */
export function encodeTap(terminalId: Uint8Array, record: NumberedRecord): Uint8Array {
  const { kind, sequence, tap } = record;
  const isUncertain = kind === RECORD_KIND.uncertain;
  const tac = new Uint8Array(TAC_SIZE);
  if (!isUncertain) {
    invariant(tap.tac !== undefined, `"tap ${tap.id}" expected a TAC for its record`);
    tac.set(tap.tac);
  }
  return encodeRecord({
    kind,
    algorithmId: SUITES[tap.suite].algorithmId,
    keyVersion: tap.keyVersion,
    transactionType: tap.transactionType,
    flags: !isUncertain && tap.isRecovered ? RECORD_FLAG.recovered : 0,
    applicationSerialNumber: fromHex(tap.serial),
    counterBefore: tap.counterBefore,
    amount: tap.amount,
    balanceBefore: tap.balanceBefore,
    balanceAfter: tap.balanceAfter,
    terminalId,
    terminalCounter: tap.terminalCounter,
    date: tap.date,
    time: tap.time,
    tac,
    terminalSequence: sequence,
    hotlistVersion: tap.hotlistVersion,
    place: tap.place,
  });
}
