// SPDX-License-Identifier: MIT
/**
 * The story of one torn purchase over card, terminal and host in one process. The holder pulls the card
 * away while it commits, and the till cannot know whether it paid. It never guesses: `uncertain` ends
 * when the same card is presented again and proves what it did, or when the host decides.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tear } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import { ledgerConservation } from '../../host/report/conservation.ts';
import { reconciliationReport } from '../../host/report/reconciliation.ts';
import { trueBalance } from '../../simulation/check/oracle.ts';
import type { World, WorldCard } from '../../simulation/world/world.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { amount } from '../../src/money/amount.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { morningWorld, type Morning } from './morning-world.ts';

const LOADED = amount(100_00);
const PRICE = amount(20_00);

let morning: Morning;
let world: World;
let till: Terminal;
let card: WorldCard;

beforeEach(async () => {
  morning = await morningWorld(1);
  world = morning.world;
  till = await world.addTerminal('CAFE', 'till', false);
  card = await world.addCard('aes');
  const request = { amount: LOADED, hostLink: world.host, pin: new Secret(fromHex(DEFAULT_PIN)) };
  expect(await till.load(world.present(card), request)).toMatchObject({ kind: 'approved' });
});

afterEach(async () => morning.dispose());

/** The evening: the till closes its batch, the host judges each record. */
async function clear(): Promise<void> {
  const closed = till.closeBatch();
  if (closed !== undefined) await till.uploadBatch(closed.number, world.host);
}

/** What the host owes the cafe, how many exceptions it lists, and whether its books agree. */
function books(): { payable: number | undefined; exceptions: readonly string[]; isHeld: boolean } {
  const { merchants, exceptions } = reconciliationReport(world.host);
  return {
    payable: merchants.find(({ merchant }) => merchant === 'CAFE')?.payable,
    exceptions: exceptions.map(({ rule }) => rule),
    isHeld: ledgerConservation(world.host.store).isHeld,
  };
}

describe('a purchase whose answer is lost', () => {
  it('is uncertain, then proven by the card, charged once and paid once', async () => {
    // 1. The card debits itself and leaves the field before the till hears of it.
    const torn = await till.purchase(world.present(card, { phase: 'response' }), PRICE);
    expect(torn).toMatchObject({ kind: 'uncertain', cause: 'answerLost' });
    expect(trueBalance(card)).toBe(LOADED - PRICE);

    // 2. Another card may buy meanwhile: it neither clears nor decides what is uncertain.
    const other = await world.addCard('tdes');
    expect(await till.purchase(world.present(other), PRICE)).toMatchObject({
      kind: 'declined',
      reason: 'insufficientBalance',
      settled: [],
    });

    // 3. The same card again: GET TRANSACTION PROVE says that it paid, and it is not charged twice.
    const again = await till.purchase(world.present(card), PRICE);
    expect(again).toMatchObject({ kind: 'approved', tap: { isRecovered: true, amount: PRICE } });
    expect(trueBalance(card)).toBe(LOADED - PRICE);

    // 4. The host pays the cafe once, and has nothing to ask.
    await clear();
    expect(books()).toEqual({ payable: PRICE, exceptions: [], isHeld: true });
  });

  it('is paid once when the till reports it as uncertain first and the proof comes a day later', async () => {
    await till.purchase(world.present(card, { phase: 'response' }), PRICE);
    await clear();
    expect(books()).toMatchObject({ payable: 0, exceptions: ['uncertainTap'], isHeld: true });

    expect(await till.recover(world.present(card))).toMatchObject({
      kind: 'approved',
      tap: { isRecovered: true },
    });
    await clear();
    expect(books()).toEqual({ payable: PRICE, exceptions: [], isHeld: true });
  });

  it('is an exception at the host, and no money is lost, when the holder never comes back', async () => {
    await till.purchase(world.present(card, { phase: 'response' }), PRICE);
    // The next purchase at another till shows the host that the balance went down by the price.
    const kiosk = await world.addTerminal('KIOSK', 'kiosk', false);
    expect(await kiosk.purchase(world.present(card), amount(1_00))).toMatchObject({
      kind: 'approved',
    });
    await clear();
    const closed = kiosk.closeBatch();
    await kiosk.uploadBatch(closed?.number ?? 0, world.host);
    const { exceptions, isHeld } = books();
    expect(isHeld).toBe(true);
    expect(exceptions).toEqual(expect.arrayContaining(['counterGap', 'uncertainTap']));
  });
});

describe('a purchase that is torn', () => {
  const tears: readonly [string, Tear, boolean][] = [
    ['before the card writes', { phase: 'before', write: 2 }, false],
    ['inside the deciding write', { phase: 'inside', write: 2 }, false],
    ['after the deciding write', { phase: 'after', write: 2 }, true],
    ['with the answer under way', { phase: 'response' }, true],
  ];

  it.each(tears)('%s charges the card exactly once in the end', async (_when, tear, hasPaid) => {
    expect(await till.purchase(world.present(card, tear), PRICE)).toMatchObject({
      kind: 'uncertain',
    });
    expect(trueBalance(card)).toBe(hasPaid ? LOADED - PRICE : LOADED);

    const again = await till.purchase(world.present(card), PRICE);
    expect(again).toMatchObject({ kind: 'approved', tap: { isRecovered: hasPaid } });
    expect(again.settled.map(({ state }) => state)).toEqual(hasPaid ? [] : ['declined']);
    expect(trueBalance(card)).toBe(LOADED - PRICE);

    await clear();
    expect(books()).toEqual({ payable: PRICE, exceptions: [], isHeld: true });
  });
});
