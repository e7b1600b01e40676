// SPDX-License-Identifier: MIT
/**
 * What really happened on a card, as its own memory showed it after every tap. Nothing here comes from a
 * terminal's or the host's opinion but which tap an event belongs to.
 */
import { CardData } from '../../../card-applet-sim/card/card-data.ts';
import type { VirtualDevice } from '../../../card-applet-sim/card/virtual-device.ts';
import type { Amount } from '../../../src/money/amount.ts';
import type { SuiteName } from '../../../src/purse/suite.ts';
import type { FraudName } from '../adversaries/frauds.table.ts';
import type { FaultName } from '../faults/faults.table.ts';
import { CardEvents } from './card-events.ts';

/** A card in the world; a copy of it is a purse of its own with the same serial. */
export class Purse {
  readonly serial: string;
  readonly suite: SuiteName;
  readonly device: VirtualDevice;
  readonly data: CardData;
  readonly events: CardEvents;
  /** Why the card's history is not a single honest one; undefined while it is. */
  fraud: FraudName | undefined;
  readonly faults = new Set<FaultName>();
  balance: Amount;
  offline: number;
  online: number;

  constructor(
    serial: string,
    suite: SuiteName,
    device: VirtualDevice,
    events: CardEvents = new CardEvents(),
  ) {
    this.events = events;
    this.serial = serial;
    this.suite = suite;
    this.device = device;
    this.data = new CardData(device.memory);
    this.balance = this.data.balance('purse');
    this.offline = this.data.counter('offline');
    this.online = this.data.counter('online');
  }
}
