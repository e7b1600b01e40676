// SPDX-License-Identifier: MIT
/**
 * One exchange between a terminal and the host, outside batches and loads. The request says what the
 * terminal holds, which acknowledges it, and what it did; the answer has whatever is newer. Both are
 * signed, and the answer names the request: an old answer cannot be played to a terminal again. Each
 * request has a higher number than any before it, so nobody can play an old request to the host either.
 */
import type { ActionKind } from './actions.table.ts';
import { ACTIONS } from './actions.table.ts';
import { isSequenceRange } from './ack.ts';
import { isHotlistUpdate, type HotlistUpdate } from './hotlist.ts';
import { LIMITS } from './limits.table.ts';
import type { ActionMacRequest, SequenceRange } from './messages.ts';
import { isParameterLimits, type Parameters } from './parameters.ts';
import { isObject, isUint, type SignedKind } from './signed.ts';

/** What a terminal did about an action, or why it could not. */
export interface ActionResult {
  readonly actionId: string;
  readonly outcome: 'done' | 'failed';
  /** One line for the operator. */
  readonly detail: string;
  /** The terminal's clock, milliseconds since 1970 UTC. */
  readonly atMs: number;
}

/** An operation to be done when the card is seen. */
export interface CardAction {
  readonly id: string;
  readonly kind: ActionKind;
  /** 20 digits. */
  readonly serial: string;
  /** Minor units; 0 where the kind has none. */
  readonly amount: number;
  /** For the cardholder; empty where the kind has none. */
  readonly text: string;
}

/** Every open action, whole. */
export interface ActionList {
  readonly version: number;
  readonly open: readonly CardAction[];
}

/** What a terminal says: what it holds, and what it has to tell. */
export interface SyncRequest {
  readonly terminalId: string;
  /** 20 hexadecimal digits. */
  readonly samSerial: string;
  /** Higher than in any request of this terminal before. */
  readonly number: number;
  /** The terminal's clock, milliseconds since 1970 UTC. */
  readonly sentAtMs: number;
  /** HotlistAck: the list that is in force at the terminal. */
  readonly hotlist: { readonly version: number; readonly digest: string };
  /** Version of the parameters in force; 0 for those of its own configuration. */
  readonly parameters: number;
  readonly actions: number;
  /** The last terminal sequence that was given; 0 before the first. */
  readonly lastSequence: number;
  readonly unsentRecords: number;
  readonly results: readonly ActionResult[];
  /** Sequences that the host asked for and the terminal does not have any more. */
  readonly gone: readonly SequenceRange[];
}

/** Whether a terminal is in use: `lost` and `retired` ones refuse every card. */
export type TerminalStanding = 'active' | 'lost' | 'retired';

const STANDINGS: readonly unknown[] = ['active', 'lost', 'retired'] satisfies TerminalStanding[];

/** What the host says: everything that is newer than what the terminal holds. */
export interface SyncAnswer {
  readonly terminalId: string;
  /** The number of the request. */
  readonly number: number;
  /** TimeSync: the host's clock, milliseconds since 1970 UTC. */
  readonly hostTimeMs: number;
  readonly standing: TerminalStanding;
  readonly hotlist: HotlistUpdate;
  /** ParamUpdate; null where the terminal has them. */
  readonly parameters: Parameters | null;
  /** ActionList; null where the terminal has it. */
  readonly actions: ActionList | null;
  /** ResendRequest: sequences that the host wants again. */
  readonly resend: readonly SequenceRange[];
  /** Actions whose result the host has: the terminal may forget it. */
  readonly taken: readonly string[];
}

/** A request of a terminal. */
export const SYNC_REQUEST: SignedKind = {
  domain: 'openpurse sync 1',
  name: 'sync request',
  signer: 'the terminal',
  fault: 'MESSAGE_REFUSED',
};
/** The host's answer to it. */
export const SYNC_ANSWER: SignedKind = {
  domain: 'openpurse sync answer 1',
  name: 'sync answer',
  signer: 'the host',
  fault: 'HOST_REFUSED',
};
/** A terminal asks for the MAC of an action's command. */
export const ACTION_MAC_REQUEST: SignedKind = {
  domain: 'openpurse action mac 1',
  name: 'action MAC request',
  signer: 'the terminal',
  fault: 'MESSAGE_REFUSED',
};

