// SPDX-License-Identifier: MIT
/** The tables of the host, by what they are for. Read with docs/ledger.md. */
import { ACCESS_TABLES } from './tables/access.ts';
import { CLOCK_TABLES } from './tables/clocks.ts';
import { BANK_TABLES } from './tables/bank.ts';
import { DESK_TABLES } from './tables/desk.ts';
import { EVIDENCE_TABLES } from './tables/evidence.ts';
import { ISSUING_TABLES } from './tables/issuing.ts';
import { LEDGER_TABLES } from './tables/ledger.ts';
import { MESSAGE_TABLES } from './tables/messages.ts';
import { SETTLEMENT_TABLES } from './tables/settlement.ts';

export const SCHEMA_VERSION = 5;

export const SCHEMA = [
  EVIDENCE_TABLES,
  LEDGER_TABLES,
  SETTLEMENT_TABLES,
  BANK_TABLES,
  MESSAGE_TABLES,
  DESK_TABLES,
  ISSUING_TABLES,
  ACCESS_TABLES,
  CLOCK_TABLES,
].join('\n');
