// SPDX-License-Identifier: MIT
/**
 * Sessions of cards, mutated: steps dropped, repeated, moved and taken from elsewhere, bytes edited, power
 * lost, and MACs mended by who has the keys, so that mutations get behind the checks of MACs. Garbage that
 * is not a session is in test/property/card-fuzz.test.ts.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import {
  ACCESS_ADDRESS,
  CARD_ACCESS,
  CARD_STATE,
  CONSTANTS_ADDRESS,
  STATE_ADDRESS,
} from '../../card-applet-sim/card/card-map.ts';
import { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import { blankCardMemory } from '../../card-applet-sim/fmcos/blank-map.ts';
import { CardTorn } from '../../card-applet-sim/memory/card-torn.ts';
import { parseTranscript } from '../../terminal/transcript/parse-transcript.ts';
import { countingRandom, issueCard, SUITE_NAMES, visibleData } from '../unit/card/card-fixtures.ts';
import type { Suite } from '../unit/card/oracle.ts';
import { mutatedSessions, parseSession, showSession, type ApduSession } from './apdu-session.ts';
import { CardOwner } from './card-owner.ts';
import { corpusTexts } from './corpus.ts';
import { hunt, HUNT_TIMEOUT_MS } from './hunt.ts';

const MAXIMUM = 10_000;
type CardState = ReturnType<typeof CARD_STATE.decodeAt>;

const stateOf = ({ memory }: VirtualCard): CardState =>
  CARD_STATE.decodeAt(memory.cells, STATE_ADDRESS);

/** Every cell but those of the access state, where tries are counted. */
function withoutTries({ memory }: VirtualCard): string {
  const { cells } = memory;
  const end = ACCESS_ADDRESS + CARD_ACCESS.size;
  return toHex(cells.slice(CONSTANTS_ADDRESS, ACCESS_ADDRESS)) + toHex(cells.slice(end));
}

/** The status word, which the table must know. */
function statusOf(response: string): string {
  expect(response.length).toBeGreaterThanOrEqual(4);
  const sw = response.slice(-4);
  expect(statusWordMeaning(Number.parseInt(sw, 16)), response).not.toBe('unknown status word');
  return sw;
}

/** Refusals that take a try: VERIFY and CHANGE PIN, UNBLOCK, the transport key of a blank card. */
function isCounted(command: string, sw: string): boolean {
  const ins = command.slice(2, 4);
  if (ins === '18') return sw === '6988' || sw === '9303';
  return (ins === '20' || ins === '5E' || ins === '82') && sw.startsWith('63C');
}

interface Exchange {
  readonly command: string;
  readonly owner: CardOwner;
  /** Asked before the command: it uses up its challenge. */
  readonly hasRightMac: boolean | undefined;
  /** Undefined when the power was lost: then it may be done or not. */
  readonly sw: string | undefined;
}

/** Money moves only under the right MAC, by what INITIALIZE asked for, with one more on one counter. */
function expectLawful(before: CardState, after: CardState, exchange: Exchange): void {
  const { command, owner, hasRightMac, sw } = exchange;
  const online = after.onlineCounter - before.onlineCounter;
  const offline = after.offlineCounter - before.offlineCounter;
  expect([online, offline].every((grown) => grown === 0 || grown === 1)).toBe(true);
  for (const account of ['depositBalance', 'purseBalance'] as const) {
    const moved = after[account] - before[account];
    if (moved === 0) continue;
    expect(sw === undefined || sw === '9000', 'the answer says that it was done').toBe(true);
    expect(hasRightMac, 'the MAC that moves money').toBe(true);
    const asked = owner.initialized;
    expect(asked?.account).toBe(account);
    expect(online + offline).toBe(1);
    if (asked?.session === 'limit') {
      expect(moved).toBe(after.overdraftLimit - before.overdraftLimit);
      continue;
    }
    const amount = Number.parseInt(asked?.amount ?? '', 16);
    expect(moved).toBe(command.startsWith('8052') ? amount : -amount);
    expect(after[account]).toBeLessThanOrEqual(MAXIMUM);
    expect([online, offline]).toEqual(asked?.session === 'purchase' ? [0, 1] : [1, 0]);
  }
}

function restart(card: VirtualCard): void {
  card.memory.removeTear();
  card.powerOff();
  card.powerUp();
}

/** Sends a command; undefined when the card lost its power over it. Nothing else may be thrown. */
function answerOf(card: VirtualCard, command: Uint8Array): string | undefined {
  try {
    return toHex(card.process(command));
  } catch (error) {
    if (!(error instanceof CardTorn)) throw error;
    restart(card);
    return undefined;
  }
}

interface Seen {
  readonly words: Map<string, number>;
}

