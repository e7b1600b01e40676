// SPDX-License-Identifier: MIT
/** GET BALANCE and GET TRANSACTION PROVE: they read, and leave a pending transaction alone. */
import { SW } from '../../src/iso7816/status-words.table.ts';
import { BALANCE_REPLY, PROOF, PROOF_REPLY } from '../../src/purse/command-layouts.ts';
import { Refusal } from '../apdu/refusal.ts';
import type { CardHandler } from '../card/card-applet.ts';
import { accountOf } from './initialize.ts';

export const getBalance: CardHandler = (applet, command) => {
  const account = accountOf(command.p2);
  if (account === 'deposit' && !applet.session.isPinVerified) {
    throw new Refusal(SW.SECURITY_STATUS);
  }
  return BALANCE_REPLY[applet.suite.name].encode({ balance: applet.data.balance(account) });
};

export const getTransactionProof: CardHandler = (applet, command) => {
  const { counterAfter } = PROOF[applet.suite.name].decode(command.data);
  const proof = applet.data.proof(command.p2, counterAfter);
  if (proof === undefined) throw new Refusal(SW.PROOF_NOT_AVAILABLE);
  return PROOF_REPLY[applet.suite.name].encode(proof);
};
