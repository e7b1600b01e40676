// SPDX-License-Identifier: MIT
/**
 * Power lost at every place of every command that writes, and again during the recovery: afterwards the
 * card holds exactly its old or its new memory. The card is compared cell by cell, journal left out, so
 * balances, counters, log, files, proof and tries are all in it.
 */
import { describe, expect, it } from 'vitest';
import { CONSTANTS_ADDRESS } from '../../../card-applet-sim/card/card-map.ts';
import { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import type { VirtualDevice } from '../../../card-applet-sim/card/virtual-device.ts';
import { CardTorn } from '../../../card-applet-sim/memory/card-torn.ts';
import type { Tear } from '../../../card-applet-sim/memory/non-volatile-memory.ts';
import { VirtualPsam } from '../../../card-applet-sim/psam/virtual-psam.ts';
import { PSAM_CONSTANTS_ADDRESS } from '../../../card-applet-sim/psam/psam-map.ts';
import {
  apdu,
  countingRandom,
  expectOk,
  issueCard,
  KEY,
  MAC_SIZE,
  prepareDebit,
  prepareOnline,
  secured,
  send,
  spoilt,
  SUITE_NAMES,
  sw,
  verifyPin,
  visibleData,
} from './card-fixtures.ts';
import { encipher, pinReloadMac, type Suite } from './oracle.ts';
import { issuePsam, psamInitialize } from './psam-fixtures.ts';

/** A device and the last command of a story: what comes before it has been done. */
interface Scene {
  readonly device: VirtualDevice;
  readonly act: () => string;
}

const TRIP = apdu('80DC00F0', '04'.repeat(48));
const RECORD = `011E00${'AB'.repeat(29)}`;

function debitScene(suite: Suite, p1: '01' | '02' | '03', between: readonly string[] = []): Scene {
  const card = richCard(suite);
  const type = ({ '01': '06', '02': '04', '03': '09' } as const)[p1];
  const account = p1 === '02' ? '01' : '02';
  const { command } = prepareDebit(card, suite, { p1, type, account, amount: 7, between });
  return { device: card, act: () => send(card, command) };
}

function onlineScene(suite: Suite, session: 'limit' | 'load' | 'unload'): Scene {
  const card = richCard(suite);
  const type = ({ load: '01', unload: '03', limit: '07' } as const)[session];
  const { command } = prepareOnline(card, suite, { session, type, account: '01', amount: 70 });
  return { device: card, act: () => send(card, command) };
}

function richCard(suite: Suite): VirtualCard {
  const initial = { purseBalance: 0x01020304, depositBalance: 0x0a0b0c0d, offlineCounter: 0x00ff };
  const card = issueCard(suite, { initial });
  // A first transaction, so that log, proof and slots are not at their beginning.
  const flow = { p1: '01', type: '06', account: '02', amount: 1 } as const;
  expectOk(send(card, prepareDebit(card, suite, flow).command));
  expectOk(verifyPin(card));
  return card;
}

function cardScene(suite: Suite, act: (card: VirtualCard) => string): Scene {
  const card = richCard(suite);
  return { device: card, act: () => act(card) };
}

function reloadPin(suite: Suite): string {
  return apdu('805E0000', `4321${pinReloadMac(suite, KEY.pinReload, '4321')}`);
}

function pinUnblock(card: VirtualCard, suite: Suite): string {
  const block = '02432180'.padEnd(suite === 'aes' ? 32 : 16, '0');
  const data = encipher(suite, KEY.pinUnblock, block);
  return secured(card, suite, { header: '84240001', data, key: 'pinUnblock' });
}

/** Blocked, and one bad MAC from being locked for ever. */
function blockedCard(suite: Suite, badMacs: number): VirtualCard {
  const card = richCard(suite);
  expectOk(secured(card, suite, { header: '841E0000', key: 'applicationBlock' }));
  for (let bad = 0; bad < badMacs; bad++) unblock(card, suite, true);
  return card;
}

const unblock = (card: VirtualCard, suite: Suite, spoilMac = false): string =>
  secured(card, suite, { header: '84180000', key: 'applicationUnblock', spoilMac });

/** Every command that writes, and the status word it ends with when power holds. */
const SCENES: Readonly<Record<string, (suite: Suite) => Scene & { readonly status?: string }>> = {
  purchase: (suite) => debitScene(suite, '01'),
  'cash withdrawal': (suite) => debitScene(suite, '02'),
  'composite purchase with three records': (suite) =>
    debitScene(suite, '03', [TRIP, apdu('80DC01C8', RECORD), TRIP]),
  load: (suite) => onlineScene(suite, 'load'),
  unload: (suite) => onlineScene(suite, 'unload'),
  'limit update': (suite) => onlineScene(suite, 'limit'),
  'UPDATE BINARY': (suite) =>
    cardScene(suite, (card) =>
      secured(card, suite, { header: '04D69700', data: 'A5'.repeat(60), key: 'maintenance' }),
    ),
  'UPDATE RECORD': (suite) =>
    cardScene(suite, (card) =>
      secured(card, suite, { header: '04DC01C8', data: RECORD, key: 'maintenance' }),
    ),
  'APPEND RECORD': (suite) =>
    cardScene(suite, (card) =>
      secured(card, suite, {
        ...{ header: '04E200C8', key: 'maintenance' },
        data: RECORD.replace(/^01/, '09'),
      }),
    ),
  'RELOAD PIN': (suite) => cardScene(suite, (card) => send(card, reloadPin(suite))),
  'PIN UNBLOCK': (suite) => cardScene(suite, (card) => pinUnblock(card, suite)),
  'VERIFY with a wrong PIN': (suite) => ({
    ...cardScene(suite, (card) => verifyPin(card, '999999')),
    status: '63C2',
  }),
  'APPLICATION BLOCK': (suite) =>
    cardScene(suite, (card) =>
      secured(card, suite, { header: '841E0000', key: 'applicationBlock' }),
    ),
  'CARD BLOCK': (suite) =>
    cardScene(suite, (card) =>
      secured(card, suite, { header: '84160000', key: 'applicationBlock' }),
    ),
  'APPLICATION UNBLOCK': (suite) => {
    const card = blockedCard(suite, 1);
    return { device: card, act: () => unblock(card, suite) };
  },
  'APPLICATION UNBLOCK with its last bad MAC': (suite) => {
    const card = blockedCard(suite, 2);
    return { device: card, act: () => unblock(card, suite, true), status: '9303' };
  },
  INIT_SAM_FOR_PURCHASE: (suite) => {
    const psam = issuePsam(suite, { terminalCounter: 0x00ffff });
    return { device: psam, act: () => send(psam, psamInitialize(suite)) };
  },
  'CREDIT_SAM_FOR_PURCHASE with a wrong MAC2': (suite) => {
    const psam = issuePsam(suite);
    expectOk(send(psam, psamInitialize(suite)));
    const mac2 = spoilt('00'.repeat(MAC_SIZE[suite]));
    return { device: psam, act: () => send(psam, apdu('80720000', mac2)), status: '9302' };
  },
};

const dataStart = (device: VirtualDevice): number =>
  device.memory.kind === 'card' ? CONSTANTS_ADDRESS : PSAM_CONSTANTS_ADDRESS;
const dataOf = (device: VirtualDevice): string => visibleData(device, dataStart(device));

/** Runs until power is lost; whether it was. */
function isTorn(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch (error) {
    if (error instanceof CardTorn) return true;
    throw error;
  }
}

/** No commit of these scenes has a write of more bytes than this. */
const WRITE_MAX = 640;

/** The tears of one physical write; `inside` at its first byte, its middle and its last but one. */
function tearsOf(write: number, size: number): readonly Tear[] {
  const insides = [...new Set([1, 2, size >> 1, size - 1])].filter(
    (bytes) => bytes > 0 && bytes < size,
  );
  return [
    { phase: 'before', write },
    ...insides.map((bytes) => ({ phase: 'inside', write, bytes }) as const),
    { phase: 'after', write },
  ];
}

/** How many bytes the writes of a scene have: found by tearing inside with more and more bytes. */
function writeSizes(make: () => Scene): readonly number[] {
  const { device, act } = make();
  const before = device.memory.writeCount;
  act();
  const count = device.memory.writeCount - before;
  return Array.from({ length: count }, (_, index) => {
    const scene = make();
    scene.device.memory.placeTear({ phase: 'inside', write: index + 1, bytes: WRITE_MAX });
    try {
      scene.act();
    } catch (error) {
      return Number(/of (\d+) bytes/.exec(String(error))?.[1]);
    }
    throw new Error('the tear did not fire');
  });
}

describe.each(SUITE_NAMES)('tears of the %s suite', (suite) => {
  it.each(Object.keys(SCENES))('%s is done wholly or not at all', (name) => {
    const make = (): Scene & { status?: string } => (SCENES[name] ?? raise(name))(suite);
    const whole = make();
    const oldData = dataOf(whole.device);
    expect(sw(whole.act())).toBe(make().status ?? '9000');
    const newData = dataOf(whole.device);
    expect(newData).not.toBe(oldData);

    const sizes = writeSizes(make);
    expect(sizes.length).toBeGreaterThanOrEqual(4);
    const seen = new Set<string>();
    for (const [index, size] of sizes.entries()) {
      for (const tear of tearsOf(index + 1, size)) {
        const { device, act } = make();
        device.memory.placeTear(tear);
        expect(isTorn(act), JSON.stringify(tear)).toBe(true);
        expect(isTorn(() => send(device, '0084000008'))).toBe(true);
        recoverTorn(device);
        const found = dataOf(device);
        expect([oldData, newData], JSON.stringify(tear)).toContain(found);
        seen.add(found);
        // The marker (write 2) decides: old before it is whole, new from then on.
        const isDecided = index > 1 || (index === 1 && tear.phase === 'after');
        expect(found === newData, JSON.stringify(tear)).toBe(isDecided);
      }
    }
    expect(seen.size).toBe(2);
  });

  it('CHANGE PIN and VERIFY take a try off first, and give it back with the new state', () => {
    const commands = {
      change: apdu('805E0100', '123456FF4321'),
      verify: apdu('00200000', '123456'),
    };
    for (const command of Object.values(commands)) {
      const make = (): Scene => cardScene(suite, (card) => send(card, command));
      const whole = make();
      const oldData = dataOf(whole.device);
      expectOk(whole.act());
      const allowed = [oldData, dataOf(whole.device)];
      // In between one try is missing: a torn comparison is never free.
      const counted = make();
      counted.device.memory.placeTear({ phase: 'after', write: 4 });
      expect(isTorn(counted.act)).toBe(true);
      counted.device.powerUp();
      expect(allowed).not.toContain(dataOf(counted.device));
      allowed.push(dataOf(counted.device));
      for (const [index, size] of writeSizes(make).entries()) {
        for (const tear of tearsOf(index + 1, size)) {
          const { device, act } = make();
          device.memory.placeTear(tear);
          expect(isTorn(act)).toBe(true);
          recoverTorn(device);
          expect(allowed, JSON.stringify(tear)).toContain(dataOf(device));
        }
      }
    }
  });

  it('a lost response has the work done, and the proof says so', () => {
    const card = richCard(suite);
    const flow = { p1: '01', type: '06', account: '02', amount: 5 } as const;
    const debit = prepareDebit(card, suite, flow);
    card.memory.placeTear({ phase: 'response' });
    expect(isTorn(() => send(card, debit.command))).toBe(true);
    card.powerUp();
    expectOk(send(card, '00A40000023F01'));
    expect(send(card, apdu('805A0006', debit.counterAfter))).toBe(`${debit.mac2}${debit.tac}9000`);
  });

  it('an INITIALIZE writes nothing', () => {
    const card = richCard(suite);
    const before = card.memory.writeCount;
    for (const p1 of ['01', '03'] as const) {
      prepareDebit(card, suite, { p1, type: '06', account: '02', amount: 1 });
    }
    for (const session of ['load', 'unload', 'limit'] as const) {
      const type = ({ load: '01', unload: '03', limit: '07' } as const)[session];
      prepareOnline(card, suite, { session, type, account: '01', amount: 1 });
    }
    expect(card.memory.writeCount).toBe(before);
  });
});

function raise(name: string): never {
  throw new Error(`no scene ${name}`);
}

/**
 * Powers a torn device up with the recovery torn at each of its writes first, each time on a copy that
 * must come to the same end, and then the device itself.
 */
function recoverTorn(device: VirtualDevice): void {
  const image = device.encodeImage();
  device.powerUp();
  const end = dataOf(device);
  for (let write = 1; write <= 8; write++) {
    for (const tear of [
      { phase: 'before', write },
      { phase: 'inside', write },
      { phase: 'after', write },
    ] as const) {
      const copy = copyOf(device, image);
      copy.memory.placeTear(tear);
      if (
        !isTorn(() => {
          copy.powerUp();
        })
      )
        copy.memory.removeTear();
      copy.powerUp();
      if (dataOf(copy) !== end)
        throw new Error(`recovery torn ${JSON.stringify(tear)} ends elsewhere`);
    }
  }
}

function copyOf(device: VirtualDevice, image: Uint8Array): VirtualDevice {
  return device.memory.kind === 'card'
    ? VirtualCard.fromImage(image, countingRandom())
    : VirtualPsam.fromImage(image);
}
