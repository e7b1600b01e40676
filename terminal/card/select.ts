// SPDX-License-Identifier: MIT
/**
 * Which application of a card the terminal talks to. By default the configured applications are tried
 * by name first, because a SELECT that hits saves two commands on every tap; the directories are read
 * for a card that knows none of them. Sources: EMV book 1, 12.3 (PSE), EMV contactless book B, 3.3 (PPSE).
 */
import { fromHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { readDirectories } from '../identify/directory.ts';
import { Probe } from '../identify/probe.ts';
import { selectByName } from './commands.ts';
import { exchangeSelect, type Answer } from './exchange.ts';

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
      const selection = selectionOf(await exchangeSelect(channel, command), selected);
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
      const answer = await exchangeSelect(channel, selectByName(fromHex(name)));
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
  try {
    return (await readDirectories(new Probe(channel))).map(({ aid }) => aid);
  } catch (error) {
    if (error instanceof Fault && error.code === 'CARD_GONE') return undefined;
    throw error;
  }
}
