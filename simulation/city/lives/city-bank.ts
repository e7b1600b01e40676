// SPDX-License-Identifier: MIT
/**
 * The operator's bank: agents pay in what they took for loads, payouts go out, the operator pays in what its float
 * is short of then, and a statement says so.
 */
import { assignBankLine, importBankFile } from '../../../host/bank/import.ts';
import type { ClearingHost } from '../../../host/host.ts';
import { codeTotals } from '../../../host/ledger/code-totals.ts';
import { safeguardingOf } from '../../../host/ledger/safeguarding.ts';
import type { BankAccount } from '../../../host/settlement/model.ts';
import { formatAmount } from '../../../src/money/decimal.ts';
import { amount, atLeastZero, negate } from '../../../src/money/amount.ts';
import { OPERATOR } from './operator.ts';

interface Movement {
  /** Minor units; positive comes in. */
  readonly value: number;
  readonly endToEndId: string;
}

const AGENTS = '1030:';
const OWN_FUNDS = 'OWN-FUNDS';

export class CityBank {
  readonly #account: BankAccount;
  #balance = 0;
  #statements = 0;

  constructor(account: BankAccount) {
    this.#account = account;
  }

  /** The statement of a day: all that agents owe comes in, every payout that was instructed goes out, and what is short comes in. */
  statement({ store, currency }: ClearingHost, date: string): Uint8Array {
    const balances = store.balances();
    const deposits = balances
      .filter(({ account, balance }) => account.startsWith(AGENTS) && balance > 0)
      .map(({ account, balance }) => ({
        value: balance,
        endToEndId: account.slice(AGENTS.length),
      }));
    const payouts = store
      .payouts()
      .filter(({ state }) => state === 'instructed' || state === 'sent')
      .map(({ amount: value, endToEndId }) => ({ value: negate(value), endToEndId }));
    const { leftAfterPayouts } = safeguardingOf(codeTotals(balances));
    const short = atLeastZero(negate(leftAfterPayouts));
    const ownFunds = short === 0 ? [] : [{ value: short, endToEndId: OWN_FUNDS }];
    const movements: readonly Movement[] = [...deposits, ...payouts, ...ownFunds];
    const opening = this.#balance;
    this.#balance += movements.reduce((sum, { value }) => sum + value, 0);
    this.#statements++;
    const decimal = (value: number): string =>
      `<Amt Ccy="${currency}">${formatAmount(amount(Math.abs(value)), currency)}</Amt><CdtDbtInd>${value < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
    const balance = (code: string, value: number): string =>
      `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${decimal(value)}<Dt><Dt>${date}</Dt></Dt></Bal>`;
    const entry = ({ value, endToEndId }: Movement): string =>
      `<Ntry>${decimal(value)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${date}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>${endToEndId}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>`;
    return new TextEncoder().encode(
      `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>CITY-${date}</MsgId></GrpHdr><Stmt><Id>CITY-${date}</Id><ElctrncSeqNb>${this.#statements}</ElctrncSeqNb><Acct><Id><IBAN>${this.#account.number}</IBAN></Id></Acct>${balance('OPBD', opening)}${balance('CLBD', this.#balance)}${movements.map(entry).join('')}</Stmt></BkToCstmrStmt></Document>`,
    );
  }
}

/** Takes a statement in and says what the operator's own money is; the same one again changes nothing. */
export function takeStatement({ settlement, store }: ClearingHost, statement: Uint8Array): void {
  importBankFile(settlement, statement, OPERATOR);
  for (const { endToEndId, id } of store.unmatchedBankLines()) {
    if (endToEndId !== OWN_FUNDS) continue;
    assignBankLine(settlement, id, { kind: 'ownFunds' }, OPERATOR);
  }
}
