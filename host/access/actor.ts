// SPDX-License-Identifier: MIT
/**
 * Who does something at the host. Every decision, payout and change of master data names its actor, and
 * whoever approves is never who proposed. Roles: `roles.table.ts`.
 */
import type { RoleName } from './roles.table.ts';

export interface Actor {
  /** Unique name, as in the audit log. */
  readonly name: string;
  readonly role: RoleName;
  /** The merchant whose data alone a `merchant` sees; null for every other role. */
  readonly merchant: string | null;
}
