// SPDX-License-Identifier: MIT
/** The image file: identity, and a named refusal of everything that is not one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/crypto/sha256.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { fromHex } from '../../../src/bytes/hex.ts';
import {
  ACCESS_ADDRESS,
  CONSTANTS_ADDRESS,
  STATE_ADDRESS,
} from '../../../card-applet-sim/card/card-map.ts';
import { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import { decodeImage, encodeImage, imageKind } from '../../../card-applet-sim/image/card-image.ts';
import { personaliseCard } from '../../../card-applet-sim/personalise/personalise-card.ts';
import { VirtualPsam } from '../../../card-applet-sim/psam/virtual-psam.ts';
import {
  cardOptions,
  countingRandom,
  expectOk,
  issueCard,
  prepareDebit,
  selectPurse,
  send,
  SUITE_NAMES,
} from './card-fixtures.ts';
import { issuePsam, psamInitialize } from './psam-fixtures.ts';

const card = issueCard('aes', { initial: { purseBalance: 500 } });
const psam = issuePsam('aes');
/** Header 14 bytes, 7 files of 9 bytes. */
const MEMORY_START = 14 + 7 * 9;

function faultOf(act: () => unknown): Fault {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('expected a fault');
}

/** An image with other bytes whose digest is right all the same. */
function forged(image: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const body = image.slice(0, -32);
  body.set(bytes, at);
  return Uint8Array.from([...body, ...sha256(body)]);
}

