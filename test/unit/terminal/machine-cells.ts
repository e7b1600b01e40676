// SPDX-License-Identifier: MIT
/** Tries every cell of a machine: the named cases take the ones that lead on, the rest must refuse. */
import { describe, expect, it } from 'vitest';
import { Defect } from '../../../src/errors/invariant.ts';
import { amount, type Amount } from '../../../src/money/amount.ts';
import { PUBLIC_DATA } from '../../../src/purse/file-layouts.ts';
import type { SuiteName } from '../../../src/purse/suite.ts';
import type { Answered } from '../../../terminal/card/exchange.ts';
import type { PresentedCard } from '../../../terminal/card/identify.ts';
import type { Machine } from '../../../terminal/flow/machine.ts';
import type { Stamp } from '../../../terminal/flow/stamp.ts';
import type { Tap } from '../../../terminal/journal/tap.ts';
import { instant } from '../../../src/time/instant.ts';
import { fromHex } from '../../../src/bytes/hex.ts';
import { newTap } from './journal-contract.ts';
import { ISSUER_ID } from './world.ts';

interface Kind {
  readonly kind: string;
}

/** One step: a state, an event, what must follow. Cases of a cell may be several. */
export interface CellCase<S, E> {
  readonly name: string;
  readonly state: S;
  readonly event: E;
  /** The kind of the next state. */
  readonly next: string;
  /** A part of the effect. */
  readonly effect: object;
}

export function tryEveryCell<S extends Kind, E extends Kind, F>(
  machine: Machine<S, E, F>,
  samples: { readonly states: readonly NoInfer<S>[]; readonly events: readonly NoInfer<E>[] },
  cases: readonly CellCase<NoInfer<S>, NoInfer<E>>[],
): void {
  const cells = machine.table as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const cell = ({ kind }: Kind, event: Kind): string => `${kind} × ${event.kind}`;
  const tried = new Set(cases.map(({ state, event }) => cell(state, event)));

  describe(`the ${machine.name} machine`, () => {
    it('has samples of every state and event', () => {
      expect(samples.states.map(({ kind }) => kind).sort()).toEqual(Object.keys(cells).sort());
      for (const row of Object.values(cells)) {
        expect(samples.events.map(({ kind }) => kind).sort()).toEqual(Object.keys(row).sort());
      }
    });

    const pairs = samples.states.flatMap((state) =>
      samples.events.map((event) => ({ state, event })),
    );
    it.each(pairs)('has a case or a refusal for $state.kind × $event.kind', ({ state, event }) => {
      const isPossible = (cells[state.kind]?.[event.kind] ?? null) !== null;
      expect(tried.has(cell(state, event))).toBe(isPossible);
      if (!isPossible) expect(() => machine.step(state, event)).toThrow(Defect);
    });

    it.each(cases)('$state.kind: $name', ({ state, event, next, effect }) => {
      const step = machine.step(state, event);
      expect(step.state.kind).toBe(next);
      expect(step.effect).toMatchObject(effect);
    });
  });
}

export function answered(sw: number, data: Uint8Array = new Uint8Array(0)): Answered {
  return { kind: 'answered', sw, data, isDirect: true };
}

export function sampleCard(suite: SuiteName): PresentedCard {
  return {
    serial: '00000000000000000001',
    suite,
    isReadOnly: false,
    publicData: PUBLIC_DATA.decode(
      PUBLIC_DATA.encode({
        issuerId: ISSUER_ID,
        applicationType: 2,
        applicationVersion: 1,
        applicationSerialNumber: fromHex('00000000000000000001'),
        startDate: '20250101',
        expiryDate: '20301231',
        issuerFci: new Uint8Array(2),
      }),
    ),
  };
}

export const STAMP: Stamp = {
  at: instant(1_770_000_000_000),
  date: '20260203',
  time: '081530',
  dateBytes: fromHex('20260203'),
  timeBytes: fromHex('081530'),
};

export function sampleTap(options: Partial<Tap> = {}): Tap {
  return {
    ...newTap(1),
    id: 41,
    state: 'pending',
    tac: undefined,
    isRecovered: false,
    isMac2Verified: false,
    sequence: undefined,
    uncertainSequence: undefined,
    ...options,
  };
}

export const money = (minor: number): Amount => amount(minor);