function playCommand(card: VirtualCard, owner: CardOwner, bytes: Uint8Array, seen: Seen): void {
  const [before, cells, cellsWithoutTries] = [
    stateOf(card),
    visibleData(card, CONSTANTS_ADDRESS),
    withoutTries(card),
  ];
  const command = toHex(bytes);
  const hasRightMac = owner.hasRightMac(bytes);
  const response = answerOf(card, bytes);
  const sw = response === undefined ? undefined : statusOf(response);
  seen.words.set(sw ?? 'torn', (seen.words.get(sw ?? 'torn') ?? 0) + 1);
  expectLawful(before, stateOf(card), { command, owner, hasRightMac, sw });
  if (sw === '9000') {
    const isAllowed = hasRightMac ?? true;
    expect(isAllowed, `${command} was carried out`).toBe(true);
    owner.watch(bytes, response ?? '');
  } else if (sw === undefined) owner.forget();
  else {
    if (isCounted(command, sw)) expect(withoutTries(card)).toBe(cellsWithoutTries);
    else expect(visibleData(card, CONSTANTS_ADDRESS), command).toBe(cells);
  }
}

function play(suite: Suite, session: ApduSession, seen: Seen): void {
  const initial = { purseBalance: 5000, depositBalance: 3000, offlineCounter: 0xfff0 };
  const card = issueCard(suite, { initial, maximumBalance: MAXIMUM });
  const owner = new CardOwner(suite);
  for (const step of session) {
    if (step.kind === 'power') {
      restart(card);
      owner.forget();
    } else if (step.kind === 'tear') {
      card.memory.placeTear({ phase: 'inside', write: step.write });
    } else playCommand(card, owner, step.hasMac ? owner.signed(step.bytes) : step.bytes, seen);
  }
}

/** What was sent to the card of a recorded session; masked bytes as zeros. */
function recordedSession(name: string): ApduSession {
  const text = readFileSync(new URL(`../transcripts/${name}`, import.meta.url), 'utf8');
  return parseTranscript(text).exchanges.flatMap(({ presence, command }) => {
    const bytes = fromHex(command.replaceAll('*', '0'));
    return presence.role === 'card' ? [{ kind: 'send' as const, bytes, hasMac: false }] : [];
  });
}

describe.each(SUITE_NAMES)('a session with a card of the %s suite', (suite) => {
  const entries = corpusTexts(`card-${suite}`);

  it.each(entries)('$name moves only what a right MAC allows', ({ name, text }) => {
    const seen: Seen = { words: new Map() };
    play(suite, parseSession(text), seen);
    // A session of the corpus that gets nowhere is no seed; one that failed may have got nowhere.
    if (!name.startsWith('failed-')) expect(seen.words.get('9000')).toBeGreaterThan(2);
  });

  it(
    'moves only what a right MAC allows, whatever becomes of its steps',
    async () => {
      const sessions = [
        ...entries.map(({ text }) => parseSession(text)),
        recordedSession('torn-sale.txt'),
      ];
      const seen: Seen = { words: new Map() };
      await hunt({
        input: mutatedSessions(sessions),
        usual: 500,
        show: showSession,
        check: (session) => play(suite, session, seen),
      });
      // The mutations must get through, and must run into checks.
      for (const word of ['9000', '9302', '6988', '6901', '6700', 'torn']) {
        expect(seen.words.get(word), word).toBeGreaterThan(0);
      }
    },
    HUNT_TIMEOUT_MS,
  );
});

describe('a session that personalises a blank card', () => {
  function personalise(session: ApduSession): void {
    const card = new VirtualCard(blankCardMemory(), countingRandom());
    card.powerUp();
    for (const step of session) {
      if (step.kind === 'power') restart(card);
      else if (step.kind === 'tear') card.memory.placeTear({ phase: 'inside', write: step.write });
      else {
        const cells = visibleData(card, CONSTANTS_ADDRESS);
        const response = answerOf(card, step.bytes);
        const sw = response === undefined ? '9000' : statusOf(response);
        if (sw === '9000' || isCounted(toHex(step.bytes), sw)) continue;
        expect(visibleData(card, CONSTANTS_ADDRESS), toHex(step.bytes)).toBe(cells);
      }
    }
  }
  const entries = corpusTexts('card-blank');

  it.each(entries)('$name keeps refused commands out', ({ text }) => {
    personalise(parseSession(text));
  });

  it(
    'changes nothing by a refused command, whatever becomes of its steps',
    async () => {
      await hunt({
        input: mutatedSessions(entries.map(({ text }) => parseSession(text))),
        usual: 150,
        show: showSession,
        check: personalise,
      });
    },
    HUNT_TIMEOUT_MS,
  );
});
