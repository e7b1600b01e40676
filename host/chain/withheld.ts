// SPDX-License-Identifier: MIT
/**
 * Debits that did happen on the card, and stay in its chain, but for which the merchant is not simply paid:
 * somebody other than the issuer answers for them (rules 6, 20 and 21). Their value waits in 2075.
 */
import { plusCivilDays } from '../../src/time/civil.ts';
import { CLOCKS } from '../clocks/clocks.table.ts';
import { WITHHELD_RULES } from './decisions.ts';
import { claimName } from './forks.ts';
import type { CardEvidence, ChainRecord, Finding, Listing, SharedNumber } from './model.ts';

/** What the rules on shared numbers, listed and expired cards say of a card's purchases. */
export interface Withholding {
  /** Purchases whose merchants are not paid. */
  readonly withheld: ReadonlySet<ChainRecord>;
  readonly findings: readonly Finding[];
}

/** Looks at every purchase of a card. */
export function withhold(
  records: readonly ChainRecord[],
  evidence: Pick<CardEvidence, 'listings' | 'sharedNumbers' | 'validUntil'>,
): Withholding {
  const withheld = new Set<ChainRecord>();
  const findings: Finding[] = [];
  for (const record of records) {
    if (record.kind !== 'purchase') continue;
    const found =
      ofNumber(record, evidence.sharedNumbers) ??
      ofListing(record, evidence.listings) ??
      ofValidity(record, evidence.validUntil);
    if (found === undefined) continue;
    findings.push(found);
    if (WITHHELD_RULES.has(found.rule)) withheld.add(record);
  }
  return { withheld, findings };
}

function ofNumber(record: ChainRecord, shared: readonly SharedNumber[]): Finding | undefined {
  const { terminalId, terminalCounter } = record;
  const others = shared
    .filter(
      (number) => number.terminalId === terminalId && number.terminalCounter === terminalCounter,
    )
    .map(({ otherCard }) => otherCard);
  if (others.length === 0) return undefined;
  return {
    ...finding(
      record,
      'terminalCounterShared',
      `SAM number ${terminalCounter} of terminal ${terminalId} on one debit`,
    ),
    found: `${record.amount} on ${record.at}, and a debit of card ${others.sort().join(', ')}`,
  };
}

function ofListing(record: ChainRecord, listings: readonly Listing[]): Finding | undefined {
  for (const { fromVersion, toVersion, at, tooOldAt, removedAt } of listings) {
    const hasVersion = record.hotlistVersion >= fromVersion;
    if (hasVersion && (toVersion === null || record.hotlistVersion < toVersion)) {
      return finding(
        record,
        'hotlistedAtTerminal',
        `refusal: hotlist version ${fromVersion} lists the card`,
      );
    }
    const isWhileListed = record.at > at && (removedAt === null || record.at <= removedAt);
    if (hasVersion || !isWhileListed) continue;
    return record.at > tooOldAt
      ? finding(
          record,
          'hotlistedAtTerminal',
          `a list that is newer than version ${fromVersion}, issued on ${at}`,
        )
      : finding(record, 'hotlistedCard', `the card is listed since ${at}, version ${fromVersion}`);
  }
  return undefined;
}

function ofValidity(record: ChainRecord, validUntil: string | null): Finding | undefined {
  const day = record.at.slice(0, 8);
  if (validUntil === null || day <= validUntil) return undefined;
  const isInGrace = day <= plusCivilDays(validUntil, CLOCKS.expiryGrace.value);
  return finding(
    record,
    isInGrace ? 'cardExpiredInGrace' : 'cardExpired',
    `a card valid until ${validUntil}`,
  );
}

function finding(record: ChainRecord, rule: Finding['rule'], expected: string): Finding {
  return {
    key: `${rule}:${claimName(record)}`,
    rule,
    counter: record.counter,
    expected,
    found: `accepted on ${record.at} at ${record.terminalId} holding hotlist version ${record.hotlistVersion}`,
    atRisk: record.amount,
    recordId: record.id,
  };
}
