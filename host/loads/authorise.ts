// SPDX-License-Identifier: MIT
/**
 * Online authorisation of a load: the card's MAC1 proves which card asks, its balance and its online
 * counter; the host's MAC2 lets it credit itself. The money stands in 2015, in flight, until the card
 * proves the load. Source: PBOC part 2, 5.5.2.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import type { LoadAuthorisation, LoadRequest } from '../../src/clearing/messages.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { amount, AMOUNT_MAX, ZERO } from '../../src/money/amount.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';
import { formatSerialNumber, serialNumberBytes } from '../../src/purse/serial-number.ts';
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';
import type { MacKey, PurseSuite } from '../../src/purse/suite.ts';
import { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';
import { civilTime } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { IssuerKeys } from '../keys/key-store.ts';
import { standingOf } from '../messages/terminals.ts';
import type { CardRow, HostStore, NewLoad } from '../store/store.ts';

export interface LoadParts {
  readonly store: HostStore;
  readonly keys: IssuerKeys;
  readonly now: Instant;
  readonly utcOffsetMinutes: number;
}

function refuse(problem: string): never {
  throw new Fault('LOAD_REFUSED', problem);
}

/** A request whose fields are in range and whose card and terminal are known. */
function checkRequest(
  request: LoadRequest,
  store: HostStore,
): { card: CardRow; suite: PurseSuite } {
  const suite = suiteByAlgorithm(request.algorithmId);
  if (suite === undefined) refuse(`"algorithmId" expected 0 or 136, got ${request.algorithmId}`);
  if (request.transactionType !== TRANSACTION_TYPES.purseLoad.code) {
    refuse(
      `"transactionType" expected ${TRANSACTION_TYPES.purseLoad.code}, got ${request.transactionType}`,
    );
  }
  if (request.amount === 0) refuse('"amount" expected more than 0, got 0');
  if (request.amount + request.balanceBefore > AMOUNT_MAX)
    refuse('"amount" is more than the card can hold');
  const card = store.card(serialNumberBytes(request.serial));
  if (card === undefined) refuse(`"serial" expected an issued card, got ${request.serial}`);
  if (store.listing(formatSerialNumber(card.serial)) !== undefined)
    refuse(`"serial" expected a card in good standing, ${request.serial} is hotlisted`);
  if (card.suite !== suite.name || card.keyVersion !== request.keyVersion) {
    refuse(
      `"keyVersion" expected ${card.keyVersion} of suite ${card.suite}, got ${request.keyVersion}`,
    );
  }
  if (store.terminal(request.terminalId) === undefined) {
    refuse(`"terminalId" expected an enrolled terminal, got ${request.terminalId}`);
  }
  const standing = standingOf(store, request.terminalId);
  if (standing !== 'active') {
    refuse(`"terminalId" expected a terminal in use, ${request.terminalId} is ${standing}`);
  }
  return { card, suite };
}

/** The request as text that does not depend on the order in which its fields came. */
function requestText(request: LoadRequest): string {
  return JSON.stringify(Object.fromEntries(Object.entries(request).sort()));
}

function sessionKey(request: LoadRequest, suite: PurseSuite, keys: IssuerKeys): MacKey {
  const { load: master } = keys.masters(request.keyVersion, suite.name);
  const cardKey = suite.issuerMasterKey(master, 'load').cardKey(serialNumberBytes(request.serial));
  return suite.sessionMasterKey(cardKey).sessionKey({
    session: 'load',
    cardRandom: fromHex(request.cardRandom, 'cardRandom'),
    counter: request.onlineCounter,
    terminalCounter: 0,
  });
}

/**
 * Authorises a load and returns it as an order to be booked, with the answer for the terminal. The same
 * request again gets the same answer and no second order.
 * @throws LOAD_REFUSED; then no money moves.
 */
export function authoriseLoad(
  request: LoadRequest,
  parts: LoadParts,
): { readonly answer: LoadAuthorisation; readonly card: CardRow; readonly order: NewLoad | null } {
  const { card, suite } = checkRequest(request, parts.store);
  const text = requestText(request);
  const id = toHex(sha256(new TextEncoder().encode(text))).slice(0, 32);
  // An order for a counter that the card has left behind matters only to whoever asks for it again.
  const orders = parts.store.loads(card.serial, Math.min(request.onlineCounter, card.nextOnline));
  const known = orders.find((order) => order.id === id);
  if (known !== undefined) {
    const given = parts.store.loadAnswer(card.serial, known);
    invariant(given !== undefined, `load ${id} expected its answer beside it`);
    // It was written below.
    return { answer: JSON.parse(given) as LoadAuthorisation, card, order: null };
  }

  const key = sessionKey(request, suite, parts.keys);
  const common = {
    amount: amount(request.amount),
    transactionType: request.transactionType,
    terminalId: fromHex(request.terminalId, 'terminalId'),
  };
  const mac1 = key.mac(
    MAC_INPUTS.loadMac1[suite.name].encode({
      ...common,
      balanceBefore: amount(request.balanceBefore),
    }),
  );
  if (!equalBytes(mac1, fromHex(request.mac1, 'mac1')))
    refuse('"mac1" expected the MAC of the card');
  const lastCounter = Math.max(0, ...orders.map((order) => order.counter));
  if (request.onlineCounter < lastCounter || request.onlineCounter < card.nextOnline) {
    refuse(
      `"onlineCounter" expected at least ${Math.max(lastCounter, card.nextOnline)}, got ${request.onlineCounter}`,
    );
  }
  const { date, time } = civilTime(parts.now, parts.utcOffsetMinutes);
  const mac2 = key.mac(
    MAC_INPUTS.loadMac2[suite.name].encode({ ...common, date: fromHex(date), time: fromHex(time) }),
  );
  const answer: LoadAuthorisation = { loadId: id, date, time, mac2: toHex(mac2) };
  const order: NewLoad = {
    id,
    serial: card.serial,
    number: parts.store.loadCount(card.serial) + 1,
    counter: request.onlineCounter,
    amount: common.amount,
    before: amount(request.balanceBefore),
    at: date + time,
    agent: request.terminalId,
    state: 'inFlight',
    request: text,
    answer: JSON.stringify(answer),
  };
  return { answer, card, order: order.amount > ZERO ? order : null };
}
