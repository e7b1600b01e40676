// SPDX-License-Identifier: MIT
/** Merchants who own the key of their terminal, and sign with it what they like. */
import { toHex } from '../../../src/bytes/hex.ts';
import {
  encodeRecord,
  RECORD,
  RECORD_KIND,
  type ClearingRecord,
} from '../../../src/clearing/record.ts';
import { openAck } from '../../../src/clearing/ack.ts';
import { add, amount, subtract } from '../../../src/money/amount.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { importClaims } from '../../../host/claims/import.ts';
import { formatAmount } from '../../../src/money/decimal.ts';
import type { Life } from '../engine/life.ts';
import { openBatch, signBatch } from '../faults/recut.ts';
import { dateOf } from '../lives/host-life.ts';
import { OPERATOR } from '../lives/operator.ts';
import type { TerminalUnit } from '../world/terminal-unit.ts';
import { anyShop, type Underworld } from './adversary.ts';
import { DAY_MS, HOUR_MS } from '../world/durations.ts';

/** Numbers of batches that no terminal reaches by itself, one for each who makes them up. */
const FALSE_NUMBERS = 7_000_000;
const STEP = 1000;

/** Names a record whoever tells of it. */
export function recordSubject(record: ClearingRecord): string {
  const { terminalId, terminalCounter, amount: paid, applicationSerialNumber } = record;
  const serial = formatSerialNumber(applicationSerialNumber);
  return `${serial} ${toHex(terminalId)} ${terminalCounter} ${paid}`;
}

/** Waits for a batch of a shop that the host has taken, with a purchase in it. */
async function* lootedBatch(
  world: Underworld,
): AsyncGenerator<number, { unit: TerminalUnit; batch: Uint8Array } | undefined, void> {
  const { city } = world;
  while (city.isBusy) {
    const { unit } = anyShop(world);
    const kept: Uint8Array[] = [];
    unit.link.onTaken = (batch) => void kept.push(batch.slice());
    yield DAY_MS;
    unit.link.onTaken = undefined;
    const batch = kept.find((one) => purchasesOf(one).length > 0);
    if (batch !== undefined) return { unit, batch };
  }
  return undefined;
}

function purchasesOf(batch: Uint8Array): readonly ClearingRecord[] {
  return openBatch(batch)
    .records.map((bytes) => RECORD.decode(bytes))
    .filter(({ kind, amount: paid }) => kind === RECORD_KIND.purchase && paid > 0);
}

/** Sends the same records once more in a batch of another number. */
export async function* replay(world: Underworld): Life {
  const { city, streets } = world;
  const loot = yield* lootedBatch(world);
  if (loot === undefined) return;
  yield streets.random.int(1, 20) * HOUR_MS;
  const { header, records } = openBatch(loot.batch);
  const batchNumber = FALSE_NUMBERS + STEP * streets.random.int(1, 1000);
  const again = signBatch({ ...header, batchNumber }, records, loot.unit.parts.seed);
  const purchases = purchasesOf(loot.batch);
  for (const record of purchases)
    city.parts.cases.commit('replay', recordSubject(record), city.now);
  const { box } = city.parts;
  const ack = openAck(await box.work((host) => host.uploadBatch(again)), box.host.publicKey);
  for (const record of purchases) {
    const { terminalSequence: sequence } = record;
    const range = ack.records.find(({ from, to }) => from <= sequence && sequence <= to);
    if (range?.verdict !== 'duplicate') continue;
    city.parts.cases.see(['replay'], recordSubject(record), city.now);
  }
}

