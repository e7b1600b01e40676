// SPDX-License-Identifier: MIT
/**
 * An exception: something that a person may have to explain or decide. Exceptions are derived from the
 * books by sources (one file each in `sources/`), so they appear and vanish with what they are about; what
 * people did about them is kept by their id (store/desk-store.ts).
 */
import { RULES, type LiableParty, type RuleName } from '../../src/clearing/rules.table.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { HostStore } from '../store/store.ts';
import { exceptionId } from './exception-id.ts';

export interface Exception {
  /** Stable name: the same matter has the same id in every report. See `exceptionId`. */
  readonly id: string;
  readonly rule: RuleName;
  /** What it is about: `card 0001 counter 7`, `terminal 10…`, `payout P12`. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** Minor units. */
  readonly moneyAtRisk: Amount;
  /** By the rule. */
  readonly liable: LiableParty;
  /** Null where it is not known. */
  readonly merchant: string | null;
  readonly terminal: string | null;
  readonly openedAt: Instant;
  /** When the clock of the rule ends; null where none runs. */
  readonly deadline: Instant | null;
  /** `record HEX` as it was signed, `batch DIGEST`, `line ID` of a bank statement. */
  readonly evidence: readonly string[];
  /** What a decision that moves money would be about; null where there is none to take. */
  readonly target: ExceptionTarget | null;
}

/** `card`: a target of chain/decisions.table.ts. `held`: a purchase outside its chain, by its digest. */
export type ExceptionTarget =
  | { readonly kind: 'card'; readonly serial: string; readonly key: string }
  | { readonly kind: 'held'; readonly digest: string };

/** An exception whose clock nobody has looked at yet. */
export type OpenMatter = Omit<Exception, 'deadline'>;

/** Yields what one kind of evidence gives rise to. */
export type ExceptionSource = (store: HostStore, now: Instant) => Iterable<OpenMatter>;

/** The merchant that a terminal belongs to; null where either is not known. */
export function merchantOf(store: HostStore, terminal: string | null): string | null {
  return terminal === null ? null : (store.terminal(terminal)?.merchant ?? null);
}

type Matter = Pick<
  Exception,
  'expected' | 'found' | 'moneyAtRisk' | 'openedAt' | 'rule' | 'subject'
> &
  Partial<Pick<Exception, 'evidence' | 'merchant' | 'target' | 'terminal'>>;

/** A matter with all that follows from its rule; `key` tells it from others of one rule and subject. */
export function exceptionOf(matter: Matter, key = ''): OpenMatter {
  const { liable } = RULES[matter.rule];
  return {
    evidence: [],
    merchant: null,
    target: null,
    terminal: null,
    ...matter,
    id: exceptionId(matter.rule, matter.subject, key),
    liable,
  };
}
