// SPDX-License-Identifier: MIT
/** Every exception that there is now, from every source. */
import { RULES } from '../../src/clearing/rules.table.ts';
import type { Instant } from '../../src/time/instant.ts';
import { ClockBook } from '../clocks/clock-book.ts';
import type { HostStore } from '../store/store.ts';
import type { Exception, ExceptionSource, OpenMatter } from './model.ts';
import { bankExceptions } from './sources/bank.ts';
import { claimExceptions } from './sources/claims.ts';
import { findingExceptions } from './sources/findings.ts';
import { issuingExceptions } from './sources/issuing.ts';
import { loadExceptions } from './sources/loads.ts';
import { quarantineExceptions } from './sources/quarantine.ts';
import { terminalExceptions } from './sources/terminals.ts';
import { travelExceptions } from './sources/travel.ts';

const SOURCES: readonly ExceptionSource[] = [
  findingExceptions,
  quarantineExceptions,
  loadExceptions,
  terminalExceptions,
  issuingExceptions,
  travelExceptions,
  bankExceptions,
  claimExceptions,
];

/** All exceptions by rule number, then subject and id: the same books give the same list. */
export function listExceptions(store: HostStore, now: Instant): readonly Exception[] {
  const compareText = (left: string, right: string): number =>
    left < right ? -1 : Number(left > right);
  const clocks = new ClockBook(store);
  return SOURCES.flatMap((source) => [...source(store, now)])
    .sort(
      (left, right) =>
        RULES[left.rule].number - RULES[right.rule].number ||
        compareText(left.subject, right.subject) ||
        compareText(left.id, right.id),
    )
    .map((matter) => withDeadline(matter, clocks));
}

function withDeadline(matter: OpenMatter, clocks: ClockBook): Exception {
  const { clock } = RULES[matter.rule];
  return { ...matter, deadline: clock === null ? null : clocks.deadline(clock, matter.openedAt) };
}
