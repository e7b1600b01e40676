// SPDX-License-Identifier: MIT
/** The register of merchants: how each is paid, and whether it is. */
import { Fault } from '../../src/errors/fault.ts';
import { ZERO } from '../../src/money/amount.ts';
import { WHOLE_BASIS_POINTS } from '../../src/money/share.ts';
import type { Actor } from '../access/actor.ts';
import type { HostStore } from '../store/store.ts';
import { MERCHANT_NAME } from './merchant-name.ts';
import type { BankAccount, Merchant } from './model.ts';
import { logEvent, type SettlementParts } from './parts.ts';

/** Longest reserve, ten years. */
const RESERVE_DAYS_MAX = 3660;
const TEXT_MAX = 140;

/** A merchant of whom nothing is known but its name. */
function newMerchant(id: string): Merchant {
  return {
    id,
    displayName: id,
    kind: '',
    status: 'active',
    account: null,
    holdReason: null,
    reserveBasisPoints: 0,
    reserveDays: 0,
    minimumPayout: ZERO,
  };
}

/** Registers a merchant that is not known yet; inside the transaction that brings it. */
export function ensureMerchant(store: HostStore, id: string): Merchant {
  const known = store.merchant(id);
  if (known !== undefined) return known;
  const merchant = newMerchant(id);
  store.putMerchant(merchant);
  return merchant;
}

/** Registers somebody who is paid and has no terminal: an acquirer, a bank, an agent. @throws USAGE */
export function addMerchant(parts: SettlementParts, id: string, actor: Actor): Merchant {
  const { store } = parts;
  check(MERCHANT_NAME.test(id), 'merchant', '1 to 32 letters, digits, . _ -', `"${id}"`);
  return store.transaction(() => {
    check(
      store.merchant(id) === undefined,
      'merchant',
      'a new name',
      `"${id}", which is registered`,
    );
    const merchant = ensureMerchant(store, id);
    logEvent(parts, actor, { action: 'added', subject: `merchant:${id}`, detail: '' });
    return merchant;
  });
}

/** @throws MERCHANT_NOT_FOUND */
export function merchantOf(store: HostStore, id: string): Merchant {
  const merchant = store.merchant(id);
  if (merchant !== undefined) return merchant;
  throw new Fault('MERCHANT_NOT_FOUND', `"merchant" expected a registered one, got "${id}"`);
}

const check = (isGood: boolean, name: string, expected: string, got: number | string): void => {
  if (!isGood) throw new Fault('USAGE', `"${name}" expected ${expected}, got ${got}`);
};

const isText = (text: string, least: number): boolean =>
  text.length >= least && text.length <= TEXT_MAX && !/\p{Cc}/u.test(text);

function checkAccount({ number, holder, bic }: BankAccount): void {
  // IBAN, or the bank's own number (ISO 20022 Max34Text).
  check(/^[A-Za-z0-9]{1,34}$/.test(number), 'account', '1 to 34 letters and digits', `"${number}"`);
  check(isText(holder, 1), 'holder', `1 to ${TEXT_MAX} characters`, `"${holder}"`);
  // ISO 9362.
  const isBic = bic === '' || /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic);
  check(isBic, 'bic', '8 or 11 letters and digits', `"${bic}"`);
}

/** What may be changed of a merchant; a hold has verbs of its own. */
export type MerchantChange = Partial<Omit<Merchant, 'holdReason' | 'id'>>;

function checkMerchant(merchant: Merchant): void {
  const { displayName, kind, reserveBasisPoints, reserveDays } = merchant;
  check(isText(displayName, 1), 'name', `1 to ${TEXT_MAX} characters`, `"${displayName}"`);
  check(isText(kind, 0), 'kind', `at most ${TEXT_MAX} characters`, `"${kind}"`);
  const isShare =
    Number.isInteger(reserveBasisPoints) &&
    reserveBasisPoints >= 0 &&
    reserveBasisPoints <= WHOLE_BASIS_POINTS;
  check(isShare, 'reserve', `0 to ${WHOLE_BASIS_POINTS} basis points`, reserveBasisPoints);
  const isDays =
    Number.isInteger(reserveDays) && reserveDays >= 0 && reserveDays <= RESERVE_DAYS_MAX;
  check(isDays, 'reserveDays', `0 to ${RESERVE_DAYS_MAX} days`, reserveDays);
  check(
    reserveBasisPoints === 0 || reserveDays > 0,
    'reserveDays',
    'one or more with a reserve',
    reserveDays,
  );
  if (merchant.account !== null) checkAccount(merchant.account);
}

function change(
  parts: SettlementParts,
  id: string,
  changed: Partial<Merchant>,
  actor: Actor,
): Merchant {
  const { store } = parts;
  return store.transaction(() => {
    const merchant = { ...merchantOf(store, id), ...changed };
    checkMerchant(merchant);
    store.putMerchant(merchant);
    const detail = JSON.stringify(changed);
    logEvent(parts, actor, { action: 'set', subject: `merchant:${id}`, detail });
    return merchant;
  });
}

/** Changes what is given of a merchant. @throws MERCHANT_NOT_FOUND, USAGE */
export function setMerchant(
  parts: SettlementParts,
  id: string,
  changed: MerchantChange,
  actor: Actor,
): Merchant {
  return change(parts, id, changed, actor);
}

/** Pays nothing out until released; what is due is carried over. @throws MERCHANT_NOT_FOUND, USAGE */
export function holdPayouts(
  parts: SettlementParts,
  id: string,
  reason: string,
  actor: Actor,
): Merchant {
  check(isText(reason, 1), 'reason', `1 to ${TEXT_MAX} characters`, `"${reason}"`);
  return change(parts, id, { holdReason: reason }, actor);
}

/** Pays out again, with the next close. @throws MERCHANT_NOT_FOUND */
export function releasePayouts(parts: SettlementParts, id: string, actor: Actor): Merchant {
  return change(parts, id, { holdReason: null }, actor);
}
