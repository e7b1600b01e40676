// SPDX-License-Identifier: MIT
/**
 * Who does something at the host. Every decision, payout and change of master data names its actor, and
 * whoever approves is never who proposed. Roles: `roles.table.ts`.
 */
import { Fault } from '../../src/errors/fault.ts';
import type { RoleName } from './roles.table.ts';

export interface Actor {
  /** Unique name, as in the audit log. */
  readonly name: string;
  readonly role: RoleName;
  /** The merchant whose data alone a `merchant` sees; null for every other role. */
  readonly merchant: string | null;
}

/**
 * Whoever has the data folder and named no user. Operates everything; what it proposed, only a user with
 * the role of an approver can approve.
 */
export const CONSOLE: Actor = { name: 'console', role: 'operator', merchant: null };

/** Whether an actor has one of these roles. */
export function hasRole(actor: Actor, roles: readonly RoleName[]): boolean {
  return roles.includes(actor.role);
}

/** Whether what belongs to this merchant is an actor's to see; null is nobody's. */
export function seesMerchant(actor: Actor, merchant: string | null): boolean {
  return actor.role !== 'merchant' || merchant === actor.merchant;
}

/**
 * The one merchant whose data an actor may see when it asks for those of `asked`.
 * @throws NOT_ALLOWED when a merchant asks for another one.
 */
export function visibleMerchant(actor: Actor, asked: string): string {
  if (actor.merchant === null || actor.merchant === asked) return asked;
  throw new Fault('NOT_ALLOWED', `"merchant" expected ${actor.merchant}, got another`);
}
