// SPDX-License-Identifier: MIT
/**
 * I4: a card holds the newest balance that it attested, and
 *
 *   proven loads + overspend = balance + accepted purchases + value of gaps, open or not
 *
 * A card whose rows are as the last audit left them is not walked again. The chains together hold every
 * record, so that none can hide.
 */
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD_KIND } from '../../../src/clearing/record.ts';
import { total } from '../account-sums.ts';
import { chainReader, type ChainEvidence } from '../card-chain.ts';
import type { AuditCheck, AuditParts, AuditedCard } from '../model.ts';
import { doubledCounters } from './i07-uniqueness.ts';

export function cards(parts: AuditParts): AuditCheck {
  const { ledger, memory, findings } = parts;
  const sink = findings.of('I4');
  const readChain = chainReader(parts);
  const selectMark = memory
    .prepare<[Uint8Array], string>('SELECT mark FROM card_marks WHERE serial = ?')
    .pluck();
  const upsertMark = memory.prepare('INSERT OR REPLACE INTO card_marks VALUES (?, ?, ?)');
  const selectProven = ledger.prepare<[Uint8Array], { counter: number; after: number }>(
    "SELECT counter, before + amount AS after FROM loads WHERE serial = ? AND state = 'proven'",
  );
  const credit = memory.prepare(
    `INSERT INTO credits VALUES (?, ?)
     ON CONFLICT (record) DO UPDATE SET amount = amount + excluded.amount`,
  );
  return {
    sink,
    item({ record, amount }) {
      credit.run(record, amount);
    },
    card(card) {
      const { serial, ...values } = card;
      const mark = Object.values(values).join(' ');
      if (selectMark.get(serial) === mark) return;
      sink.checked++;
      const chain = readChain(card.lastRecord);
      const subject = `card ${toHex(serial)}`;
      const proven = selectProven.all(serial);
      const isSound = [
        ...identityProblems(card, chain.evidence),
        ...headProblems(card, chain.evidence, proven),
      ].slice(0, 1);
      for (const problem of isSound) sink.state({ subject, ...problem });
      const doubled = doubledCounters(parts, subject, { evidence: chain.evidence, proven });
      // One that is not sound is looked at again by every run.
      upsertMark.run(serial, isSound.length + doubled === 0 ? mark : '', chain.length);
    },
    finish() {
      const records = total(ledger, 'SELECT COUNT(*) FROM records');
      const chained = total(memory, 'SELECT SUM(length) FROM card_marks');
      if (records === chained) return;
      const values = { expected: `${records} records`, found: `${chained}` };
      sink.state({ subject: 'chains of all cards', ...values, amount: 0 });
    },
  };
}

interface Problem {
  readonly expected: string;
  readonly found: string;
  readonly amount: number;
}

/** A purchase is credited in full or not at all, and value is conserved. */
function* identityProblems(
  card: AuditedCard,
  evidence: readonly ChainEvidence[],
): Generator<Problem, void> {
  let purchases = 0;
  for (const { counter, credited, amount } of evidence) {
    purchases += credited;
    if (credited === 0 || credited === amount) continue;
    const values = { expected: `0 or ${amount} credited for counter ${counter}` };
    yield { ...values, found: `${credited}`, amount: credited - amount };
  }
  const expected = card.proven + card.overspend - purchases - card.gaps;
  if (card.balance === expected) return;
  yield {
    expected: `balance ${expected}: loads ${card.proven} and overspend ${card.overspend} less purchases ${purchases} and gaps ${card.gaps}`,
    found: `balance ${card.balance}`,
    amount: card.balance - expected,
  };
}

/** The balance is what the last purchase or the last load left behind. */
function* headProblems(
  card: AuditedCard,
  evidence: readonly ChainEvidence[],
  proven: readonly { readonly counter: number; readonly after: number }[],
): Generator<Problem, void> {
  const { balance, nextOffline, nextOnline } = card;
  const attested = [
    ...evidence
      .filter(({ kind, counter }) =>
        kind === RECORD_KIND.load ? counter === nextOnline - 1 : counter === nextOffline - 1,
      )
      .map(({ after }) => after),
    ...proven.filter(({ counter }) => counter === nextOnline - 1).map(({ after }) => after),
  ];
  if (nextOffline === 0 && nextOnline === 0) attested.push(0);
  if (attested.includes(balance)) return;
  const [smallest = 0] = attested
    .map((after) => balance - after)
    .sort((left, right) => Math.abs(left) - Math.abs(right));
  yield {
    expected: `a balance that offline counter ${nextOffline - 1} or online counter ${nextOnline - 1} attests`,
    found: `balance ${balance}`,
    amount: smallest,
  };
}
