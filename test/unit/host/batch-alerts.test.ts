// SPDX-License-Identifier: MIT
/** Batches that are odd as a whole: totals that lie, numbers that come again, clocks that are ahead. */
import { afterEach, describe, expect, it } from 'vitest';
import { concat } from '../../../src/bytes/concat.ts';
import {
  BATCH_HEADER,
  BATCH_TRAILER,
  SIGNATURE_DOMAIN,
  SIGNATURE_SIZE,
} from '../../../src/clearing/batch-layout.ts';
import { ed25519Sign } from '../../../src/crypto/ed25519.ts';
import { instantOf } from '../../../src/time/civil.ts';
import { ExceptionDesk } from '../../../host/exceptions/desk.ts';
import { closeWindow } from '../../../host/settlement/close.ts';
import { setMerchant } from '../../../host/settlement/merchants.ts';
import type { TerminalAlert } from '../../../host/store/message-store.ts';
import { expectBooksRight } from './books-check.ts';
import { batch, type TestHost, type TestTerminal } from './host-world.ts';
import {
  buy,
  disposeAll,
  loaded,
  prepared,
  purchases,
  rules,
  terminal,
} from './intake-fixtures.ts';
import { ACCOUNT, ANN } from './settlement/settlement-fixtures.ts';

afterEach(disposeAll);

const TAIL = BATCH_TRAILER.size + SIGNATURE_SIZE;

/** The batch with another trailer, signed again by its terminal. */
function withTrailer(
  signer: TestTerminal,
  bytes: Uint8Array,
  change: Partial<Record<'loadCount' | 'purchaseCount' | 'purchaseSum', number>>,
): Uint8Array {
  const trailer = BATCH_TRAILER.decode(bytes.slice(-TAIL, -SIGNATURE_SIZE));
  const wrong = BATCH_TRAILER.encode({ ...trailer, ...change });
  const header = bytes.slice(0, BATCH_HEADER.size);
  const signature = ed25519Sign(signer.seed, concat(SIGNATURE_DOMAIN, header, wrong));
  return concat(bytes.slice(0, -TAIL), wrong, signature);
}

const alerts = ({ host }: TestHost): readonly TerminalAlert[] =>
  host.store.alerts().filter(({ rule }) => rule !== 'clockSkew');

describe('a batch whose signed totals are not those of its records', () => {
  const honest = batch(terminal, [loaded, purchases[0]!, purchases[1]!], { batchNumber: 7 });
  const lying = withTrailer(terminal, honest, { purchaseSum: 25, purchaseCount: 3 });

  it('is taken, its records go on, and it is marked with both values', async () => {
    const test = await prepared();
    const ack = await test.upload(lying);
    expect(ack).toMatchObject({ result: 'accepted', isOutOfBalance: true });
    expect(rules(ack.records)).toEqual(['1-3 accepted']);
    expect(alerts(test)).toMatchObject([
      {
        rule: 'batchOutOfBalance',
        terminal: terminal.id,
        expected: 'batch 7: purchaseCount 2, purchaseSum 20, as its records say',
        found: 'purchaseCount 3, purchaseSum 25',
        amount: 20,
        range: { from: 1, to: 3 },
        settledAt: null,
      },
    ]);
    expectBooksRight(test.host.store);
  });

  it('says so again when it is sent again, and is one alert', async () => {
    const test = await prepared();
    await test.upload(lying);
    expect(await test.upload(lying)).toMatchObject({ result: 'duplicate', isOutOfBalance: true });
    expect(alerts(test)).toHaveLength(1);
  });

  it('is made good by a batch in balance that has all of its records', async () => {
    const test = await prepared();
    await test.upload(lying);
    await test.upload(batch(terminal, [loaded, purchases[0]!], { batchNumber: 8 }));
    expect(alerts(test)[0]).toMatchObject({ settledAt: null });
    const again = [loaded, purchases[0]!, purchases[1]!, purchases[2]!];
    const ack = await test.upload(batch(terminal, again, { batchNumber: 9 }));
    expect(rules(ack.records)).toEqual(['1-3 duplicateRecord', '4-4 accepted']);
    expect(ack.isOutOfBalance).toBeUndefined();
    expect(alerts(test)).toMatchObject([{ rule: 'batchOutOfBalance', amount: 20 }]);
    expect(alerts(test)[0]?.settledAt).not.toBeNull();
    expectBooksRight(test.host.store);
  });

  it('keeps its merchant from being paid until it is made good, or acknowledged', async () => {
    const lasting = async (mend: (test: TestHost) => unknown): Promise<readonly unknown[]> => {
      const test = await prepared();
      await test.upload(batch(terminal, [loaded], { batchNumber: 6 }));
      await test.upload(lying);
      const { host } = test;
      setMerchant(host.settlement, terminal.merchant, { account: ACCOUNT }, ANN);
      const first = (await closeWindow(host.settlement, {}, ANN)).window.id;
      await mend(test);
      const second = (await closeWindow(host.settlement, {}, ANN)).window.id;
      return [first, second].map((window) => {
        const row = host.store.settlement(window, terminal.merchant);
        return row?.holdReason ?? row?.payout;
      });
    };
    const held = `a batch is out of balance at terminal ${terminal.id}`;
    const good = batch(terminal, [loaded, purchases[0]!, purchases[1]!], { batchNumber: 9 });
    expect(await lasting((test) => test.upload(good))).toEqual([held, 20]);
    const acknowledged = await lasting(({ host }) => {
      const desk = new ExceptionDesk(host);
      const ids = desk.list(ANN).filter(({ rule }) => rule === 'batchOutOfBalance');
      desk.acknowledge(
        ids.map(({ id }) => id),
        'the terminal counts wrong',
        ANN,
      );
    });
    expect(acknowledged).toEqual([held, 20]);
  });

  it('is refused with the place named when the totals were damaged on the way', async () => {
    const test = await prepared();
    const damaged = honest.slice();
    const at = damaged.length - TAIL + BATCH_TRAILER.offsetOf('purchaseSum') + 5;
    damaged[at]! ^= 1;
    await expect(test.upload(damaged)).rejects.toMatchObject({
      code: 'DECODE_FAILED',
      path: 'batch.trailer.purchaseSum',
    });
    expect([alerts(test), test.rawFiles()]).toEqual([[], []]);
  });
});

