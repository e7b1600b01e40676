// SPDX-License-Identifier: MIT
/**
 * Takes the card out of the field while it commits: the tear is placed when DEBIT (54) or CREDIT (52)
 * goes by, so that everything before it works.
 */
import type { VirtualDevice } from '../../card-applet-sim/card/virtual-device.ts';
import type { Tear } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { PURSE_COMMANDS } from '../../src/purse/purse-commands.table.ts';

/** When a card leaves: before, inside or after the write that decides, or with its answer lost. */
export const TEAR_MOMENTS = ['before', 'inside', 'after', 'response'] as const;
export type TearMoment = (typeof TEAR_MOMENTS)[number];

/** The journal of a commit is its first physical write; its marker, the second, decides. */
const DECIDING_WRITE = 2;

/** The tear at that moment of the next commit. */
export function tearAt(moment: TearMoment): Tear {
  return moment === 'response' ? { phase: moment } : { phase: moment, write: DECIDING_WRITE };
}

const COMMITS: ReadonlySet<number> = new Set([
  PURSE_COMMANDS.debitForPurchase.ins,
  PURSE_COMMANDS.creditForLoad.ins,
]);

/** Whether a command is one that moves value when the card accepts it. */
export function isCommit(command: Uint8Array): boolean {
  return COMMITS.has(command[1] ?? 0);
}

/** A channel that tears the card at its next commit, once. */
export function tearOnCommit(channel: CardChannel, card: VirtualDevice, tear: Tear): CardChannel {
  let isPlaced = false;
  return {
    transceive(command) {
      if (!isPlaced && isCommit(command)) {
        isPlaced = true;
        card.memory.placeTear(tear);
      }
      return channel.transceive(command);
    },
    close: () => channel.close(),
  };
}
