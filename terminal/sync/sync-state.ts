// SPDX-License-Identifier: MIT
/**
 * What a terminal knows from the host's messages and what it has to tell, in two settings of the journal:
 * each is written whole and durably, so a crash leaves the old or the new one.
 */
import { Fault } from '../../src/errors/fault.ts';
import { isObject, parseJson } from '../../src/clearing/signed.ts';
import type { SequenceRange } from '../../src/clearing/messages.ts';
import type { Parameters } from '../../src/clearing/parameters.ts';
import type {
  ActionList,
  ActionResult,
  TerminalStanding,
} from '../../src/clearing/sync-messages.ts';
import type { Journal } from '../journal/journal.ts';

/** Everything but the actions, which may be many. */
export interface SyncState {
  /** Of the newest message that was sent. */
  readonly number: number;
  readonly standing: TerminalStanding;
  /** What is added to the clock of the machine, milliseconds. */
  readonly clockOffsetMs: number;
  readonly parameters: Parameters | null;
  /** Results that the host has not confirmed. */
  readonly results: readonly ActionResult[];
  /** Sequences that the host wants and that are not here, until it was told. */
  readonly gone: readonly SequenceRange[];
}

const NEW_STATE: SyncState = {
  number: 0,
  standing: 'active',
  clockOffsetMs: 0,
  parameters: null,
  results: [],
  gone: [],
};
const NO_ACTIONS: ActionList = { version: 0, open: [] };

const STATE_SETTING = 'sync';
const ACTIONS_SETTING = 'actions';

/** The state of one journal, kept in memory beside it. */
export class SyncMemory {
  readonly #journal: Journal;
  #state: SyncState;
  #actions: ActionList;

  /** @throws JOURNAL_CORRUPT */
  constructor(journal: Journal) {
    this.#journal = journal;
    // The texts were written below.
    this.#state = (readSetting(journal, STATE_SETTING) as SyncState | undefined) ?? NEW_STATE;
    this.#actions = (readSetting(journal, ACTIONS_SETTING) as ActionList | undefined) ?? NO_ACTIONS;
  }

  get state(): SyncState {
    return this.#state;
  }

  get actions(): ActionList {
    return this.#actions;
  }

  /** Durable when it returns. */
  change(change: Partial<SyncState>): void {
    const state = { ...this.#state, ...change };
    this.#journal.storeSetting(STATE_SETTING, JSON.stringify(state));
    this.#state = state;
  }

  replaceActions(actions: ActionList): void {
    this.#journal.storeSetting(ACTIONS_SETTING, JSON.stringify(actions));
    this.#actions = actions;
  }
}

function readSetting(journal: Journal, name: string): unknown {
  const text = journal.setting(name);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw new Fault('JOURNAL_CORRUPT', `"setting ${name}" expected an object`);
}
