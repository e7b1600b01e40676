// SPDX-License-Identifier: MIT
/** What support and issuing say of a card, in plain words. */
import type { SupportView } from '../../host/issuing/support.ts';
import type { TornMatter } from '../../host/issuing/torn.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { civilTime, formatCivil, isoDate } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import { money, table } from './printer.ts';

/** `2026-02-03 08:15:30`, in UTC. */
function when(at: Instant): string {
  return `${formatCivil(civilTime(at, 0))} UTC`;
}

/** What was done with a card. */
export function historyLines({ events }: Pick<SupportView, 'events'>): readonly string[] {
  if (events.length === 0) return ['nothing was done with it'];
  const rows = events.map(({ at, event, state, actor, note }) => [
    when(at),
    event,
    state,
    actor,
    note,
  ]);
  return table([['when', 'what', 'then', 'who', 'note'], ...rows]);
}

/** Everything that a clerk needs to know of a card. */
export function supportLines(view: SupportView, currency: CurrencyCode): readonly string[] {
  return [
    ...headLines(view),
    '',
    ...moneyLines(view, currency),
    ...section('torn taps', tornLines(view, currency)),
    ...section(
      'findings',
      view.findings.flatMap(({ ruleNumber, rule, meaning, expected, found, resolution }) => [
        `rule ${ruleNumber} ${rule}: ${meaning}`,
        `  expected ${expected}`,
        `  found    ${found}`,
        `  do       ${resolution}`,
      ]),
    ),
    ...section('purchases, newest last', purchaseLines(view, currency)),
    ...section(
      'refunds and payments',
      [
        ...view.refunds.map(({ at, amount, counter, merchant, reference }) => ({
          at,
          line: `${money(amount, currency)} by ${merchant} for counter ${counter} (${reference})`,
        })),
        ...view.payments.map(({ at, amount, method, agent, reference }) => ({
          at,
          line: `${money(amount, currency)} paid: ${method} by ${agent} (${reference})`,
        })),
      ]
        .sort((left, right) => left.at - right.at)
        .map(({ at, line }) => `${when(at)}  ${line}`),
    ),
    ...section('history', historyLines(view)),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function headLines(view: SupportView): readonly string[] {
  const { holder, validity, replacedBy, statement } = view;
  const suite = statement.suite === 'tdes' ? '3des' : statement.suite;
  const valid =
    validity === null ? '' : `, valid ${isoDate(validity.from)} to ${isoDate(validity.until)}`;
  return [
    `card ${view.serial}: ${view.state}${statement.isHotlisted ? ', HOTLISTED' : ''}${replacedBy === null ? '' : `, replaced by ${replacedBy}`}`,
    `holder ${holder === null ? 'anonymous' : `${holder.id}, ${holder.name}${holder.contact === '' ? '' : `, ${holder.contact}`}`}`,
    `lot ${view.lot}, suite ${suite}, key version ${statement.keyVersion}${valid}`,
  ];
}

function moneyLines(view: SupportView, currency: CurrencyCode): readonly string[] {
  const { balance, inFlight, inGaps, owed, overpaid, deposit } = view.money;
  const due =
    view.balanceDueAt === null ? '' : `, owed to the holder from ${when(view.balanceDueAt)}`;
  const rows = [
    ['on the card', money(balance, currency), `by its newest record${due}`],
    ['on its way', money(inFlight, currency), 'loads that the card has not proved yet'],
    ['missing', money(inGaps, currency), 'left the card without a record, see torn taps'],
    ['owed', money(owed, currency), 'to the holder: pay it in cash or as a load'],
    ...(overpaid === 0
      ? []
      : [['overpaid', money(overpaid, currency), 'paid before later records took it back']]),
    ['deposit', money(deposit, currency), 'given back with the card'],
  ];
  return table(rows, [1]);
}

/** Gaps and taps without an outcome, and the way to a refund. */
export function tornLines(
  { serial, torn }: Pick<SupportView, 'serial' | 'torn'>,
  currency: CurrencyCode,
): readonly string[] {
  const tapLine = (tap: TornMatter['taps'][number]): string =>
    `${formatCivil({ date: tap.at.slice(0, 8), time: tap.at.slice(8) })}: terminal ${tap.terminalId} number ${tap.terminalCounter} does not know what became of ${money(tap.amount, currency)} at counter ${tap.counter}`;
  return [
    ...torn.gaps.flatMap((gap) => [
      `counter ${gap.from}${gap.to === gap.from ? '' : ` to ${gap.to ?? '?'}`}: ${money(gap.value, currency)} left the card without a record (${gap.state})`,
      ...gap.taps.map((tap) => `  ${tapLine(tap)}`),
      ...wayOut(serial, gap).map((line) => `  ${line}`),
    ]),
    ...torn.unexplained.flatMap((tap) => [
      tapLine(tap),
      '  nothing shows yet whether the card paid: present it at a terminal, its next record tells',
    ]),
  ];
}

function wayOut(
  serial: string,
  { from, state, value, refundableAt, exception }: TornMatter,
): readonly string[] {
  if (state !== 'open' || value === 0) return [];
  const after = refundableAt === null ? '' : ` after ${when(refundableAt)}`;
  return [
    'wait for the batches of the terminal: its record goes to the merchant by itself',
    `${after.trim() === '' ? 'later' : after.trim()}: openpurse support torn ${serial} --refund ${from}`,
    ...(exception === null
      ? []
      : [`with proof that nothing was sold: exception ${exception}, action refundHolder`]),
  ];
}

function purchaseLines({ statement }: SupportView, currency: CurrencyCode): readonly string[] {
  if (statement.records.length === 0) return ['none yet'];
  const rows = statement.records.map((record) => [
    record.at,
    record.type,
    record.counter.toString(),
    money(record.amount, currency),
    money(record.after, currency),
    record.merchant,
    record.place,
    record.rule,
  ]);
  const heading = ['time', 'type', 'counter', 'amount', 'balance', 'merchant', 'place', 'judged'];
  return table([heading, ...rows], [2, 3, 4]);
}
