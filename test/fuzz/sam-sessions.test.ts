// SPDX-License-Identifier: MIT
/**
 * Sessions of a SAM, mutated, with power cycles and tears. Garbage that is not a session is in
 * test/property/card-fuzz.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import { CardTorn } from '../../card-applet-sim/memory/card-torn.ts';
import {
  PSAM_CONSTANTS_ADDRESS,
  PSAM_STATE,
  PSAM_STATE_ADDRESS,
} from '../../card-applet-sim/psam/psam-map.ts';
import type { VirtualPsam } from '../../card-applet-sim/psam/virtual-psam.ts';
import { SERIAL, TERMINAL, visibleData } from '../unit/card/card-fixtures.ts';
import { cardKey, diversifyTdes, session } from '../unit/card/oracle.ts';
import { issuePsam, MASTER } from '../unit/card/psam-fixtures.ts';
import { mutatedSessions, parseSession, showSession, type ApduSession } from './apdu-session.ts';
import { corpusTexts } from './corpus.ts';
import { hunt, HUNT_TIMEOUT_MS } from './hunt.ts';

const ERRORS_MAX = 3;
const INITIALIZE = '80700000';
const CREDIT = '80720000';
const COMMON_DIGITS = { tdes: 40, aes: 48 } as const;

type SamState = ReturnType<typeof PSAM_STATE.decodeAt>;

const stateOf = ({ memory }: VirtualPsam): SamState =>
  PSAM_STATE.decodeAt(memory.cells, PSAM_STATE_ADDRESS);

interface Macs {
  readonly mac1: string;
  readonly mac2: string;
}

/** The MACs of a purchase by the slow oracle, from INIT's data and the terminal counter in its answer. */
function macsOf(data: string, terminalCounter: string): Macs {
  const suite = data.length === COMMON_DIGITS.aes + 28 ? 'aes' : 'tdes';
  const randomDigits = suite === 'aes' ? 16 : 8;
  const random = data.slice(0, randomDigits);
  const rest = data.slice(randomDigits);
  const [counter, amount, typeDateTime] = [rest.slice(0, 4), rest.slice(4, 12), rest.slice(12, 28)];
  const tail = data.slice(COMMON_DIGITS[suite]);
  // The SAM lists the innermost level first.
  const levels = tail.match(/.{16}/g) ?? [];
  const key =
    suite === 'aes'
      ? cardKey('aes', MASTER.purchase, tail.slice(8))
      : levels.reduceRight(diversifyTdes, MASTER.purchase as string);
  const mac = session(suite, key, 'purchase', { random, counter, terminalCounter });
  const hex = (value: number, digits: number): string =>
    value.toString(16).toUpperCase().padStart(digits, '0');
  const after = Number.parseInt(tail.slice(0, 8), 16) - Number.parseInt(amount, 16);
  const counterAfter = (Number.parseInt(counter, 16) + 1) & 0xffff;
  return {
    mac1: mac(amount + typeDateTime.slice(0, 2) + TERMINAL + typeDateTime.slice(2)),
    mac2: mac(suite === 'aes' ? amount + hex(after, 8) + hex(counterAfter, 4) : amount),
  };
}

/** Answers to CREDIT that end the purchase. */
const ENDS: readonly string[] = ['9000', '9302'];

/** Refusals change nothing but the count of wrong MAC2s. */
function mayChange(command: string, sw: string): boolean {
  return ['torn', '9000'].includes(sw) || (command.startsWith(CREDIT) && sw === '9302');
}

class SamSession {
  readonly #sam = issuePsam('aes', { mac2ErrorMax: ERRORS_MAX });
  readonly #seen: Map<string, number>;
  /** What CREDIT must bring, after INIT and until the next answer to INIT or CREDIT. */
  #mac2 = '';
  #lastCounter = 0;

  constructor(seen: Map<string, number>) {
    this.#seen = seen;
  }

  play(steps: ApduSession): void {
    for (const step of steps) {
      if (step.kind === 'power') this.#restart();
      else if (step.kind === 'tear')
        this.#sam.memory.placeTear({ phase: 'inside', write: step.write });
      else this.#send(step.hasMac ? this.#credited(step.bytes) : step.bytes);
    }
  }

