// SPDX-License-Identifier: MIT
/**
 * Torn taps (rule 24): a holder says that the card paid and the terminal did not. Whether value left the
 * card shows as a gap once a later record is there; what the terminal knows is its uncertain tap. The value
 * of a gap is refunded when its clock has run out. Before, its record may still come and the merchant be
 * owed: then it takes a proof, and two people at the exceptions desk.
 */
import { Fault } from '../../src/errors/fault.ts';
import { ZERO, type Amount } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { Actor } from '../access/actor.ts';
import { gapTarget } from '../chain/decisions.ts';
import { uncertainTap } from '../chain/decode-record.ts';
import type { CounterGap, UncertainTap } from '../chain/model.ts';
import { ClockBook } from '../clocks/clock-book.ts';
import { findingException } from '../exceptions/sources/findings.ts';
import type { CardRow } from '../store/store.ts';
import { knownCard, noteEvent } from './card-state.ts';
import type { IssuingParts } from './parts.ts';

/** A gap of a card, and the taps without an outcome that may explain it. */
export interface TornMatter {
  readonly from: number;
  /** The last missing counter; null while no later purchase is known. */
  readonly to: number | null;
  /** The target of a decision on it. */
  readonly target: string;
  readonly value: Amount;
  readonly state: CounterGap['state'];
  readonly openedAt: Instant | null;
  /** Its exception at the desk; null where it has no value or is decided. */
  readonly exception: string | null;
  /** From when on its value is refunded without a proof. */
  readonly refundableAt: Instant | null;
  readonly taps: readonly UncertainTap[];
}

/** What is known of the torn taps of a card. */
export interface TornTaps {
  readonly gaps: readonly TornMatter[];
  /** Taps whose outcome nothing shows yet: no later record of the card is there. */
  readonly unexplained: readonly UncertainTap[];
}

/** Gathers gaps and uncertain taps. */
export function tornTaps({ store }: Pick<IssuingParts, 'store'>, card: CardRow): TornTaps {
  const clocks = new ClockBook(store);
  const findings = store.findings(card.serial);
  // A tap that the chain has settled is a finding no more.
  const isOpen = ({ counter, terminalId, terminalCounter }: UncertainTap): boolean =>
    findings.some(({ key }) =>
      key.startsWith(`uncertainTap:purchase:${counter}:${terminalId}:${terminalCounter}:`),
    );
  const taps = store
    .uncertain(card.serial)
    .map(({ id, bytes }) => uncertainTap(id, bytes))
    .filter((tap) => !tap.isLoad && isOpen(tap));
  const gaps = store.gaps(card.serial).map((gap): TornMatter => {
    const isIn = (counter: number): boolean =>
      counter >= gap.from && (gap.to === null || counter < Math.max(gap.to, gap.from + 1));
    // The finding of a gap stands at the record behind it, or at its own beginning while there is none.
    const finding = findings.find(
      ({ rule, counter }) =>
        (rule === 'counterGap' || rule === 'balanceBreakBelow') && counter === (gap.to ?? gap.from),
    );
    const openedAt = finding?.openedAt ?? null;
    return {
      from: gap.from,
      to: gap.to === null ? null : Math.max(gap.from, gap.to - 1),
      target: gapTarget(gap),
      value: gap.value,
      state: gap.state,
      openedAt,
      exception: finding === undefined ? null : findingException(store, finding).id,
      refundableAt: openedAt === null ? null : clocks.deadline('gap', openedAt),
      taps: taps.filter(({ counter }) => isIn(counter)),
    };
  });
  const explained = new Set(gaps.flatMap((gap) => gap.taps));
  return { gaps, unexplained: taps.filter((tap) => !explained.has(tap)) };
}

export interface TornRefund {
  readonly serial: string;
  /** The first missing counter. */
  readonly from: number;
}

/** Makes the value of a gap owed to the holder, when its clock has run out. @throws CARD_NOT_FOUND, REFUND_REFUSED */
export function refundTorn(parts: IssuingParts, { serial, from }: TornRefund, actor: Actor): void {
  parts.store.transaction(() => {
    const { card, details } = knownCard(parts.store, serial);
    const matter = tornTaps(parts, card).gaps.find(
      (gap) => gap.from === from && gap.state === 'open',
    );
    if (matter === undefined || matter.value === ZERO) {
      throw new Fault(
        'REFUND_REFUSED',
        `"counter" expected the first counter of a gap with value, got ${from}`,
      );
    }
    if (matter.refundableAt === null || parts.now < matter.refundableAt) {
      const days = new ClockBook(parts.store).value('gap', matter.openedAt ?? parts.now);
      throw new Fault(
        'REFUND_REFUSED',
        `"counter" expected a gap that is open for ${days} days, got ${from}: before, propose refundHolder on exception ${matter.exception ?? 'none'}, with what proves that no purchase stands behind it`,
      );
    }
    const note = `counter ${from}: ${matter.value} minor units`;
    noteEvent(parts, details, { event: 'tornRefund', actor, note });
    const digits = formatSerialNumber(card.serial);
    const request = `torn:${digits}:${from}`;
    const { target } = matter;
    parts.host.decide({ serial: digits, target, action: 'refundHolder', request, actor });
  });
}
