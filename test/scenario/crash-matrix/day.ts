// SPDX-License-Identifier: MIT
/**
 * A day of a host that may be begun again at any moment, as terminals and people do after a crash: who got
 * no answer asks again, and who can see that something is done goes on. Every kind of work that changes
 * money is in it: loads, dirty batches of several slices, a decision, two closes, payouts that go out, come
 * back or are refused.
 */
import { openAck } from '../../../src/clearing/ack.ts';
import type { BatchAck } from '../../../src/clearing/messages.ts';
import { ANY } from '../../../host/settlement/fee-terms.ts';
import { closeWindow } from '../../../host/settlement/close.ts';
import { setMerchant } from '../../../host/settlement/merchants.ts';
import {
  confirmPayout,
  rejectPayout,
  returnPayout,
  sendPayout,
} from '../../../host/settlement/payouts.ts';
import { setFees } from '../../../host/settlement/schedules.ts';
import type { ClearingHost, HostOptions } from '../../../host/host.ts';
import type { Payout } from '../../../host/settlement/model.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import {
  batch,
  enrol,
  hostOptions,
  loadRequest,
  record,
  testCard,
  testTerminal,
  type RecordFields,
} from '../../unit/host/host-world.ts';
import { ACCOUNT, ANN, TERMS } from '../../unit/host/settlement/settlement-fixtures.ts';

const shop = testTerminal(1, 'SHOP');
const metro = testTerminal(2, 'METRO');
const [one, two] = [testCard(1, 'aes'), testCard(2, 'tdes')] as const;
const stranger = testCard(9, 'aes');
const DATES = ['2026-02-02', '2026-02-03'] as const;

type Fields = Omit<RecordFields, 'sequence' | 'terminal'>;

/** Loads, plain and late purchases, a fork, a gap, a tap without outcome, a bad TAC, an unknown card. */
const FIRST: readonly Fields[] = [
  { card: one, kind: 'load', amount: 1000, before: 0, counter: 0 },
  { card: one, amount: 100, before: 1000, counter: 0 },
  { card: one, amount: 100, before: 800, counter: 2 },
  { card: two, amount: 40, before: 500, counter: 0 },
  { card: one, amount: 100, before: 900, counter: 1 },
  { card: one, amount: 200, before: 900, counter: 1, time: '120500' },
  { card: two, amount: 50, before: 400, counter: 2 },
  { card: two, amount: 30, before: 350, counter: 3, kind: 'uncertain' },
  { card: two, amount: 30, before: 350, counter: 3, forged: true },
  { card: stranger, amount: 70, before: 400, counter: 2 },
  { card: one, amount: 20, before: 700, counter: 3 },
];
const SECOND: readonly Fields[] = [
  { card: one, amount: 30, before: 680, counter: 4 },
  { card: two, amount: 60, before: 460, counter: 1 },
];

/** The batches of the day, in their order; a window is closed after each. */
const BATCHES: readonly (readonly Uint8Array[])[] = [
  [
    batch(shop, recordsOf(shop, FIRST)),
    batch(metro, recordsOf(metro, [{ card: two, amount: 10, before: 350, counter: 3 }])),
  ],
  [batch(shop, recordsOf(shop, SECOND, FIRST.length), { batchNumber: 2 })],
];

function recordsOf(
  terminal: typeof shop,
  fields: readonly Fields[],
  after = 0,
): readonly Uint8Array[] {
  return fields.map((values, index) =>
    record({ ...values, terminal, sequence: after + index + 1 }),
  );
}

/** Three records to a transaction, so that a batch has several. */
export const dayOptions = (directory: string, options: Partial<HostOptions> = {}): HostOptions =>
  hostOptions(directory, { sliceRecords: 3, ...options });

/** Does what is left of the day; `onAck` is called for every acknowledgement. */
export async function workDay(
  host: ClearingHost,
  onAck: (ack: BatchAck) => void = () => undefined,
): Promise<void> {
  await setUp(host);
  for (const [index, date] of DATES.entries()) {
    for (const bytes of BATCHES[index] ?? []) {
      onAck(openAck(await host.uploadBatch(bytes), host.publicKey));
    }
    if (index === 0) decideFork(host);
    const isClosed = host.store.windows().some(({ businessDate }) => businessDate === date);
    if (!isClosed) await closeWindow(host.settlement, { businessDate: date }, ANN);
    for (const payout of host.store.payouts()) follow(host, payout);
  }
}

async function setUp(host: ClearingHost): Promise<void> {
  enrol(host, shop, metro);
  for (const [card, amount] of [
    [one, 1000],
    [two, 500],
  ] as const) {
    if (host.store.card(serialNumberBytes(card.serial)) === undefined)
      await host.registerCard(card);
    await host.authoriseLoad(loadRequest({ card, terminal: shop, amount, before: 0, counter: 0 }));
  }
  if (host.store.feeSchedules().length === 0) {
    const effectiveOn = null;
    setFees(
      host.settlement,
      { merchant: ANY, type: ANY, terms: TERMS, effectiveOn, isUsual: false },
      ANN,
    );
  }
  const terms = { account: ACCOUNT, reserveBasisPoints: 1000, reserveDays: 1 };
  for (const merchant of ['SHOP', 'METRO']) setMerchant(host.settlement, merchant, terms, ANN);
}

/** The side of the fork that is held is paid all the same. */
function decideFork(host: ClearingHost): void {
  const serial = serialNumberBytes(one.serial);
  if (host.store.decisions(serial).length > 0) return;
  const held = host.store.findings(serial).find(({ key }) => key.includes(':purchase:1:'));
  if (held === undefined) throw new Error('a side of the fork is held');
  const target = `held:${held.key.slice(held.rule.length + 1)}`;
  host.decide({ serial: one.serial, target, action: 'payMerchant', request: 'R1' });
}

/** A payout of SHOP is paid and comes back; one of METRO is refused by the bank. */
function follow(
  { settlement }: Pick<ClearingHost, 'settlement'>,
  { id, merchant, state }: Payout,
): void {
  const refusal = { bankReference: null, reason: 'account closed' };
  const next = {
    instructed: () => sendPayout(settlement, id, ANN),
    sent: () =>
      merchant === 'SHOP'
        ? confirmPayout(settlement, id, 'B1', ANN)
        : rejectPayout(settlement, id, refusal, ANN),
    confirmed: () => returnPayout(settlement, id, refusal, ANN),
    rejected: undefined,
    returned: undefined,
  }[state];
  const payout = next?.();
  if (payout !== undefined) follow({ settlement }, payout);
}