/** A difference of clocks above this is not adjusted by the terminal: somebody must look. Milliseconds. */
export const CLOCK_ADJUST_MAX_MS = 10 * 60_000;
/** A difference below this is the delay of the line. Milliseconds. */
export const CLOCK_NOISE_MS = 1_000;

const DETAIL_MAX = 200;
const UINT32_MAX = 0xffffffff;

const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max;
const isHex = (value: unknown, bytes: number): boolean =>
  isText(value, 2 * bytes) && value.length === 2 * bytes && /^[0-9A-F]*$/.test(value);
const isListOf = (value: unknown, max: number, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= max && value.every(isItem);
/** The name of an action: 32 hexadecimal digits. */
const isActionId = (value: unknown): value is string => isHex(value, 16);

function isResult(value: unknown): boolean {
  return (
    isObject(value) &&
    isActionId(value['actionId']) &&
    (value['outcome'] === 'done' || value['outcome'] === 'failed') &&
    isText(value['detail'], DETAIL_MAX) &&
    isUint(value['atMs'])
  );
}

/** A detail as it goes into a result. */
export function resultDetail(text: string): string {
  return text.slice(0, DETAIL_MAX);
}

/** Whether a value has the form of a request. */
export function isSyncRequest(value: unknown): value is SyncRequest {
  if (!isObject(value)) return false;
  const { hotlist } = value;
  const counts = ['parameters', 'actions', 'lastSequence', 'unsentRecords'];
  return (
    isHex(value['terminalId'], 6) &&
    isHex(value['samSerial'], 10) &&
    isUint(value['number']) &&
    isUint(value['sentAtMs']) &&
    isObject(hotlist) &&
    isUint(hotlist['version'], UINT32_MAX) &&
    isText(hotlist['digest'], 64) &&
    counts.every((name) => isUint(value[name], UINT32_MAX)) &&
    isListOf(value['results'], LIMITS.syncItems.max, isResult) &&
    isListOf(value['gone'], LIMITS.syncItems.max, isSequenceRange)
  );
}

function isAction(value: unknown): boolean {
  return (
    isObject(value) &&
    isActionId(value['id']) &&
    typeof value['kind'] === 'string' &&
    Object.hasOwn(ACTIONS, value['kind']) &&
    isHex(value['serial'], 10) &&
    isUint(value['amount'], UINT32_MAX) &&
    isText(value['text'], DETAIL_MAX)
  );
}

function isActionList(value: unknown): boolean {
  return (
    value === null ||
    (isObject(value) &&
      isUint(value['version'], UINT32_MAX) &&
      isListOf(value['open'], LIMITS.openActions.max, isAction))
  );
}

function isParameters(value: unknown): boolean {
  return (
    value === null ||
    (isObject(value) && isUint(value['version'], UINT32_MAX) && isParameterLimits(value['limits']))
  );
}

/** Whether a value has the form of an answer. */
export function isSyncAnswer(value: unknown): value is SyncAnswer {
  return (
    isObject(value) &&
    isHex(value['terminalId'], 6) &&
    isUint(value['number']) &&
    isUint(value['hostTimeMs']) &&
    STANDINGS.includes(value['standing']) &&
    isHotlistUpdate(value['hotlist']) &&
    isParameters(value['parameters']) &&
    isActionList(value['actions']) &&
    isListOf(value['resend'], LIMITS.syncItems.max, isSequenceRange) &&
    isListOf(value['taken'], LIMITS.syncItems.max, isActionId)
  );
}

/** Whether a value has the form of a request for the MAC of an action. */
export function isActionMacRequest(value: unknown): value is ActionMacRequest {
  return (
    isObject(value) &&
    isHex(value['terminalId'], 6) &&
    isUint(value['number']) &&
    isActionId(value['actionId']) &&
    isText(value['challenge'], 32) &&
    /^([0-9A-F]{2}){4,16}$/.test(value['challenge'])
  );
}