describe('card image', () => {
  it('decodes to a card that goes on where the first one was', () => {
    for (const suite of SUITE_NAMES) {
      const first = issueCard(suite, { initial: { purseBalance: 500 } });
      const flow = { p1: '01', type: '06', account: '02', amount: 20 } as const;
      expectOk(send(first, prepareDebit(first, suite, flow).command));
      const second = VirtualCard.fromImage(first.encodeImage(), countingRandom());
      second.powerUp();
      expectOk(send(second, selectPurse(suite)));
      expect(send(second, '805C000204')).toBe('000001E09000');
      expect(second.encodeImage()).toEqual(first.encodeImage());
    }
  });

  it('carries a torn commit over: the copy recovers', () => {
    const torn = issueCard('aes', { initial: { purseBalance: 500 } });
    const flow = { p1: '01', type: '06', account: '02', amount: 20 } as const;
    const { command } = prepareDebit(torn, 'aes', flow);
    torn.memory.placeTear({ phase: 'inside', write: 3 });
    expect(() => send(torn, command)).toThrow('physical write');
    const copy = VirtualCard.fromImage(torn.encodeImage(), countingRandom());
    copy.powerUp();
    expectOk(send(copy, selectPurse('aes')));
    expect(send(copy, '805C000204')).toBe('000001E09000');
  });

  it('grows its revision with each physical write, and changes only then', () => {
    const device = issueCard('aes', { initial: { purseBalance: 500 } });
    const { revision } = device;
    const image = device.encodeImage();
    const flow = { p1: '01', type: '06', account: '02', amount: 20 } as const;
    const { command } = prepareDebit(device, 'aes', flow);
    expect(device.revision).toBe(revision);
    expect(device.encodeImage()).toEqual(image);
    expectOk(send(device, command));
    expect(device.revision).toBeGreaterThan(revision);
    expect(device.encodeImage()).not.toEqual(image);
  });

  it('holds a SAM in the same form, told apart by its kind', () => {
    expect(imageKind(card.encodeImage())).toBe('card');
    expect(imageKind(psam.encodeImage())).toBe('psam');
    const copy = VirtualPsam.fromImage(psam.encodeImage());
    copy.powerUp();
    expect(send(copy, psamInitialize('aes'))).toBe(send(psam, psamInitialize('aes')));
    const fault = faultOf(() => decodeImage(psam.encodeImage(), 'card'));
    expect([fault.code, fault.message]).toEqual([
      'CARD_IMAGE_INVALID',
      '"cardImage.kind" expected a card, got kind 2',
    ]);
  });

  it.each([
    ['nothing', (): Uint8Array => new Uint8Array(0), 'cardImage'],
    ['a text', (): Uint8Array => Uint8Array.from({ length: 4000 }, () => 0x41), 'cardImage._magic'],
    ['another version', (image: Uint8Array) => forged(image, 4, [0, 2]), 'cardImage.formatVersion'],
    ['another kind', (image: Uint8Array) => forged(image, 6, [9]), 'cardImage.kind'],
    ['another count of files', (image: Uint8Array) => forged(image, 7, [8]), 'cardImage.fileCount'],
    ['another journal', (image: Uint8Array) => forged(image, 8, [9, 9]), 'cardImage.dataStart'],
    ['another size', (image: Uint8Array) => forged(image, 10, [9]), 'cardImage.memorySize'],
    ['another file', (image: Uint8Array) => forged(image, 15, [0x77]), 'cardImage.fileTable'],
    ['a byte less', (image: Uint8Array) => image.slice(0, -1), 'cardImage'],
    ['a byte more', (image: Uint8Array) => Uint8Array.from([...image, 0]), 'cardImage'],
    [
      'a suite that is not built',
      (image: Uint8Array) => forged(image, MEMORY_START + CONSTANTS_ADDRESS, [4]),
      'cardImage.algorithmId',
    ],
    [
      'a life cycle that is none',
      (image: Uint8Array) => forged(image, MEMORY_START + ACCESS_ADDRESS, [4]),
      'cardImage.lifeCycle',
    ],
    [
      'a log slot that is none',
      (image: Uint8Array) => forged(image, MEMORY_START + STATE_ADDRESS + 34, [10]),
      'cardImage.logNext',
    ],
  ])('refuses %s', (_name, spoil, field) => {
    const fault = faultOf(() => decodeImage(spoil(card.encodeImage()), 'card'));
    expect(fault.code).toBe('CARD_IMAGE_INVALID');
    expect(fault.message.startsWith(`"${field}"`), fault.message).toBe(true);
  });

  it('refuses every single flipped bit and every truncation, and names a field', () => {
    const images = { card: card.encodeImage(), psam: psam.encodeImage() } as const;
    fc.assert(
      fc.property(
        fc.constantFrom('card' as const, 'psam' as const),
        fc.nat(),
        fc.nat(7),
        (kind, at, bit) => {
          const flipped = images[kind].slice();
          const index = at % flipped.length;
          flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
          const cut = images[kind].slice(0, index);
          for (const spoilt of [flipped, cut]) {
            const fault = faultOf(() => decodeImage(spoilt, kind));
            expect(fault.code).toBe('CARD_IMAGE_INVALID');
            expect(fault.message).toMatch(/^"cardImage(\.\w+)?" .*expected/);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('gives the same bytes for the same options, and back', () => {
    const memory = personaliseCard(cardOptions('tdes'));
    expect(encodeImage(memory)).toEqual(encodeImage(personaliseCard(cardOptions('tdes'))));
    expect(encodeImage(decodeImage(encodeImage(memory), 'card'))).toEqual(encodeImage(memory));
  });

  it.each([
    ['pin', { pin: '123' }],
    ['pin', { pin: '1234567890123' }],
    ['pin', { pin: '12a4' }],
    ['serial', { serial: 'x' }],
    ['issuerId', { issuerId: fromHex('00') }],
    ['keyVersion', { keyVersion: 256 }],
    ['keyIndex', { keyIndex: -1 }],
    ['pinTriesMax', { pinTriesMax: 16 }],
    ['maximumBalance', { maximumBalance: 2 ** 32 }],
    ['initial.purseBalance', { maximumBalance: 5, initial: { purseBalance: 6 } }],
    ['initial.offlineCounter', { initial: { offlineCounter: 0x10000 } }],
    ['cardholderData', { cardholderData: fromHex('00') }],
    ['ef19.0', { compositeRecords: [fromHex('0105AA')] }],
    ['ef1a', { busRecords: Array.from({ length: 3 }, () => fromHex('010100')) }],
  ])('is not personalised with a wrong %s: %j', (name, options) => {
    const fault = faultOf(() => personaliseCard(cardOptions('aes', options)));
    expect([fault.code, fault.message.startsWith(`"${name}" expected`)]).toEqual(['USAGE', true]);
  });

  it('says nothing of the PIN it refuses', () => {
    const fault = faultOf(() => personaliseCard(cardOptions('aes', { pin: '98A76' })));
    expect(fault.message).not.toContain('98A76');
  });
});
