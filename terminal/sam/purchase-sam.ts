// SPDX-License-Identifier: MIT
/**
 * The purchase SAM: a second card that holds the master keys, numbers the terminal's transactions and
 * checks what the card proves. It sits behind a channel, so a real module in a reader's slot can take
 * the place of the virtual one.
 */
import { concat } from '../../src/bytes/concat.ts';
import { Fault } from '../../src/errors/fault.ts';
import { encodeCommand } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { LayoutValue } from '../../src/codec/struct.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import {
  SAM_CREDIT,
  SAM_INITIALIZE,
  SAM_INITIALIZE_REPLY,
} from '../../src/purse/command-layouts.ts';
import { PUBLIC_DATA, SAM_PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import { SAM_COMMANDS } from '../../src/purse/sam-commands.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { selectByName } from '../card/commands.ts';
import { describeAnswer, exchange, isSuccess } from '../card/exchange.ts';
import type { PresentedCard } from '../card/identify.ts';

/** What the 3DES card key is derived by, innermost level first: a matter of the SAM's vendor. */
export type DiversificationLevel = 'issuer' | 'serial';

/** A SAM that has said who it is. */
export interface PurchaseSam {
  readonly channel: CardChannel;
  /** EF16, 6 bytes. */
  readonly terminalId: Uint8Array;
  /** EF15: the last 10 of its bytes, or fewer with zeros before them. */
  readonly serial: Uint8Array;
  /** EF17: the index of the purchase key. */
  readonly keyIndex: number;
}

const SERIAL_SIZE = 10;
const NO_DATA = new Uint8Array(0);
const SHORT_FILE = 0x80;

/**
 * Selects the purchase application, if it has a name, and reads EF15, EF16 and EF17.
 * @throws SAM_UNUSABLE when it does not answer, or not with what a SAM holds.
 */
export async function openPurchaseSam(
  channel: CardChannel,
  aid: Uint8Array | undefined,
): Promise<PurchaseSam> {
  if (aid !== undefined) {
    const answer = await exchange(channel, selectByName(aid));
    if (!isSuccess(answer)) throw samFault('an application of the configured name', answer);
  }
  const serial = await readFile(channel, 0x15, 0);
  const terminalId = await readFile(channel, 0x16, 6);
  const publicData = SAM_PUBLIC_DATA.decode(await readFile(channel, 0x17, SAM_PUBLIC_DATA.size));
  return { channel, terminalId, serial: serialOf(serial), keyIndex: publicData.keyIndex };
}

async function readFile(
  channel: CardChannel,
  shortFileId: number,
  size: number,
): Promise<Uint8Array> {
  const { cla, ins } = SAM_COMMANDS.readBinary;
  const ne = size === 0 ? 256 : size;
  const command = { cla, ins, p1: SHORT_FILE | shortFileId, p2: 0, data: NO_DATA, ne };
  const answer = await exchange(channel, encodeCommand(command));
  const isWhole = isSuccess(answer) && (size === 0 || answer.data.length === size);
  if (!isWhole) throw samFault(`EF${shortFileId.toString(16)}`, answer);
  return answer.data;
}

function samFault(what: string, answer: Awaited<ReturnType<typeof exchange>>): Fault {
  return new Fault('SAM_UNUSABLE', `"sam" expected ${what}, got ${describeAnswer(answer)}`);
}

/** A SAM's EF15 has 14 bytes or more, or the purse's own layout: the serial number ends both. */
function serialOf(file: Uint8Array): Uint8Array {
  if (file.length === PUBLIC_DATA.size) return PUBLIC_DATA.decode(file).applicationSerialNumber;
  const serial = new Uint8Array(SERIAL_SIZE);
  const tail = file.slice(-SERIAL_SIZE);
  serial.set(tail, SERIAL_SIZE - tail.length);
  return serial;
}

/** What the SAM is told about the debit that it is to authorise. */
export interface SamOrder extends LayoutValue<typeof SAM_INITIALIZE.aes> {
  readonly levels: readonly DiversificationLevel[];
  readonly card: PresentedCard;
}

/** INIT_SAM_FOR_PURCHASE: the SAM answers with its transaction number and MAC1. */
export function samInitialize(order: SamOrder): Uint8Array {
  const { cla, ins, p1, p2 } = SAM_COMMANDS.initializeForPurchase;
  const { suite } = order.card;
  const data =
    suite === 'aes'
      ? SAM_INITIALIZE.aes.encode(order)
      : concat(SAM_INITIALIZE.tdes.encode(order), diversification(order));
  return encodeCommand({ cla, ins, p1, p2, data, ne: SAM_INITIALIZE_REPLY[suite].size });
}

function diversification({ card, levels }: SamOrder): Uint8Array {
  const { applicationSerialNumber, issuerId } = card.publicData;
  // 3DES diversification takes the rightmost 8 bytes of the serial number.
  return concat(
    ...levels.map((level) => (level === 'serial' ? applicationSerialNumber.slice(-8) : issuerId)),
  );
}

/** CREDIT_SAM_FOR_PURCHASE: the SAM checks the card's MAC2 with the session key of its last INIT. */
export function samCredit(suite: SuiteName, mac2: Uint8Array): Uint8Array {
  const { cla, ins, p1, p2 } = SAM_COMMANDS.creditForPurchase;
  return encodeCommand({ cla, ins, p1, p2, data: SAM_CREDIT[suite].encode({ mac2 }), ne: 0 });
}

/** Whether the SAM found MAC2 wrong, and not the command or itself. */
export function isMacRefused(sw: number): boolean {
  return sw === SW.MAC_INVALID;
}
