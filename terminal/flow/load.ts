// SPDX-License-Identifier: MIT
/** An online load from the card in the field to the host and back. */
import type { LoadLink } from '../../src/clearing/messages.ts';
import type { Secret } from '../../src/crypto/secret.ts';
import { Fault } from '../../src/errors/fault.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { AMOUNT_MAX, type Amount } from '../../src/money/amount.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { verifyPin } from '../card/commands.ts';
import { exchange } from '../card/exchange.ts';
import { cardRefusal } from './card-refusals.table.ts';
import { performer, type FlowContext } from './context.ts';
import type { AskHost } from './effects.ts';
import { LOAD_MACHINE, startLoad, type LoadEvent } from './load.machine.ts';
import { drive } from './machine.ts';
import { after, declined, NOT_PRESENTED, type TapOutcome } from './outcome.ts';
import { presentCard } from './present.ts';

export interface LoadRequestOfTap {
  readonly amount: Amount;
  readonly hostLink: LoadLink;
  /** The PIN as the card compares it; undefined for a card that asks for none. */
  readonly pin: Secret | undefined;
}

/** Loads `amount` onto the card. */
export async function runLoad(
  context: FlowContext,
  channel: CardChannel,
  request: LoadRequestOfTap,
): Promise<TapOutcome> {
  const { amount, hostLink, pin } = request;
  if (amount > AMOUNT_MAX) return declined('amountTooLarge');
  const presented = await presentCard(context, channel, 'load');
  if (presented.kind === 'ended') return presented.outcome;
  const { card, settled } = presented;
  const { sam, journal, place } = context;
  const refusal = pin === undefined ? undefined : await checkPin(channel, pin, card.serial);
  if (refusal !== undefined) return after(settled, refusal);
  const first = startLoad({
    card,
    amount,
    place,
    terminalId: sam.terminalId,
    keyIndex: sam.keyIndex,
    hotlistVersion: journal.hotlist().version,
  });
  const perform = performer(context, channel);
  const outcome = await drive(LOAD_MACHINE, first, (effect): LoadEvent | Promise<LoadEvent> =>
    effect.kind === 'askHost' ? askHost(hostLink, effect) : perform(effect),
  );
  return after(settled, outcome);
}

async function checkPin(
  channel: CardChannel,
  pin: Secret,
  serial: string,
): Promise<TapOutcome | undefined> {
  const answer = await exchange(channel, verifyPin(pin.reveal()));
  if (answer.kind === 'lost') return NOT_PRESENTED;
  const { sw } = answer;
  if (sw === SW.SUCCESS) return undefined;
  // 63Cx: x tries are left. ISO/IEC 7816-4, table 6.
  if (sw >> 4 === 0x63c) return declined('wrongPin', { serial, sw, pinTriesLeft: sw & 15 });
  return declined(cardRefusal(sw).reason, { serial, sw });
}

/** A host that does not answer, or refuses, is an outcome: nothing happened on the card. */
async function askHost(hostLink: LoadLink, { request }: AskHost): Promise<LoadEvent> {
  try {
    return { kind: 'authorised', authorisation: await hostLink.authoriseLoad(request) };
  } catch (error) {
    if (!(error instanceof Fault) || error.row.party !== 'host') throw error;
    const reason = error.code === 'HOST_UNREACHABLE' ? 'hostUnreachable' : 'hostRefused';
    return { kind: 'hostFailed', reason, message: error.message };
  }
}
