// SPDX-License-Identifier: MIT
/** A counterfeit: it says what a card says, and answers every MAC with the same bytes. */
import { fromHex } from '../../../src/bytes/hex.ts';
import { encodeResponse, decodeCommand } from '../../../src/iso7816/apdu.ts';
import { amount } from '../../../src/money/amount.ts';
import type { CardChannel } from '../../../src/ports/card-channel.ts';
import {
  DEBIT,
  DEBIT_REPLY,
  INITIALIZE,
  INITIALIZE_OFFLINE_REPLY,
  PROOF_REPLY,
} from '../../../src/purse/command-layouts.ts';
import { LOG_RECORD, PUBLIC_DATA } from '../../../src/purse/file-layouts.ts';
import { DF_NAMES } from '../../../src/purse/files.table.ts';
import { ISSUER_ID } from './world.ts';

const CONSTANT = new Uint8Array(8).fill(0xaa);
const BALANCE = amount(99_999_999);

export class ConstantMacCard implements CardChannel {
  /** Leaves the answer to DEBIT out, as a card does that is taken away. */
  losesDebit = false;
  #initialized = INITIALIZE.aes.decode(new Uint8Array(11));
  #log: Uint8Array = new Uint8Array(0);

  transceive(command: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(this.#answer(command));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer(bytes: Uint8Array): Uint8Array {
    const { ins, p1, data } = decodeCommand(bytes);
    const ok = (reply: Uint8Array = new Uint8Array(0)): Uint8Array =>
      encodeResponse({ data: reply, sw: 0x9000 });
    switch (ins) {
      case 0xa4:
        return encodeResponse({
          data: new Uint8Array(0),
          sw: data.length === fromHex(DF_NAMES.aesPurse).length ? 0x9000 : 0x6a82,
        });
      case 0xb0:
        return ok(this.#publicData());
      case 0x50:
        this.#initialized = INITIALIZE.aes.decode(data);
        return ok(this.#initializeReply());
      case 0x54:
        return this.#debit(data, ok);
      case 0xb2:
        return p1 === 1 && this.#log.length > 0 ? ok(this.#log) : Uint8Array.of(0x6a, 0x83);
      case 0x5a:
        return ok(PROOF_REPLY.aes.encode({ mac: CONSTANT, tac: CONSTANT }));
      default:
        return ok();
    }
  }

  #debit(data: Uint8Array, ok: (reply: Uint8Array) => Uint8Array): Uint8Array {
    const { date, time } = DEBIT.aes.decode(data);
    const { amount: debited, terminalId } = this.#initialized;
    this.#log = LOG_RECORD.encode({
      counterAfter: 8,
      overdraftLimit: 0,
      amount: debited,
      transactionType: 6,
      terminalId,
      date,
      time,
    });
    if (this.losesDebit) return new Uint8Array(0);
    return ok(DEBIT_REPLY.aes.encode({ tac: CONSTANT, mac2: CONSTANT }));
  }

  #publicData(): Uint8Array {
    return PUBLIC_DATA.encode({
      issuerId: ISSUER_ID,
      applicationType: 2,
      applicationVersion: 1,
      applicationSerialNumber: fromHex('00000000000000000666'),
      startDate: '20250101',
      expiryDate: '20301231',
      issuerFci: new Uint8Array(2),
    });
  }

  #initializeReply(): Uint8Array {
    return INITIALIZE_OFFLINE_REPLY.aes.encode({
      balance: BALANCE,
      offlineCounter: 7,
      overdraftLimit: 0,
      keyVersion: 1,
      algorithmId: 0x88,
      cardRandom: new Uint8Array(8),
    });
  }
}
