// SPDX-License-Identifier: MIT
/** The conservation identity over a data folder: cards by their own word, terminals by their journals. */
import type { ClearingHost } from '../../host/host.ts';
import { ledgerConservation } from '../../host/report/conservation.ts';
import {
  add,
  addSigned,
  difference,
  type Amount,
  type SignedAmount,
  ZERO,
} from '../../src/money/amount.ts';
import { isDebit } from '../../terminal/journal/tap.ts';
import { readCardFile } from '../commands/show-card.ts';
import type { Context } from '../context.ts';
import { CardFiles } from '../data/card-files.ts';
import { terminalIds, withTerminal } from '../data/terminal-setup.ts';

/** Minor units; `difference` is cardBalances + inFlight − float. */
export interface FolderConservation {
  readonly cardBalances: Amount;
  /** Debits that cards proved to terminals and terminals have not handed in. */
  readonly inFlight: Amount;
  readonly float: SignedAmount;
  readonly difference: SignedAmount;
}

const TAPS_MAX = 100_000;

export async function folderConservation(
  context: Context,
  host: ClearingHost,
): Promise<FolderConservation> {
  const files = new CardFiles(context.data);
  let cardBalances: Amount = ZERO;
  for (const name of files.names()) {
    const { balance } = await readCardFile(files, files.pathOf(name));
    cardBalances = add(cardBalances, balance ?? ZERO);
  }
  let inFlight: Amount = ZERO;
  for (const id of terminalIds(context.data)) {
    await withTerminal(context, { id, merchant: '', place: '', isGate: false }, ({ journal }) => {
      for (const tap of journal.taps(TAPS_MAX)) {
        if (tap.state === 'approved' && isDebit(tap)) inFlight = add(inFlight, tap.amount);
      }
      return Promise.resolve();
    });
  }
  const { float } = ledgerConservation(host.store);
  return {
    cardBalances,
    inFlight,
    float,
    difference: difference(addSigned(cardBalances, inFlight), float),
  };
}
