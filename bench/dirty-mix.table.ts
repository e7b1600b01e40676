// SPDX-License-Identifier: MIT
/** What is wrong with the records of the dirty mix, and by which rules the host must say so. */
import type { RuleName } from '../src/clearing/rules.table.ts';

interface DirtyRow {
  /** Of 10,000 records. */
  readonly share: number;
  readonly rules: readonly RuleName[];
  readonly meaning: string;
}

export const DIRTY_MIX = {
  duplicate: {
    share: 200,
    rules: ['duplicateRecord', 'duplicateEnvelope'],
    meaning: 'a record once more in the next batch of its terminal, as after a lost answer',
  },
  late: {
    share: 100,
    rules: ['lateRecord'],
    meaning: 'a record that comes a batch after the next one of its card',
  },
  gap: {
    share: 50,
    rules: ['counterGap'],
    meaning: 'a record that never comes, before one of its card that does',
  },
  badTac: {
    share: 10,
    rules: ['tacInvalid'],
    meaning: 'a record that its terminal made up: the TAC is not that of the card',
  },
  fork: {
    share: 1,
    rules: ['cloneFork', 'interleavedChains', 'rollback'],
    meaning: 'two debits with valid TACs at one counter of one card, which is then used no more',
  },
} as const satisfies Record<string, DirtyRow>;

export type DirtyClass = keyof typeof DIRTY_MIX;
