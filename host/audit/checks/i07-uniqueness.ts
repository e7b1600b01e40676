// SPDX-License-Identifier: MIT
/**
 * I7: nothing is posted twice: no counter of a card, no number of a SAM, no source of an entry. Two records
 * may carry one number: a fork, a replay, a copied SAM. Then one of them at most is credited, but for what
 * people decided to pay all the same; where the card did not pay it, that is in I6, on 1060.
 */
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { RECORD_KIND, serialOfRecord } from '../../../src/clearing/record.ts';
import { chainReader, type ChainEvidence } from '../card-chain.ts';
import type { AuditCheck, AuditParts } from '../model.ts';
import { recordFields, samNumber } from '../record-fields.ts';

export function uniqueness(parts: AuditParts): AuditCheck {
  const { ledger, memory, findings } = parts;
  const sink = findings.of('I7');
  const countSource = ledger
    .prepare<[string], number>('SELECT COUNT(*) FROM journals WHERE source = ?')
    .pluck();
  return {
    sink,
    entry({ id, source }) {
      sink.checked++;
      const count = countSource.get(source) ?? 0;
      if (count === 1) return;
      const values = { expected: 'one entry of its source', found: `${count} of ${source}` };
      sink.history({ subject: `entry ${id}`, ...values, amount: 0 });
    },
    finish() {
      const conflicts = memory
        .prepare<[], Uint8Array>('SELECT number FROM sam_conflicts')
        .pluck()
        .all();
      for (const number of conflicts) checkSamNumber(parts, number);
    },
  };
}

/** How many counters of a card are credited twice; each is a finding. */
export function doubledCounters(
  { findings }: AuditParts,
  subject: string,
  chain: {
    readonly evidence: readonly ChainEvidence[];
    readonly proven: readonly { readonly counter: number }[];
  },
): number {
  const sink = findings.of('I7');
  const seen = new Set<string>();
  let doubled = 0;
  const see = (what: string, amount: number): void => {
    sink.checked++;
    if (!seen.has(what)) {
      seen.add(what);
      return;
    }
    doubled++;
    const values = { expected: `${what} posted once`, found: `once more, for ${amount}` };
    sink.state({ subject, ...values, amount });
  };
  for (const { kind, counter, credited, unpaid } of chain.evidence) {
    const isPosted = kind === RECORD_KIND.purchase && credited > unpaid;
    if (isPosted) see(`offline counter ${counter}`, credited);
  }
  for (const { counter } of chain.proven) see(`online counter ${counter}`, 0);
  return doubled;
}

/** Of the records that carry one number of a SAM, one at most is credited without a decision. */
function checkSamNumber(parts: AuditParts, number: Uint8Array): void {
  const { ledger, memory, findings } = parts;
  const sink = findings.of('I7');
  const select = memory.prepare<[Uint8Array, Uint8Array], { key: Uint8Array; record: number }>(
    'SELECT key, record FROM evidence WHERE key >= ? AND key < ? AND record IS NOT NULL',
  );
  const end = fromHex(`${toHex(number)}${'FF'.repeat(11)}`);
  const credits = select.all(number, end).flatMap(({ key, record }) => {
    const bytes = ledger
      .prepare<[number], Uint8Array>('SELECT bytes FROM records WHERE id = ?')
      .pluck()
      .get(record);
    if (bytes === undefined) return [];
    const serial = serialOfRecord(bytes);
    const { counter } = recordFields(bytes);
    const last = ledger
      .prepare<[Uint8Array], number>('SELECT last_record FROM cards WHERE serial = ?')
      .pluck()
      .get(serial);
    const { evidence } = chainReader(parts)(serial, last ?? 0);
    const own = evidence.find((one) => one.key === toHex(key));
    const credited = (own?.credited ?? 0) - (own?.unpaid ?? 0);
    const isPosted = credited > 0 && !isDecided(parts, serial, number, counter);
    return isPosted ? [{ record, credited }] : [];
  });
  sink.checked++;
  for (const { record, credited } of credits.slice(1)) {
    const [terminal, samCounter] = namedNumber(number);
    sink.state({
      subject: `terminal ${terminal} number ${samCounter}`,
      expected: 'credited once',
      found: `record ${record} was credited ${credited} too`,
      amount: credited,
    });
  }
}

/** Whether people decided to pay the debit. The target is `held:` and what the record says. */
function isDecided(
  { ledger }: AuditParts,
  serial: Uint8Array,
  number: Uint8Array,
  counter: number,
): boolean {
  const [terminal, samCounter] = namedNumber(number);
  return (
    ledger
      .prepare<[Uint8Array, string]>(
        "SELECT 1 FROM decisions WHERE serial = ? AND action = 'payMerchant' AND target LIKE ? LIMIT 1",
      )
      .get(serial, `held:purchase:${counter}:${terminal}:${samCounter}:%`) !== undefined
  );
}

/** The terminal and the number of the key of a SAM number. */
function namedNumber(number: Uint8Array): readonly [string, number] {
  const hex = toHex(number);
  return [hex.slice(0, 12), Number.parseInt(hex.slice(12), 16)];
}

/** Notes the number of a SAM that a second record carries. */
export function samConflicts({ memory }: AuditParts): (key: Uint8Array) => void {
  const others = memory
    .prepare<[Uint8Array, Uint8Array, Uint8Array], number>(
      'SELECT 1 FROM evidence WHERE key >= ? AND key < ? AND key <> ? AND record IS NOT NULL LIMIT 1',
    )
    .pluck();
  const insert = memory.prepare('INSERT OR IGNORE INTO sam_conflicts VALUES (?)');
  const end = new Uint8Array(21).fill(0xff);
  return (key) => {
    end.set(key.subarray(0, 10));
    if (others.get(samNumber(key), end, key) !== undefined) insert.run(samNumber(key));
  };
}
