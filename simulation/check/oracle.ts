// SPDX-License-Identifier: MIT
/**
 * What really happened, from the cards' own memories: the oracle looks at a card directly after each tap
 * and so knows what a terminal that lost the answer cannot know. Its checks compare, they never explain.
 */
import { add, amount, subtract, sum, type Amount, ZERO } from '../../src/money/amount.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Defect, invariant } from '../../src/errors/invariant.ts';
import { encodeCommand, NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { PURSE_COMMANDS } from '../../src/purse/purse-commands.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { tapsOf, type TapOutcome } from '../../terminal/flow/outcome.ts';
import type { Tap } from '../../terminal/journal/tap.ts';
import type { WorldCard } from '../world/world.ts';

const PURSE = 0x02;
const SELECT_BY_NAME = 0x04;

function selectCommand(suite: SuiteName): Uint8Array {
  const name = fromHex(suite === 'aes' ? DF_NAMES.aesPurse : DF_NAMES.tdesPurse);
  const { cla, ins } = CARD_COMMANDS.select;
  return encodeCommand({ cla, ins, p1: SELECT_BY_NAME, p2: 0x00, data: name, ne: NE_SHORT_MAX });
}

const SELECT = { aes: selectCommand('aes'), tdes: selectCommand('tdes') } as const;
const { cla, ins, p1 } = PURSE_COMMANDS.getBalance;
const GET_BALANCE = encodeCommand({ cla, ins, p1, p2: PURSE, data: new Uint8Array(0), ne: 4 });

/** The balance of the purse by GET BALANCE, on fresh power. */
export function trueBalance(card: WorldCard): Amount {
  card.device.powerUp();
  card.device.process(SELECT[card.suite]);
  const response = card.device.process(GET_BALANCE);
  invariant(
    response.length === 6,
    `card ${card.serial} expected a balance, got ${response.length} bytes`,
  );
  card.device.powerOff();
  return amount(readUint(response, 0, 4));
}

/** A debit that left its card and has not been proven to its terminal. */
interface Unpresented {
  readonly serial: string;
  readonly amount: Amount;
}

export class Oracle {
  readonly #balances = new Map<string, Amount>();
  /** By terminal and tap. */
  readonly #unpresented = new Map<string, Unpresented>();
  /** Loads that are known to have credited their card. */
  readonly #credited = new Set<string>();

  balanceOf(card: WorldCard): Amount {
    return this.#balances.get(card.serial) ?? ZERO;
  }

  /** Looks at a card after a tap. @throws Defect when the outcome is not what happened. */
  observe(terminalId: string, card: WorldCard, outcome: TapOutcome): void {
    const before = this.balanceOf(card);
    const after = trueBalance(card);
    const proven = tapsOf(outcome).filter(
      (tap) => tap.state === 'approved' && tap.serial === card.serial,
    );
    const expected = proven.reduce(
      (balance, tap) => this.#settle(terminalId, tap, balance),
      before,
    );
    this.#balances.set(card.serial, after);
    if (outcome.kind === 'uncertain') {
      this.#observeUncertain(terminalId, outcome.tap, { expected, after });
    } else if (after !== expected) {
      throw new Defect(
        `card ${card.serial} at ${terminalId}: ${outcome.kind} expected balance ${expected}, got ${after}`,
      );
    }
  }

  /** What a proven tap does to the balance: nothing, when the oracle saw it happen earlier. */
  #settle(terminalId: string, tap: Tap, balance: Amount): Amount {
    const key = `${terminalId}:${tap.id}`;
    if (tap.operation === 'load') {
      const isKnown = this.#credited.has(tap.loadId ?? key);
      this.#credited.add(tap.loadId ?? key);
      return isKnown ? balance : add(balance, tap.amount);
    }
    if (this.#unpresented.delete(key)) return balance;
    return subtract(balance, tap.amount);
  }

  #observeUncertain(
    terminalId: string,
    tap: Tap,
    seen: { readonly expected: Amount; readonly after: Amount },
  ): void {
    const key = `${terminalId}:${tap.id}`;
    if (seen.after === seen.expected) return;
    if (tap.operation === 'load') {
      invariant(
        seen.after === add(seen.expected, tap.amount),
        `load ${key} credited another amount`,
      );
      this.#credited.add(tap.loadId ?? key);
      return;
    }
    // An uncertain tap that is still uncertain was seen before.
    if (this.#unpresented.has(key)) throw new Defect(`tap ${key} debited its card twice`);
    invariant(
      seen.after === subtract(seen.expected, tap.amount),
      `tap ${key} debited another amount`,
    );
    this.#unpresented.set(key, { serial: tap.serial, amount: tap.amount });
  }

  /** Value that left its card and was never proven to a terminal. */
  unpresented(): Amount {
    return sum([...this.#unpresented.values()].map((debit) => debit.amount));
  }

  /** Whether the card really took this load. */
  isCredited(loadId: string): boolean {
    return this.#credited.has(loadId);
  }
}
