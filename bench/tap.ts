// SPDX-License-Identifier: MIT
/**
 * `openpurse bench tap`: full offline purchases a second in one process, with the ratio to the ceiling
 * measured in the same run: the same cryptography and nothing else.
 *
 * One purchase is everything that a terminal does with a card that is presented: power-up, SELECT, EF15,
 * what the journal knows of the card, INITIALIZE, the SAM, the journal row, DEBIT, MAC2 at the SAM, the
 * journal again. Card and SAM commit to their memories; the journal is in memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInProcess } from '../card-applet-sim/transport/in-process.ts';
import { fromHex } from '../src/bytes/hex.ts';
import { invariant } from '../src/errors/invariant.ts';
import { amount, ZERO } from '../src/money/amount.ts';
import { MAC_INPUTS } from '../src/purse/mac-inputs.table.ts';
import { serialNumberBytes } from '../src/purse/serial-number.ts';
import type { SuiteName } from '../src/purse/suite.ts';
import { SUITES } from '../src/purse/suites.table.ts';
import { instantOf } from '../src/time/civil.ts';
import { PIN } from '../simulation/world/pin.ts';
import { SeededRandom } from '../simulation/world/seeded-random.ts';
import { World, type WorldCard } from '../simulation/world/world.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface TapBenchResult {
  readonly suite: SuiteName;
  readonly purchases: number;
  readonly purchasesPerSecond: number;
  readonly microsecondsPerPurchase: number;
  readonly cryptoCeilingPerSecond: number;
  readonly ratioToCeiling: number;
}

const CARDS = 32;
const LOAD_MINOR = 4_000_000_000;
const PRICE = amount(100);
const WARM_UP = 2_000;
/** Short rounds, because the speed of a machine drifts within a second. */
const ROUNDS = 25;
const START = { date: '20260203', time: '080000' } as const;

/** Runs the benchmark for one suite; rates and ratio are medians of its rounds. */
export async function benchTap(suite: SuiteName, purchases: number): Promise<TapBenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-bench-'));
  const random = new SeededRandom(1);
  const world = await World.create({
    directory,
    random,
    currency: 'INR',
    utcOffsetMinutes: 0,
    start: instantOf(START, 0),
  });
  try {
    const terminal = await world.addTerminal('BENCH', 'bench', false);
    const cards: WorldCard[] = [];
    for (let card = 0; card < CARDS; card++) cards.push(await loadedCard(world, terminal, suite));
    const crypto = cryptoOfOnePurchase(suite, world.keys.masters(1, suite));
    await buy(terminal, cards, WARM_UP);
    for (let index = 0; index < WARM_UP; index++) crypto();
    const perRound = Math.ceil(purchases / ROUNDS);
    const taps: number[] = [];
    const ceilings: number[] = [];
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let start = performance.now();
      await buy(terminal, cards, perRound);
      taps.push((perRound * 1000) / (performance.now() - start));
      start = performance.now();
      for (let index = 0; index < perRound; index++) crypto();
      const ceiling = (perRound * 1000) / (performance.now() - start);
      ceilings.push(ceiling);
      ratios.push((taps.at(-1) ?? 0) / ceiling);
    }
    const rate = median(taps);
    return {
      suite,
      purchases: perRound * ROUNDS,
      purchasesPerSecond: Math.round(rate),
      microsecondsPerPurchase: Math.round(10_000_000 / rate) / 10,
      cryptoCeilingPerSecond: Math.round(median(ceilings)),
      ratioToCeiling: Math.round(median(ratios) * 1000) / 1000,
    };
  } finally {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function loadedCard(world: World, terminal: Terminal, suite: SuiteName): Promise<WorldCard> {
  const card = await world.addCard(suite);
  const request = { amount: amount(LOAD_MINOR), hostLink: world.host, pin: PIN };
  const outcome = await terminal.load(world.present(card), request);
  invariant(outcome.kind === 'approved', `load expected approved, got ${outcome.kind}`);
  return card;
}

async function buy(terminal: Terminal, cards: readonly WorldCard[], count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const card = cards[index % cards.length];
    invariant(card !== undefined, 'a card for every purchase');
    const outcome = await terminal.purchase(openInProcess(card.device), PRICE);
    invariant(outcome.kind === 'approved', `purchase expected approved, got ${outcome.kind}`);
  }
}

/** Every key derivation, MAC and TAC of one purchase, by card and SAM, with nothing around them. */
function cryptoOfOnePurchase(
  suiteName: SuiteName,
  masters: { readonly purchase: Uint8Array; readonly tac: Uint8Array },
): () => void {
  const suite = SUITES[suiteName];
  const serial = serialNumberBytes('1');
  const issuerKey = suite.issuerMasterKey(masters.purchase, 'purchase');
  const cardKey = suite.sessionMasterKey(issuerKey.cardKey(serial));
  const tacKey = suite.tacKey(suite.issuerMasterKey(masters.tac, 'tac').cardKey(serial));
  const values = {
    amount: PRICE,
    transactionType: 0x06,
    terminalId: new Uint8Array(6),
    date: fromHex(START.date),
    time: fromHex(START.time),
    terminalCounter: 1,
    applicationSerialNumber: serial,
    counterBefore: 0,
    balanceAfter: ZERO,
    offlineCounterAfter: 1,
  };
  const mac1Input = MAC_INPUTS.purchaseMac1[suiteName].encode(values);
  const mac2Input = MAC_INPUTS.purchaseMac2[suiteName].encode(values);
  const tacInput = MAC_INPUTS.purchaseTac[suiteName].encode(values);
  const session = {
    session: 'purchase',
    cardRandom: new Uint8Array(suite.cardRandomSize),
    counter: 0,
    terminalCounter: 1,
  } as const;
  return () => {
    const samSession = suite.sessionMasterKey(issuerKey.cardKey(serial)).sessionKey(session);
    samSession.mac(mac1Input);
    const cardSession = cardKey.sessionKey(session);
    cardSession.mac(mac1Input);
    cardSession.mac(mac2Input);
    tacKey.mac(tacInput);
    samSession.mac(mac2Input);
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