describe('a batch that was there before in another shape', () => {
  const shade = async (
    first: readonly Uint8Array[],
    second: readonly Uint8Array[],
    secondNumber: number,
  ): Promise<readonly string[]> => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded], { batchNumber: 1 }));
    await test.upload(batch(terminal, first, { batchNumber: 2 }));
    await test.upload(batch(terminal, second, { batchNumber: secondNumber }));
    expectBooksRight(test.host.store);
    return alerts(test).map(({ rule, shade: name }) => `${rule} ${name}`);
  };
  const [first, second, third] = purchases as [Uint8Array, Uint8Array, Uint8Array];

  it.each([
    ['sameNumberCountAmount', [first], [second], 2],
    ['sameNumberCount', [first], [buy(1, 90, { amount: 30 })], 2],
    ['sameNumberAmount', [first, second], [buy(2, 80, { amount: 20 })], 2],
    ['sameNumber', [first], [second, third], 2],
    // Sent again under another number: every record of it was there.
    ['sameCountAmount', [first, second], [first, second], 3],
  ] as const)('is alert %s', async (name, before, after, number) => {
    expect(await shade(before, after, number)).toEqual([`batchNumberReused ${name}`]);
  });

  it('is nothing when other sales come to the same count and amount', async () => {
    expect(await shade([first], [second], 3)).toEqual([]);
  });

  it('is the same alert whichever of the two came first', async () => {
    const ids = [];
    for (const order of [
      [first, second],
      [second, first],
    ] as const) {
      const test = await prepared();
      for (const each of order) await test.upload(batch(terminal, [each], { batchNumber: 2 }));
      ids.push(alerts(test).map(({ id, expected, found }) => [id, expected, found]));
    }
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]).toHaveLength(1);
  });
});

describe('a record that is dated after its receipt', () => {
  // The records of the fixtures are dated 3 February, 12:00.
  const received = (time: string): ReturnType<typeof instantOf> =>
    instantOf({ date: '20260203', time }, 330);

  it.each([
    ['115000', 0],
    ['114959', 3],
  ])('and ten minutes, received at %s, is counted: %i', async (time, count) => {
    const test = await prepared({ clock: { now: () => received(time) } });
    await test.upload(batch(terminal, [loaded, purchases[0]!, purchases[1]!]));
    const skew = test.host.store.alerts().filter(({ rule }) => rule === 'clockSkew');
    expect(skew.map(({ found }) => found)).toEqual(
      count === 0 ? [] : [`${count} dated later, the latest 20260203 120000`],
    );
  });
});
