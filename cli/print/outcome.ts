// SPDX-License-Identifier: MIT
/** What a tap came to, for people and as data. */
import { toHex } from '../../src/bytes/hex.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import { formatSw } from '../../src/iso7816/apdu.ts';
import { DECLINE_REASONS } from '../../terminal/flow/decline-reasons.table.ts';
import type { TapOutcome, UncertainCause } from '../../terminal/flow/outcome.ts';
import type { Operation, Tap } from '../../terminal/journal/tap.ts';
import { money, type Said } from './printer.ts';

/** What an operation is called, and what a later tap finds out that it did or did not do. */
const OPERATIONS: Readonly<
  Record<Operation, { readonly name: string; readonly done: string; readonly missed: string }>
> = {
  gateEntry: { name: 'entry', done: 'been let in', missed: 'not let in' },
  gateExit: { name: 'exit', done: 'been debited', missed: 'not debited' },
  load: { name: 'load', done: 'been credited', missed: 'not credited' },
  sale: { name: 'sale', done: 'been debited', missed: 'not debited' },
  supplement: {
    name: 'supplement for a missing exit',
    done: 'been debited',
    missed: 'not debited',
  },
};

const CAUSES: Readonly<Record<UncertainCause, string>> = {
  answerLost: 'the answer of the card was lost: present the same card again',
  answerUnclear: 'the answer of the card proves nothing: present the same card again',
  macInvalid: 'the card did not prove the debit: hand nothing over; the host decides',
  proofGone: 'the card no longer has the proof: the host decides',
  samFailed: 'the SAM could not check the answer: present the same card again',
  undecidable: 'the card can no longer tell: the host decides',
};

function tapData(tap: Tap): object {
  return {
    operation: tap.operation,
    state: tap.state,
    serial: tap.serial,
    suite: tap.suite,
    amount: tap.amount,
    balanceBefore: tap.balanceBefore,
    balanceAfter: tap.balanceAfter,
    counterBefore: tap.counterBefore,
    terminalCounter: tap.terminalCounter,
    date: tap.date,
    time: tap.time,
    place: tap.place,
    tac: tap.tac === undefined ? null : toHex(tap.tac),
    isRecovered: tap.isRecovered,
    isMac2Verified: tap.isMac2Verified,
    sequence: tap.sequence ?? null,
  };
}

function tapLine(tap: Tap, currency: CurrencyCode): string {
  const what = `${OPERATIONS[tap.operation].name} of ${money(tap.amount, currency)}, card ${tap.serial}`;
  if (tap.state === 'approved') {
    return `${what}: balance ${money(tap.balanceBefore, currency)} to ${money(tap.balanceAfter, currency)}`;
  }
  return `${what}: ${tap.state === 'declined' ? OPERATIONS[tap.operation].missed : 'unknown'}`;
}

/** The outcome of a tap. */
export function sayOutcome(outcome: TapOutcome, currency: CurrencyCode): Said {
  const settled = outcome.settled.map((tap) => `earlier tap settled: ${tapLine(tap, currency)}`);
  const common = { settled: outcome.settled.map(tapData) };
  switch (outcome.kind) {
    case 'approved': {
      const recovered = outcome.tap.isRecovered
        ? ` (recovered: the card had ${OPERATIONS[outcome.tap.operation].done})`
        : '';
      const lines = [...settled, `APPROVED${recovered}  ${tapLine(outcome.tap, currency)}`];
      return { data: { outcome: outcome.kind, tap: tapData(outcome.tap), ...common }, lines };
    }
    case 'declined': {
      const { kind, reason, ...details } = outcome;
      const sw =
        details.sw === undefined
          ? []
          : [`  card said ${formatSw(details.sw)}: ${statusWordMeaning(details.sw)}`];
      const host = details.message === undefined ? [] : [`  host said: ${details.message}`];
      const balance =
        details.balance === undefined ? [] : [`  balance ${money(details.balance, currency)}`];
      const tries =
        details.pinTriesLeft === undefined ? [] : [`  ${details.pinTriesLeft} PIN tries left`];
      const lines = [
        ...settled,
        `DECLINED  ${DECLINE_REASONS[reason]}`,
        ...balance,
        ...tries,
        ...sw,
        ...host,
      ];
      return { data: { outcome: kind, reason, ...details, ...common }, lines };
    }
    case 'uncertain': {
      const { kind, cause, tap } = outcome;
      const lines = [...settled, `UNCERTAIN  ${CAUSES[cause]}`, `  ${tapLine(tap, currency)}`];
      return { data: { outcome: kind, cause, tap: tapData(tap), ...common }, lines };
    }
    case 'notPresented':
      return {
        data: { outcome: outcome.kind, ...common },
        lines: [...settled, 'NO CARD  nothing happened'],
      };
  }
}