/** Makes up a purchase of a card that did pay here once: the next counter, a TAC out of thin air. */
export async function* forgedTac(world: Underworld): Life {
  const { city, streets } = world;
  const loot = yield* lootedBatch(world);
  if (loot === undefined) return;
  yield streets.random.int(1, 20) * HOUR_MS;
  const { header } = openBatch(loot.batch);
  const model = streets.random.pick(purchasesOf(loot.batch));
  const paid = amount(Math.min(model.balanceAfter, 90_00));
  const forged = {
    ...model,
    counterBefore: model.counterBefore + 1,
    terminalCounter: model.terminalCounter + 1,
    amount: paid,
    balanceBefore: model.balanceAfter,
    balanceAfter: subtract(model.balanceAfter, paid),
    tac: tacLike(model, streets.random.bytes(8)),
  };
  city.parts.cases.commit('forgedTac', recordSubject(forged), city.now);
  const batchNumber = FALSE_NUMBERS + STEP * streets.random.int(1, 1000) + 1;
  const batch = signBatch({ ...header, batchNumber }, [encodeRecord(forged)], loot.unit.parts.seed);
  await city.parts.box.work((host) => host.uploadBatch(batch));
}

/** As many bytes as the suite's TAC has, and zeros behind them. */
function tacLike({ tac }: ClearingRecord, random: Uint8Array): Uint8Array {
  const isShort = tac.subarray(4).every((byte) => byte === 0);
  return isShort ? random.fill(0, 4) : random;
}

/** Raises the amount of one record of a batch on its way to the host. */
export async function* alteredAmount(world: Underworld): Life {
  const { city, streets } = world;
  while (city.isBusy) {
    const { unit } = anyShop(world);
    const { link } = unit;
    const theft: { subject: string | undefined; isTaken: boolean } = {
      subject: undefined,
      isTaken: false,
    };
    const letGo = (): void => {
      link.tamper = undefined;
      link.onTaken = undefined;
    };
    link.tamper = (batch) => {
      const altered = withRaise(batch, unit);
      theft.subject = altered?.subject;
      if (altered === undefined) return batch;
      city.parts.cases.attempt('alteredAmount', altered.subject, city.now);
      return altered.batch;
    };
    link.onTaken = () => {
      if (theft.subject === undefined) return;
      theft.isTaken = true;
      city.parts.cases.commit('alteredAmount', theft.subject, city.now);
      letGo();
    };
    yield DAY_MS + streets.random.int(0, 5) * HOUR_MS;
    letGo();
    if (theft.isTaken) return;
  }
}

/** The batch with one raised amount; undefined when it has no purchase that can be raised. */
function withRaise(
  batch: Uint8Array,
  unit: TerminalUnit,
): { readonly batch: Uint8Array; readonly subject: string } | undefined {
  const { header, records } = openBatch(batch);
  const at = records.findIndex((bytes) => isWorthIt(RECORD.decode(bytes)));
  const target = records[at];
  if (target === undefined) return undefined;
  const altered = raised(RECORD.decode(target));
  const changed = records.map((bytes, index) => (index === at ? encodeRecord(altered) : bytes));
  return {
    batch: signBatch(header, changed, unit.parts.seed),
    subject: recordSubject(altered),
  };
}

const RAISE = amount(10_00);
const isWorthIt = ({ kind, balanceAfter, amount: paid }: ClearingRecord): boolean =>
  kind === RECORD_KIND.purchase && paid > 0 && balanceAfter >= RAISE;

function raised(record: ClearingRecord): ClearingRecord {
  return {
    ...record,
    amount: add(record.amount, RAISE),
    balanceAfter: subtract(record.balanceAfter, RAISE),
  };
}

/** Claims a day's takings, and something on top. */
export async function* inflatedClaim(world: Underworld): Life {
  const { city, streets } = world;
  const { unit } = anyShop(world);
  const day = city.day;
  // Claims come when everything should be there.
  yield 2 * DAY_MS + streets.random.int(0, 8) * HOUR_MS;
  const gross = formatAmount(amount(streets.random.int(500, 900) * 100_00), city.parts.currency);
  const csv = `terminal,date,type,count,gross\r\n${unit.id},${dateOf(city, day)},pursePurchase,1,${gross}\r\n`;
  city.parts.cases.commit('inflatedClaim', unit.id, city.now);
  await city.parts.box.work((host) => {
    const bytes = new TextEncoder().encode(csv);
    importClaims(host.settlement, { bytes, window: null }, OPERATOR);
  });
}
