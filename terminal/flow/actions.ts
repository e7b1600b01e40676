// SPDX-License-Identifier: MIT
/**
 * Carries out what the host wants done with the card in the field: messages, then refunds, then a block,
 * because a blocked purse can be loaded no more. A listed card is not charged here, so it is not refused.
 */
import type { ActionKind } from '../../src/clearing/actions.table.ts';
import type { HostLink } from '../../src/clearing/messages.ts';
import { resultDetail, type CardAction } from '../../src/clearing/sync-messages.ts';
import type { Secret } from '../../src/crypto/secret.ts';
import { Fault } from '../../src/errors/fault.ts';
import { amount } from '../../src/money/amount.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { exchange } from '../card/exchange.ts';
import type { Synchroniser } from '../sync/synchronise.ts';
import { BLOCK_MACHINE, startBlock, type ActionEnd, type BlockEvent } from './block.machine.ts';
import type { FlowContext } from './context.ts';
import { DECLINE_REASONS } from './decline-reasons.table.ts';
import { runLoad } from './load.ts';
import { drive } from './machine.ts';
import type { TapOutcome } from './outcome.ts';
import { identify, recoverTap } from './present.ts';

export interface ActionsOfTap {
  readonly hostLink: HostLink;
  /** For the load of a refund; undefined for a card that asks for none. */
  readonly pin: Secret | undefined;
  /** What is carried out; every kind when left out. */
  readonly kinds?: readonly ActionKind[];
}

/** An action and what became of it. */
export interface ActionOutcome extends ActionEnd {
  readonly action: CardAction;
}

/** What became of the actions of a card. */
export interface ActionsPerformed {
  readonly kind: 'performed';
  readonly serial: string;
  readonly actions: readonly ActionOutcome[];
}

/** What became of the actions of a card, or why the card could not be asked. */
export type ActionsOutcome =
  { readonly kind: 'ended'; readonly outcome: TapOutcome } | ActionsPerformed;

const ORDER: readonly ActionKind[] = ['message', 'refund', 'block'];

/** Carries out the actions of the card that are not done. */
export async function runActions(
  context: FlowContext,
  channel: CardChannel,
  sync: Synchroniser,
  tap: ActionsOfTap,
): Promise<ActionsOutcome> {
  const identified = await identify(context, channel);
  if (identified.kind === 'ended') return { kind: 'ended', outcome: identified.outcome };
  const { card, standing } = identified;
  if (standing.pending !== undefined) {
    const earlier = await recoverTap(context, channel, standing.pending);
    const isOpen = earlier.kind === 'uncertain' && earlier.tap.state === 'pending';
    if (isOpen || earlier.kind === 'notPresented') return { kind: 'ended', outcome: earlier };
  }
  const { kinds = ORDER } = tap;
  const actions = sync
    .openActions(card.serial)
    .filter(({ kind }) => kinds.includes(kind))
    .sort((left, right) => ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind));
  const ends: ActionOutcome[] = [];
  for (const action of actions) {
    sync.checkRoom();
    const end = await perform(action, { context, channel, sync, tap, suite: card.suite });
    const { kind: outcome, detail } = end;
    const atMs = context.stamper.stamp().at;
    if (outcome !== 'waiting') {
      sync.keepResult({ actionId: action.id, outcome, detail: resultDetail(detail), atMs });
    }
    ends.push({ action, ...end });
  }
  return { kind: 'performed', serial: card.serial, actions: ends };
}

interface Performing {
  readonly context: FlowContext;
  readonly channel: CardChannel;
  readonly sync: Synchroniser;
  readonly tap: ActionsOfTap;
  readonly suite: SuiteName;
}

function perform(action: CardAction, parts: Performing): ActionEnd | Promise<ActionEnd> {
  switch (action.kind) {
    case 'message':
      return { kind: 'done', detail: 'shown' };
    case 'refund':
      return refund(action, parts);
    case 'block':
      return block(action, parts);
  }
}

/** A refund that does not happen waits: it is owed all the same. */
async function refund(
  action: CardAction,
  { context, channel, tap }: Performing,
): Promise<ActionEnd> {
  const { hostLink, pin } = tap;
  const outcome = await runLoad(context, channel, {
    amount: amount(action.amount),
    hostLink: {
      authoriseLoad: (request) => hostLink.authoriseLoad({ ...request, actionId: action.id }),
    },
    pin,
  });
  switch (outcome.kind) {
    case 'approved':
      return { kind: 'done', detail: 'loaded' };
    case 'declined':
      return { kind: 'waiting', detail: outcome.message ?? DECLINE_REASONS[outcome.reason] };
    case 'uncertain':
      return { kind: 'waiting', detail: 'the load is uncertain: present the same card again' };
    case 'notPresented':
      return { kind: 'waiting', detail: 'the card left' };
  }
}

/** A load, or an earlier command, may have left the card in any state: it is presented anew. */
async function block(
  action: CardAction,
  { context, channel, sync, tap, suite }: Performing,
): Promise<ActionEnd> {
  const again = await identify(context, channel);
  if (again.kind === 'ended') return { kind: 'waiting', detail: 'the card left' };
  return drive(BLOCK_MACHINE, startBlock(suite), (effect): BlockEvent | Promise<BlockEvent> => {
    if (effect.kind === 'card') return exchange(channel, effect.command);
    return askMac(effect.challenge);
  });

  async function askMac(challenge: Uint8Array): Promise<BlockEvent> {
    try {
      const mac = await sync.actionMac(tap.hostLink, action.id, challenge);
      return { kind: 'macGiven', mac };
    } catch (error) {
      if (!(error instanceof Fault) || error.row.party === 'store') throw error;
      const reason = error.code === 'HOST_UNREACHABLE' ? 'hostUnreachable' : 'hostRefused';
      return { kind: 'hostFailed', reason, message: error.message };
    }
  }
}
