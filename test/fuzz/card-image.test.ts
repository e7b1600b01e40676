// SPDX-License-Identifier: MIT
/**
 * Card and SAM images, mutated: refused with CARD_IMAGE_INVALID, or a device that answers. With the digest
 * mended, mutations get to the checks of the memory, and what passes them must not break a command.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCESS_ADDRESS, CARD_STATE, STATE_ADDRESS } from '../../card-applet-sim/card/card-map.ts';
import { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import type { VirtualDevice } from '../../card-applet-sim/card/virtual-device.ts';
import { imageKind } from '../../card-applet-sim/image/card-image.ts';
import { VirtualPsam } from '../../card-applet-sim/psam/virtual-psam.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { Fault } from '../../src/errors/fault.ts';
import { countingRandom, issueCard, SUITE_NAMES } from '../unit/card/card-fixtures.ts';
import { issuePsam } from '../unit/card/psam-fixtures.ts';
import { parseSession, type ApduSession } from './apdu-session.ts';
import { CardOwner } from './card-owner.ts';
import { corpusBytes, corpusTexts, hexText } from './corpus.ts';
import { hunt, HUNT_TIMEOUT_MS } from './hunt.ts';
import { mutatedBytes } from './mutate.ts';

const DIGEST_SIZE = 32;

function sessions(target: string, ...names: readonly string[]): readonly ApduSession[] {
  const entries = corpusTexts(target).filter(({ name }) => names.includes(name));
  return entries.map(({ text }) => parseSession(text));
}

/** What devices are asked after they have been opened; sessions that block a card would end it. */
const CARD_NAMES = ['composite.txt', 'files.txt', 'money.txt', 'pin.txt'];
const CARD_SESSIONS = SUITE_NAMES.map((suite) => ({
  suite,
  sessions: sessions(`card-${suite}`, ...CARD_NAMES),
}));
const SAM_SESSIONS = sessions('sam', 'ciphers.txt', 'purchases.txt', 'wrong-mac2.txt');

function image(device: VirtualDevice & { encodeImage(): Uint8Array }): Uint8Array {
  return device.encodeImage();
}

const IMAGES = [
  ...SUITE_NAMES.map((suite) => image(issueCard(suite, { initial: { purseBalance: 500 } }))),
  image(issuePsam('aes')),
];
const ENTRIES = corpusBytes('card-image');

/** Opens an image and asks it everything; what came of it in a word. @throws what is no CARD_IMAGE_INVALID. */
function outcomeOf(bytes: Uint8Array): string {
  let device: VirtualDevice;
  try {
    const isCard = imageKind(bytes) === 'card';
    device = isCard ? VirtualCard.fromImage(bytes, countingRandom()) : VirtualPsam.fromImage(bytes);
  } catch (error) {
    if (error instanceof Fault && error.code === 'CARD_IMAGE_INVALID') return error.code;
    throw error;
  }
  if (device instanceof VirtualCard) askCard(device);
  else ask(device, SAM_SESSIONS);
  return 'answers';
}

/** Money is moved, too, under right MACs, as long as the keys are what they were. */
function askCard(card: VirtualCard): void {
  for (const { suite, sessions: ofSuite } of CARD_SESSIONS) {
    const owner = new CardOwner(suite);
    ask(card, ofSuite, owner);
  }
}

function ask(device: VirtualDevice, asked: readonly ApduSession[], owner?: CardOwner): void {
  for (const session of asked) {
    device.powerUp();
    owner?.forget();
    for (const step of session) {
      if (step.kind !== 'send') continue;
      const command = step.hasMac ? (owner?.signed(step.bytes) ?? step.bytes) : step.bytes;
      const response = toHex(device.process(command));
      expect(response.length).toBeGreaterThanOrEqual(4);
      if (response.endsWith('9000')) owner?.watch(command, response);
    }
  }
}

function mended(bytes: Uint8Array): Uint8Array {
  const body = bytes.slice(0, -DIGEST_SIZE);
  return Uint8Array.from([...body, ...sha256(body)]);
}

/** Head and file table of a card, before its memory. */
const CARD_HEAD_SIZE = 77;
/** Access and purse state: what commands go by, a small part of a memory that is files for the most. */
const STATE = CARD_HEAD_SIZE + ACCESS_ADDRESS;
const STATE_END = CARD_HEAD_SIZE + STATE_ADDRESS + CARD_STATE.size;

/** Bytes of the memory and its head set to others: edits that move bytes end at the length alone. */
const withBytes = fc
  .tuple(
    fc.constantFrom(...IMAGES),
    fc.array(
      fc.tuple(
        fc.oneof(fc.nat(0xffff), fc.integer({ min: -STATE_END, max: -STATE })),
        fc.oneof(fc.constantFrom(0, 1, 0x7f, 0xff), fc.nat(255)),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  )
  .map(([whole, edits]) => {
    const edited = whole.slice();
    for (const [part, value] of edits) {
      const at = part < 0 ? -part : Math.floor((part * edited.length) / 0x10000);
      if (at < edited.length) edited[at] = value;
    }
    return edited;
  });

describe('an image', () => {
  it.each(ENTRIES)('$name is refused, or is a device that answers', ({ bytes }) => {
    outcomeOf(bytes);
  });

  it(
    'that is damaged is refused',
    async () => {
      const outcomes = new Set<string>();
      await hunt({
        input: mutatedBytes([...IMAGES, ...ENTRIES.map(({ bytes }) => bytes)]),
        usual: 300,
        show: hexText,
        check: (bytes) => {
          const outcome = outcomeOf(bytes);
          outcomes.add(outcome);
          const isWhole = IMAGES.some((whole) => Buffer.compare(whole, bytes) === 0);
          if (!isWhole) expect(outcome).toBe('CARD_IMAGE_INVALID');
        },
      });
      expect([...outcomes]).toContain('CARD_IMAGE_INVALID');
    },
    HUNT_TIMEOUT_MS,
  );

  it(
    'with other bytes under a right digest is refused, or is a device that answers',
    async () => {
      const outcomes = new Set<string>();
      await hunt({
        input: fc.oneof(mutatedBytes(IMAGES), { weight: 4, arbitrary: withBytes }).map(mended),
        usual: 300,
        show: hexText,
        check: (bytes) => void outcomes.add(outcomeOf(bytes)),
      });
      expect([...outcomes].sort()).toEqual(['CARD_IMAGE_INVALID', 'answers']);
    },
    HUNT_TIMEOUT_MS,
  );
});
