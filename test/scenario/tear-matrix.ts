// SPDX-License-Identifier: MIT
/**
 * Tears a card at every APDU of a purchase and at every moment of it, presents it again, and says what
 * became of the money: by the card's own balance and the journal, not by status words. The line to the
 * card is the caller's: in process, or through PC/SC.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import { openInProcess } from '../../card-applet-sim/transport/in-process.ts';
import { ledgerConservation } from '../../host/report/conservation.ts';
import { SeededRandom } from '../../simulation/world/seeded-random.ts';
import { TearableCard, type TearPlace } from '../../simulation/world/tearable-card.ts';
import { TEAR_MOMENTS } from '../../simulation/world/tear-on-commit.ts';
import { World } from '../../simulation/world/world.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { amount } from '../../src/money/amount.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { instantOf } from '../../src/time/civil.ts';
import { getBalance, selectByName } from '../../terminal/card/commands.ts';
import { DEFAULT_APPLICATIONS } from '../../terminal/card/select.ts';

const MOMENTS = ['gone', ...TEAR_MOMENTS] as const;
const LOAD = 1_000_000;
const PRICE = 1_000;
/** A reader shows a card that has left for up to half a second: a holder taps again until it works. */
const TAPS_MAX = 20;

/** One tear, and what it came to. */
export interface TornPurchase extends TearPlace {
  /** Kinds of the outcomes of the tap that was torn and of those after it, one after the other. */
  readonly outcomes: readonly string[];
  /** What left the card, by its own balance, in minor units. */
  readonly paid: number;
}

export interface TearMatrix {
  readonly price: number;
  readonly apdus: number;
  readonly cases: readonly TornPurchase[];
  /** Approved sales of the journal, and taps that are still open. */
  readonly sales: number;
  readonly pending: number;
  /** Whether the host's books hold after the terminal's batch, and what they say is left on the card. */
  readonly isConserved: boolean;
  readonly ledgerBalance: number;
  readonly cardBalance: number;
}

/** How the card gets to the terminal: `present` puts it back in if it was torn. */
export interface TearBench {
  present(): Promise<CardChannel>;
  end(): Promise<void>;
}

/** Runs the matrix for one suite. */
export async function runTearMatrix(
  suite: SuiteName,
  open: (card: TearableCard) => Promise<TearBench>,
): Promise<TearMatrix> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-tears-'));
  const start = instantOf({ date: '20260203', time: '081530' }, 0);
  const random = new SeededRandom(7);
  const world = await World.create({
    directory,
    random,
    currency: 'INR',
    utcOffsetMinutes: 0,
    start,
  });
  const { device, serial } = await world.addCard(suite);
  const card = new TearableCard(device);
  const terminal = await world.addTerminal('SHOP', 'till', false);
  const bench = await open(card);
  const sale = async (): Promise<string> => {
    world.clock.advance(1000);
    const { kind } = await terminal.purchase(await bench.present(), amount(PRICE));
    return kind;
  };
  try {
    await terminal.load(openInProcess(device), {
      amount: amount(LOAD),
      hostLink: world.host,
      pin: new Secret(fromHex(DEFAULT_PIN)),
    });
    card.placeTear(undefined);
    await sale();
    const apdus = card.commandCount;
    const cases: TornPurchase[] = [];
    for (const place of placesOf(apdus)) {
      const before = await balanceOf(device, suite);
      card.placeTear(place);
      const outcomes = [await sale()];
      card.placeTear(undefined);
      while (outcomes.at(-1) !== 'approved' && outcomes.length < TAPS_MAX) {
        outcomes.push(await sale());
      }
      cases.push({ ...place, outcomes, paid: before - (await balanceOf(device, suite)) });
    }
    const taps = terminal.journal.taps(1000).filter(({ operation }) => operation === 'sale');
    const batch = terminal.closeBatch();
    if (batch !== undefined) await terminal.uploadBatch(batch.number, world.host);
    const row = [...world.host.store.cards()].find((known) => toHex(known.serial) === serial);
    return {
      price: PRICE,
      apdus,
      cases,
      sales: taps.filter(({ state }) => state === 'approved').length,
      pending: taps.filter(({ state }) => state === 'pending').length,
      isConserved: ledgerConservation(world.host.store).isHeld,
      ledgerBalance: row?.balance ?? -1,
      cardBalance: await balanceOf(device, suite),
    };
  } finally {
    await bench.end();
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function placesOf(apdus: number): readonly TearPlace[] {
  const numbers = Array.from({ length: apdus }, (_, index) => index + 1);
  return numbers.flatMap((apdu) => MOMENTS.map((moment) => ({ apdu, moment })));
}

/** The balance by the card itself, over a line of its own that no reader has a part in. */
async function balanceOf(
  device: Parameters<typeof openInProcess>[0],
  suite: SuiteName,
): Promise<number> {
  const aid = DEFAULT_APPLICATIONS.find((application) => application.suite === suite)?.aid ?? '';
  const channel = openInProcess(device);
  await channel.transceive(selectByName(fromHex(aid)));
  const answer = await channel.transceive(getBalance);
  return Number.parseInt(toHex(answer.slice(0, 4)), 16);
}
