// SPDX-License-Identifier: MIT
/** Which purse is presented: by its application serial number, never by the UID, which phones make up. */
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { LayoutValue } from '../../src/codec/struct.ts';
import { PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { readBinary } from './commands.ts';
import { exchange } from './exchange.ts';
import type { ApplicationSelector } from './select.ts';

/** A purse that is selected and has said who it is. */
export interface PresentedCard {
  /** 20 digits. */
  readonly serial: string;
  readonly suite: SuiteName;
  readonly isReadOnly: boolean;
  readonly publicData: Readonly<LayoutValue<typeof PUBLIC_DATA>>;
}

export type Identification =
  | { readonly kind: 'identified'; readonly card: PresentedCard }
  | { readonly kind: 'lost' }
  | {
      readonly kind: 'unusable';
      readonly reason: 'cardBlocked' | 'cardUnknown' | 'cardUnusable';
      readonly sw: number | undefined;
    };

const READ_PUBLIC_DATA = readBinary('ef15');
const GONE: Identification = Object.freeze({ kind: 'lost' });

/** SELECT and READ BINARY of EF15. */
export async function identifyCard(
  channel: CardChannel,
  selector: ApplicationSelector,
): Promise<Identification> {
  const selection = await selector.select(channel);
  if (selection.kind === 'lost') return GONE;
  if (selection.kind === 'notFound') {
    return { kind: 'unusable', reason: 'cardUnknown', sw: undefined };
  }
  if (selection.kind === 'blocked') {
    return { kind: 'unusable', reason: 'cardBlocked', sw: selection.sw };
  }
  const answer = await exchange(channel, READ_PUBLIC_DATA);
  if (answer.kind === 'lost') return GONE;
  const publicData = answer.sw === SW.SUCCESS ? decodePublicData(answer.data) : undefined;
  if (publicData === undefined) return { kind: 'unusable', reason: 'cardUnusable', sw: answer.sw };
  const { suite, isReadOnly } = selection.application;
  const serial = toHex(publicData.applicationSerialNumber);
  return { kind: 'identified', card: { serial, suite, isReadOnly, publicData } };
}

function decodePublicData(data: Uint8Array): PresentedCard['publicData'] | undefined {
  try {
    return PUBLIC_DATA.decode(data);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
