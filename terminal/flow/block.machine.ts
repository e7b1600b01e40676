// SPDX-License-Identifier: MIT
/**
 * Blocks the purse of the card in the field, with a MAC that the host makes over the card's challenge.
 * Sources: PBOC part 2, 5.2; docs/protocol.md, Secure messaging.
 *
 *   challenging   GET CHALLENGE        9000 → authorising; else failed
 *   authorising   host: MAC            given → blocking; refused → failed; no answer → waiting
 *   blocking      APPLICATION BLOCK    9000 → done; else failed; no answer → waiting: a card that is
 *                                      blocked by then is refused everywhere, so trying again does no harm
 */
import { fromHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { formatSw } from '../../src/iso7816/apdu.ts';
import { SW, statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import { blockApplication, getChallenge } from '../card/commands.ts';
import type { Answered, Lost } from '../card/exchange.ts';
import type { HostFailed } from './effects.ts';
import { defineMachine, type Finish, type Step } from './machine.ts';

/** What became of an action: `waiting` ones are tried again when the card is next here. */
export interface ActionEnd {
  readonly kind: 'done' | 'failed' | 'waiting';
  /** For the operator. */
  readonly detail: string;
}

interface OfSuite {
  readonly suite: SuiteName;
}

export type BlockState =
  | { readonly kind: 'blocking' }
  | { readonly kind: 'done' }
  | (OfSuite & { readonly kind: 'authorising' })
  | (OfSuite & { readonly kind: 'challenging' });

/** The host's MAC, hexadecimal. */
export interface MacGiven {
  readonly kind: 'macGiven';
  readonly mac: string;
}

export type BlockEvent = Answered | HostFailed | Lost | MacGiven;

export type BlockEffect =
  | Finish<ActionEnd>
  | { readonly kind: 'askMac'; readonly challenge: Uint8Array }
  | { readonly kind: 'card'; readonly command: Uint8Array };

type Next = Step<BlockState, BlockEffect>;

function end(kind: ActionEnd['kind'], detail: string): Next {
  return { state: { kind: 'done' }, effect: { kind: 'finish', outcome: { kind, detail } } };
}

const cardLeft = (): Next => end('waiting', 'the card left');

const refused = ({ sw }: Answered): Next =>
  end('failed', `the card said ${formatSw(sw)}: ${statusWordMeaning(sw)}`);

/** The first step of a block. */
export function startBlock(suite: SuiteName): Next {
  return {
    state: { kind: 'challenging', suite },
    effect: { kind: 'card', command: getChallenge(SUITES[suite].cardRandomSize) },
  };
}

function challenged({ suite }: OfSuite, answer: Answered): Next {
  const isChallenge =
    answer.sw === SW.SUCCESS && answer.data.length === SUITES[suite].cardRandomSize;
  if (!isChallenge) return refused(answer);
  return {
    state: { kind: 'authorising', suite },
    effect: { kind: 'askMac', challenge: answer.data },
  };
}

function authorised({ suite }: OfSuite, { mac }: MacGiven): Next {
  const bytes = macBytes(mac, SUITES[suite].macSize);
  if (bytes === undefined) return end('failed', 'the host gave something that is no MAC');
  return {
    state: { kind: 'blocking' },
    effect: { kind: 'card', command: blockApplication(suite, bytes) },
  };
}

function macBytes(text: string, size: number): Uint8Array | undefined {
  try {
    const bytes = fromHex(text, 'mac');
    return bytes.length === size ? bytes : undefined;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/** The machine of a block. Every cell is tried in test/unit/terminal/block-machine.test.ts. */
export const BLOCK_MACHINE = defineMachine<BlockState, BlockEvent, BlockEffect>('block', {
  challenging: { answered: challenged, lost: cardLeft, macGiven: null, hostFailed: null },
  authorising: {
    answered: null,
    lost: null,
    macGiven: authorised,
    hostFailed: (_, { reason, message }) =>
      end(reason === 'hostRefused' ? 'failed' : 'waiting', message),
  },
  blocking: {
    answered: (_, answer) =>
      answer.sw === SW.SUCCESS ? end('done', 'the purse is blocked') : refused(answer),
    lost: cardLeft,
    macGiven: null,
    hostFailed: null,
  },
  done: { answered: null, lost: null, macGiven: null, hostFailed: null },
});
