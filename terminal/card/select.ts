// SPDX-License-Identifier: MIT
/**
 * Which application of a card the terminal talks to. By default the configured applications are tried
 * by name first, because a SELECT that hits saves two commands on every tap; the directories are read
 * for a card that knows none of them. Sources: EMV book 1, 12.3 (PSE), EMV contactless book B, 3.3 (PPSE).
 */
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { Fault } from '../../src/errors/fault.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { decodeTlv, findTlv, tlvValue, type Tlv } from '../../src/iso7816/tlv.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { readRecord, selectByName } from './commands.ts';
import { exchange, isSuccess, type Answer } from './exchange.ts';

/** An application that the terminal knows. */
export interface CardApplication {
  /** Hexadecimal, upper case; a longer name in a card's directory matches too. */
  readonly aid: string;
  readonly suite: SuiteName;
  /** Balance, log and trips are read; nothing is written. */
  readonly isReadOnly: boolean;
}

export type SelectionOrder = 'directFirst' | 'directoryFirst';

export type Selection =
  | { readonly kind: 'selected'; readonly application: CardApplication }
  | { readonly kind: 'blocked'; readonly sw: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'notFound' };

/** The applications of this project and T-Union. Source: docs/protocol.md, decision 6. */
export const DEFAULT_APPLICATIONS: readonly CardApplication[] = Object.freeze([
  { aid: DF_NAMES.aesPurse, suite: 'aes', isReadOnly: false },
  { aid: DF_NAMES.tdesPurse, suite: 'tdes', isReadOnly: false },
  { aid: DF_NAMES.tUnion, suite: 'tdes', isReadOnly: true },
]);

const TAG = {
  application: 0x61,
  aid: 0x4f,
  discretionary: 0xbf0c,
  fci: 0x6f,
  proprietary: 0xa5,
  record: 0x70,
  shortFileId: 0x88,
} as const;
const SELECT_PSE = selectByName(fromHex(DF_NAMES.pse));
const SELECT_PPSE = selectByName(fromHex(DF_NAMES.ppse));
/** A directory has no more records than this; a card that goes on answering is not a purse. */
const DIRECTORY_RECORDS_MAX = 10;

/** Status words of a SELECT by which a card says that the application is there and blocked. */
const BLOCKED: ReadonlySet<number> = new Set([
  SW.FUNCTION_NOT_SUPPORTED,
  SW.SELECTED_FILE_INVALID,
  SW.APPLICATION_LOCKED,
]);

const NOT_FOUND: Selection = Object.freeze({ kind: 'notFound' });
const GONE: Selection = Object.freeze({ kind: 'lost' });

/** Selects the first of its applications that a card has. */
export class ApplicationSelector {
  readonly #applications: readonly {
    readonly selected: Selection;
    readonly application: CardApplication;
    readonly command: Uint8Array;
  }[];
  readonly #order: SelectionOrder;

  constructor(applications: readonly CardApplication[], order: SelectionOrder) {
    this.#order = order;
    this.#applications = applications.map((application) => ({
      application,
      selected: Object.freeze({ kind: 'selected', application }),
      command: selectByName(fromHex(application.aid)),
    }));
  }

  async select(channel: CardChannel): Promise<Selection> {
    if (this.#order === 'directFirst') {
      const direct = await this.#selectDirect(channel);
      return direct.kind === 'notFound' ? this.#selectListed(channel) : direct;
    }
    const listed = await this.#selectListed(channel);
    return listed.kind === 'notFound' ? this.#selectDirect(channel) : listed;
  }

  async #selectDirect(channel: CardChannel): Promise<Selection> {
    for (const { selected, command } of this.#applications) {
      const selection = selectionOf(await exchange(channel, command), selected);
      if (selection.kind !== 'notFound') return selection;
    }
    return NOT_FOUND;
  }

  async #selectListed(channel: CardChannel): Promise<Selection> {
    const names = await listApplications(channel);
    if (names === undefined) return GONE;
    for (const { application, selected } of this.#applications) {
      const name = names.find((candidate) => candidate.startsWith(application.aid));
      if (name === undefined) continue;
      const answer = await exchange(channel, selectByName(fromHex(name)));
      const selection = selectionOf(answer, selected);
      if (selection.kind !== 'notFound') return selection;
    }
    return NOT_FOUND;
  }
}

function selectionOf(answer: Answer, selected: Selection): Selection {
  if (answer.kind === 'lost') return GONE;
  if (answer.sw === SW.SUCCESS) return selected;
  return BLOCKED.has(answer.sw) ? { kind: 'blocked', sw: answer.sw } : NOT_FOUND;
}

/** The names in a card's PSE and PPSE, hexadecimal; undefined when the card left. */
export async function listApplications(
  channel: CardChannel,
): Promise<readonly string[] | undefined> {
  const pse = await exchange(channel, SELECT_PSE);
  if (pse.kind === 'lost') return undefined;
  const names: string[] = [];
  if (isSuccess(pse)) {
    const shortFileId = tlvValue(objects(pse.data), TAG.fci, TAG.proprietary, TAG.shortFileId)?.[0];
    for (let record = 1; shortFileId !== undefined && record <= DIRECTORY_RECORDS_MAX; record++) {
      const answer = await exchange(channel, readRecord(shortFileId, record, NE_SHORT_MAX));
      if (answer.kind === 'lost') return undefined;
      if (!isSuccess(answer)) break;
      names.push(...namesIn(findTlv(objects(answer.data), TAG.record)));
    }
  }
  const ppse = await exchange(channel, SELECT_PPSE);
  if (ppse.kind === 'lost') return undefined;
  if (isSuccess(ppse)) {
    const path = [TAG.fci, TAG.proprietary, TAG.discretionary] as const;
    names.push(...namesIn(findTlv(objects(ppse.data), ...path)));
  }
  return names;
}

function namesIn(template: Tlv | undefined): string[] {
  if (template === undefined || !('children' in template)) return [];
  const names: string[] = [];
  for (const entry of template.children) {
    const name = entry.tag === TAG.application ? tlvValue([entry], TAG.application, TAG.aid) : null;
    if (name instanceof Uint8Array) names.push(toHex(name));
  }
  return names;
}

/** A directory that cannot be read lists nothing: the card is then tried by name. */
function objects(data: Uint8Array): readonly Tlv[] {
  try {
    return decodeTlv(data);
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
