// SPDX-License-Identifier: MIT
/** What the host shows of frauds: its findings, what it keeps out, and what merchants claim. */
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD } from '../../../src/clearing/record.ts';
import type { RuleName } from '../../../src/clearing/rules.table.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { claimExceptions } from '../../../host/exceptions/sources/claims.ts';
import { scanTravel, travelExceptions } from '../../../host/exceptions/sources/travel.ts';
import type { HostStore } from '../../../host/store/store.ts';
import { recordSubject } from '../adversaries/dishonest-merchant.ts';
import type { FraudName } from '../adversaries/frauds.table.ts';
import type { City } from '../world/city.ts';
import { ACCUSING_RULES } from './accusing-rules.table.ts';

type Kinds = readonly [FraudName, ...FraudName[]];

const COPIES: Kinds = ['clone', 'rollback', 'leakedCardKey'];
const FALSE_VALUE: Kinds = ['leakedCardKey', 'clone', 'rollback'];
/** Frauds of which a finding about a card may be the sign; a false alarm is one of the first. */
const KINDS_OF_FINDING: Partial<Readonly<Record<RuleName, Kinds>>> = {
  cloneFork: COPIES,
  interleavedChains: COPIES,
  rollback: ['rollback', 'clone', 'leakedCardKey'],
  lateMisfit: COPIES,
  balanceBreakAbove: FALSE_VALUE,
  loadUnfunded: FALSE_VALUE,
  overspendLimit: FALSE_VALUE,
};

/** Looks for signs and tells the case book. */
export function seeSigns(city: City, store: HostStore): void {
  const { cases } = city.parts;
  for (const { rule, serial } of store.allFindings()) {
    const kinds = KINDS_OF_FINDING[rule];
    const name = formatSerialNumber(serial);
    if (kinds === undefined) continue;
    // What a thief has begun and not done is no case yet, and no false alarm either.
    const isBegun = city.fraudOn(name) !== undefined && !cases.has(kinds, name);
    if (!isBegun) cases.see(kinds, name, city.now);
  }
  for (const { rule, bytes } of store.quarantine()) {
    const record = RECORD.decode(bytes);
    if (rule === 'tacInvalid' || rule === 'terminalKeysSuspect') {
      cases.see(['forgedTac', 'alteredAmount'], recordSubject(record), city.now);
    } else if (rule === 'cardNotIssued') {
      const serial = formatSerialNumber(record.applicationSerialNumber);
      cases.see(['leakedMasterKey'], serial, city.now);
    } else if (rule === 'terminalInactive') {
      cases.see(['stolenTerminal'], toHex(record.terminalId), city.now);
    }
  }
  for (const { terminal } of claimExceptions(store)) {
    if (terminal !== null) cases.see(['inflatedClaim'], terminal, city.now);
  }
}

/** Serials that the host accuses, with the rules. */
export function accused(city: City, store: HostStore): ReadonlyMap<string, readonly RuleName[]> {
  const rules = new Map<string, RuleName[]>();
  const note = (serial: string, rule: RuleName): void => {
    if (!ACCUSING_RULES.has(rule)) return;
    rules.set(serial, [...(rules.get(serial) ?? []), rule]);
  };
  for (const { rule, serial } of store.allFindings()) note(formatSerialNumber(serial), rule);
  while (scanTravel(store, city.now));
  for (const { rule, subject } of travelExceptions(store, city.now)) {
    note(/^card (\d+) /.exec(subject)?.[1] ?? '', rule);
  }
  return rules;
}
