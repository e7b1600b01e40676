// SPDX-License-Identifier: MIT
/**
 * I4: a card holds the newest balance that it attested, and
 *
 *   proven loads + overspend = balance + purchases that it paid + value of gaps, open or not
 *
 * A card whose rows are as the last audit left them is not walked again. The chains together hold every
 * record, so that none can hide.
 */
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD_KIND } from '../../../src/clearing/record.ts';
import { total } from '../account-sums.ts';
import { chainReader, type ChainEvidence } from '../card-chain.ts';
import type { AuditCheck, AuditParts, AuditedCard, AuditedItem } from '../model.ts';
import { HELD, WITHHELD } from '../rule-kinds.ts';
import { doubledCounters } from './i07-uniqueness.ts';

/**
 * A held claim that is credited was not paid by its card; neither was what is taken back because a claim
 * that was so credited has come into the chain after all.
 */
function unpaidPart({ amount, cause }: AuditedItem): number {
  const isHeld = HELD.some((rule) => rule === cause);
  const isWithheld = WITHHELD.some((rule) => rule === cause);
  return amount > 0 ? (isHeld ? amount : 0) : isHeld || isWithheld ? 0 : amount;
}

export function cards(parts: AuditParts): AuditCheck {
  const { ledger, memory, findings } = parts;
  const sink = findings.of('I4');
  const readChain = chainReader(parts);
  const selectMark = memory
    .prepare<[Uint8Array], string>('SELECT mark FROM card_marks WHERE serial = ?')
    .pluck();
  const upsertMark = memory.prepare('INSERT OR REPLACE INTO card_marks VALUES (?, ?, ?, ?)');
  const selectProven = ledger.prepare<[Uint8Array], { counter: number; after: number }>(
    "SELECT counter, before + amount AS after FROM loads WHERE serial = ? AND state = 'proven'",
  );
  const selectDecisions = ledger
    .prepare<[Uint8Array], [string, string]>(
      'SELECT target, action FROM decisions WHERE serial = ?',
    )
    .raw();
  const credit = memory.prepare(
    `INSERT INTO credits VALUES (?, ?, ?) ON CONFLICT (record)
     DO UPDATE SET amount = amount + excluded.amount, unpaid = unpaid + excluded.unpaid`,
  );
  return {
    sink,
    item(item) {
      credit.run(item.record, item.amount, unpaidPart(item));
    },
    card(card) {
      const { serial, ...values } = card;
      const mark = Object.values(values).join(' ');
      if (selectMark.get(serial) === mark) return;
      sink.checked++;
      const chain = readChain(serial, card.lastRecord);
      const subject = `card ${toHex(serial)}`;
      const proven = selectProven.all(serial);
      const decided = new Map(card.decisions === 0 ? [] : selectDecisions.all(serial));
      const walked = { evidence: chain.evidence, proven, decided };
      const [problem] = [...identityProblems(card, walked), ...headProblems(card, walked)];
      if (problem !== undefined) sink.state({ subject, ...problem });
      const isUnique = doubledCounters(parts, subject, walked) === 0;
      // One that is not sound is looked at again by every run.
      const kept = problem === undefined && isUnique ? mark : '';
      upsertMark.run(serial, kept, chain.length, spentOf(chain.evidence));
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

/** What a card has spent by every valid record, accepted or held. */
const spentOf = (evidence: readonly ChainEvidence[]): number =>
  evidence.reduce((sum, { kind, amount }) => sum + (kind === RECORD_KIND.purchase ? amount : 0), 0);

/** A card's records, proven loads and decisions, these by their targets. */
interface Walked {
  readonly evidence: readonly ChainEvidence[];
  readonly proven: readonly { readonly counter: number; readonly after: number }[];
  readonly decided: ReadonlyMap<string, string>;
}

interface Problem {
  readonly expected: string;
  readonly found: string;
  readonly amount: number;
}

/** A purchase is credited in full or not at all, and value is conserved. */
function* identityProblems(card: AuditedCard, walked: Walked): Generator<Problem, void> {
  let purchases = 0;
  for (const { counter, credited, unpaid, amount } of walked.evidence) {
    purchases += credited - unpaid;
    if (credited === 0 || credited === amount) continue;
    const values = { expected: `0 or ${amount} credited for counter ${counter}` };
    yield { ...values, found: `${credited}`, amount: credited - amount };
  }
  // What was written off is in no finding any more: the replay of I14 alone can tell how much it was.
  if (walked.decided.has('overspend')) return;
  const given = refunded(walked) + card.withheld;
  const expected = card.proven + card.overspend - purchases - given - card.gaps;
  // A card that was given up holds nothing: what it held is owed to its holder.
  const isGivenUp = walked.decided.has('balance');
  if (isGivenUp ? card.balance === 0 && expected >= 0 : card.balance === expected) return;
  yield {
    expected: `balance ${expected}: loads ${card.proven} and overspend ${card.overspend} less purchases ${purchases + given} and gaps ${card.gaps}`,
    found: `balance ${card.balance}`,
    amount: card.balance - expected,
  };
}

/** Purchases that the card paid and that are owed to its holder. The target is `held:` and what the record says. */
function refunded({ evidence, decided }: Walked): number {
  const claims = [...decided].flatMap(([target, action]) =>
    action === 'refundHolder' && target.startsWith('held:purchase:') ? [target.split(':')] : [],
  );
  return evidence
    .filter(({ credited }) => credited === 0)
    .filter((record) =>
      claims.some(
        ([, , counter, terminal, terminalCounter, , , , amount]) =>
          Number(counter) === record.counter &&
          terminal === record.terminal &&
          Number(terminalCounter) === record.terminalCounter &&
          Number(amount) === record.amount,
      ),
    )
    .reduce((sum, { amount }) => sum + amount, 0);
}

/** The balance is what the last purchase or the last load left behind. */
function* headProblems(
  card: AuditedCard,
  { evidence, proven, decided }: Walked,
): Generator<Problem, void> {
  const { balance, nextOffline, nextOnline } = card;
  if (decided.has('balance')) return;
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
