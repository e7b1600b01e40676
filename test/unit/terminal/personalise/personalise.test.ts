// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { CONSTANTS_ADDRESS } from '../../../../card-applet-sim/card/card-map.ts';
import { VirtualCard } from '../../../../card-applet-sim/card/virtual-card.ts';
import { blankCardMemory } from '../../../../card-applet-sim/fmcos/blank-map.ts';
import { decodeImage, encodeImage } from '../../../../card-applet-sim/image/card-image.ts';
import type { Tear } from '../../../../card-applet-sim/memory/non-volatile-memory.ts';
import { personaliseCard } from '../../../../card-applet-sim/personalise/personalise-card.ts';
import { openInProcess } from '../../../../card-applet-sim/transport/in-process.ts';
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import { Fault } from '../../../../src/errors/fault.ts';
import { TRANSPORT_KEY } from '../../../../src/purse/fmcos-layouts.ts';
import type { SuiteName } from '../../../../src/purse/suite.ts';
import {
  personalise,
  type PersonalisationOutcome,
  type StepReport,
} from '../../../../terminal/personalise/personalise.ts';
import { cardOptions, countingRandom, KEY } from '../../card/card-fixtures.ts';

const PIN = fromHex('123456');

function blankCard(): VirtualCard {
  return new VirtualCard(blankCardMemory(), countingRandom());
}

interface Choice {
  readonly suite?: SuiteName;
  readonly isErasing?: boolean;
  readonly isDryRun?: boolean;
  readonly transportKey?: Uint8Array;
}

async function write(
  card: VirtualCard,
  { suite = 'tdes', isErasing = false, isDryRun = false, transportKey }: Choice = {},
): Promise<{ outcome: PersonalisationOutcome; steps: StepReport[]; registered: number }> {
  const steps: StepReport[] = [];
  let registered = 0;
  const outcome = await personalise({
    channel: openInProcess(card),
    options: {
      ...cardOptions(suite),
      pin: PIN,
      transportKey: transportKey ?? TRANSPORT_KEY,
      isErasing,
    },
    isDryRun,
    onStep: (report) => steps.push(report),
    beforeWriting: async () => {
      registered += 1;
    },
  });
  return { outcome, steps, registered };
}

const dataOf = (card: VirtualCard): string => toHex(card.memory.cells.slice(CONSTANTS_ADDRESS));

describe('a blank card', () => {
  it.each(['tdes', 'aes'] as const)(
    'is after personalisation the %s card that the issuer makes, byte by byte',
    async (suite) => {
      const card = blankCard();
      const { outcome, registered } = await write(card, { suite });
      expect(outcome).toEqual({ kind: 'personalised', written: 30 });
      expect(registered).toBe(1);
      const issued = personaliseCard(cardOptions(suite));
      expect(dataOf(card)).toBe(toHex(issued.cells.slice(CONSTANTS_ADDRESS)));
    },
  );

  it('only answers reads in a dry run, and is as blank as before', async () => {
    const card = blankCard();
    const before = card.revision;
    const { outcome, steps, registered } = await write(card, { isDryRun: true });
    expect(outcome).toEqual({ kind: 'planned', writes: 30 });
    expect(registered).toBe(0);
    expect(card.revision).toBe(before);
    const sent = steps.filter(({ meaning }) => meaning !== 'not sent');
    expect(sent.every(({ command, kind }) => kind === 'read' && command.startsWith('00A4'))).toBe(
      true,
    );
  });

  it.each([true, false])('shows no key and no PIN (dry run: %s)', async (isDryRun) => {
    const { steps } = await write(blankCard(), { isDryRun });
    const text = steps.map(({ command }) => command).join('\n');
    for (const key of Object.values(KEY)) expect(text).not.toContain(key);
    expect(text).not.toContain('0133123456');
    expect(text).toContain(`80D40100083AF0EF0133******`);
    expect(text.includes('?')).toBe(isDryRun);
  });

  it('stops at a wrong transport key, which costs a try and nothing else', async () => {
    const card = blankCard();
    const wrong = await write(card, { transportKey: new Uint8Array(8) });
    expect(wrong.outcome).toMatchObject({ kind: 'refused', written: 0, at: { sw: '63CE' } });
    expect((await write(card)).outcome.kind).toBe('personalised');
  });

  it('is refused once it is a purse, and its purse is not erased', async () => {
    const card = blankCard();
    await write(card);
    const before = dataOf(card);
    await expect(write(card)).rejects.toMatchObject({ code: 'CARD_NOT_BLANK' });
    await expect(write(card, { isErasing: true })).rejects.toMatchObject({
      code: 'CARD_NOT_BLANK',
    });
    expect(dataOf(card)).toBe(before);
  });
});

/** The card works as a purse: it tells a balance. */
function hasPurse(card: VirtualCard): boolean {
  card.powerUp();
  card.process(fromHex('00A4040009A00000000386980701'));
  return toHex(card.process(fromHex('805C000204'))).endsWith('9000');
}

describe('a card that is torn while it is written', () => {
  const phases: readonly Tear['phase'][] = ['before', 'inside', 'after'];

  it.each(phases)(
    'has no purse or a whole one, %s any of its physical writes, and can be erased',
    async (phase) => {
      const whole = blankCard();
      await write(whole);
      const finished = dataOf(whole);
      const { writeCount } = whole.memory;
      let purses = 0;
      for (let number = 1; number <= writeCount; number++) {
        const card = blankCard();
        card.memory.placeTear({ phase: phase as 'after', write: number });
        const { outcome } = await write(card);
        expect(outcome.kind).toBe('unknown');
        // What a card that is put away and found again remembers.
        const found = new VirtualCard(
          decodeImage(encodeImage(card.memory), 'card'),
          countingRandom(),
        );
        if (hasPurse(found)) {
          purses += 1;
          expect(dataOf(found)).toBe(finished);
          continue;
        }
        const again = await write(found).catch((error: unknown) => error);
        if (again instanceof Fault) {
          expect(again.code).toBe('CARD_NOT_BLANK');
          const { outcome: erased } = await write(found, { isErasing: true });
          expect(erased.kind).toBe('personalised');
        }
        expect(dataOf(found)).toBe(finished);
      }
      // The last commit alone makes the purse.
      expect(purses).toBeGreaterThan(0);
      expect(purses).toBeLessThan(8);
    },
  );

  it('says of a lost answer that the step may be done', async () => {
    const card = blankCard();
    const channel = openInProcess(card);
    let left = 14;
    const outcome = await personalise({
      channel: {
        // The card does the work and its answer is lost.
        transceive: async (command) => {
          const response = await channel.transceive(command);
          left -= 1;
          return left > 0 ? response : new Uint8Array(0);
        },
        close: () => channel.close(),
      },
      options: { ...cardOptions('tdes'), pin: PIN, transportKey: TRANSPORT_KEY, isErasing: false },
      isDryRun: false,
      onStep: () => undefined,
      beforeWriting: async () => undefined,
    });
    expect(outcome).toMatchObject({
      kind: 'unknown',
      written: 2,
      at: { number: 14, kind: 'write', meaning: 'no answer: the card may have done it or not' },
    });
  });
});