  #restart(): void {
    this.#sam.memory.removeTear();
    this.#sam.powerOff();
    this.#sam.powerUp();
    this.#mac2 = '';
  }

  /** CREDIT with the MAC2 of the purchase that is going on. */
  #credited(bytes: Uint8Array): Uint8Array {
    if (!toHex(bytes).startsWith(CREDIT) || this.#mac2 === '') return bytes;
    return fromHex(`${CREDIT}${this.#mac2.length === 16 ? '08' : '04'}${this.#mac2}`);
  }

  /** The answer, or undefined when the SAM lost its power over the command; nothing else is thrown. */
  #answer(bytes: Uint8Array): string | undefined {
    try {
      return toHex(this.#sam.process(bytes));
    } catch (error) {
      if (!(error instanceof CardTorn)) throw error;
      this.#restart();
      return undefined;
    }
  }

  #send(bytes: Uint8Array): void {
    const [before, cells, mac2] = [stateOf(this.#sam), this.#cells(), this.#mac2];
    const command = toHex(bytes);
    const response = this.#answer(bytes);
    const sw = response?.slice(-4) ?? 'torn';
    this.#seen.set(sw, (this.#seen.get(sw) ?? 0) + 1);
    if (response !== undefined) {
      const meaning = statusWordMeaning(Number.parseInt(sw, 16));
      expect(meaning, response).not.toBe('unknown status word');
    }
    const after = stateOf(this.#sam);
    this.#expectLawful({ command, sw, mac2 }, before, after);
    if (!mayChange(command, sw)) expect(this.#cells(), command).toBe(cells);
    const isInitialize = command.startsWith(INITIALIZE);
    if (isInitialize || (command.startsWith(CREDIT) && ENDS.includes(sw))) this.#mac2 = '';
    if (isInitialize && sw === '9000') this.#expectPurchase(command, response ?? '', after);
  }

  #cells(): string {
    return visibleData(this.#sam, PSAM_CONSTANTS_ADDRESS);
  }

  #expectLawful(
    { command, sw, mac2 }: { command: string; sw: string; mac2: string },
    before: SamState,
    after: SamState,
  ): void {
    const given = after.terminalCounter - before.terminalCounter;
    const isInitialized = command.startsWith(INITIALIZE) && sw === '9000';
    if (sw === 'torn') expect([0, 1]).toContain(given);
    else expect(given, command).toBe(isInitialized ? 1 : 0);
    if (after.mac2Errors > before.mac2Errors) {
      expect(after.mac2Errors).toBe(before.mac2Errors + 1);
      expect(command.slice(0, 8) + (sw === 'torn' ? '9302' : sw)).toBe(`${CREDIT}9302`);
    }
    expect(after.mac2Errors).toBeLessThanOrEqual(ERRORS_MAX);
    const isCredited = command.startsWith(CREDIT) && sw === '9000';
    if (after.mac2Errors < before.mac2Errors) expect(isCredited || sw === 'torn').toBe(true);
    if (isCredited) {
      expect(mac2).not.toBe('');
      expect(command.slice(10, 10 + mac2.length)).toBe(mac2);
    }
    const isLocked = before.mac2Errors >= ERRORS_MAX;
    if (isLocked) expect(isInitialized || isCredited, 'a locked SAM makes no MAC').toBe(false);
  }

  /** A counter is given once, and MAC1 is that of the request. */
  #expectPurchase(command: string, response: string, after: SamState): void {
    const counter = Number.parseInt(response.slice(0, 8), 16);
    expect(counter).toBe(after.terminalCounter);
    expect(counter).toBeGreaterThan(this.#lastCounter);
    this.#lastCounter = counter;
    const isExtended = command.slice(8, 10) === '00';
    const start = isExtended ? 14 : 10;
    const size = Number.parseInt(command.slice(isExtended ? 10 : 8, start), 16);
    const macs = macsOf(command.slice(start, start + 2 * size), response.slice(0, 8));
    expect(response.slice(8, -4)).toBe(macs.mac1);
    this.#mac2 = macs.mac2;
  }
}

describe('a session with a SAM', () => {
  const entries = corpusTexts('sam');

  it.each(entries)('$name gives no counter twice and no MAC for nothing', ({ name, text }) => {
    const seen = new Map<string, number>();
    new SamSession(seen).play(parseSession(text));
    // A session of the corpus that gets nowhere is no seed.
    if (!name.startsWith('failed-')) expect(seen.get('9000')).toBeGreaterThan(2);
  });

  it('is known to the oracle: the serial number of the corpus is that of the tests', () => {
    expect(entries.some(({ text }) => text.includes(SERIAL))).toBe(true);
  });

  it(
    'gives no counter twice and no MAC for nothing, whatever becomes of its steps',
    async () => {
      const seen = new Map<string, number>();
      await hunt({
        input: mutatedSessions(entries.map(({ text }) => parseSession(text))),
        usual: 600,
        show: showSession,
        check: (steps) => new SamSession(seen).play(steps),
      });
      // The mutations must get through, and must run into checks.
      for (const word of ['9000', '9302', '9403', '6983', '6901', '6700', 'torn']) {
        expect(seen.get(word), word).toBeGreaterThan(0);
      }
    },
    HUNT_TIMEOUT_MS,
  );
});
