// SPDX-License-Identifier: MIT
/** The city: its clock and its queue of events, its places with their terminals, its cards, and its host. */
import type { IssuerKeys } from '../../../host/keys/key-store.ts';
import { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import type { Station } from '../../../src/gtfs/model.ts';
import type { CurrencyCode } from '../../../src/money/currencies.table.ts';
import { serialOfRecord } from '../../../src/clearing/record.ts';
import { formatSerialNumber, serialNumberBytes } from '../../../src/purse/serial-number.ts';
import type { SuiteName } from '../../../src/purse/suite.ts';
import { civilTime, formatCivil } from '../../../src/time/civil.ts';
import { plusMs, type Instant } from '../../../src/time/instant.ts';
import type { SessionSink } from '../../../terminal/transcript/session-event.ts';
import type { TransitNetwork } from '../../../terminal/transit/network.ts';
import { issueCard } from '../../world/issuing.ts';
import type { SeededRandom } from '../../world/seeded-random.ts';
import type { CaseBook } from '../adversaries/case-book.ts';
import type { CounterCheck } from '../checks/counters.ts';
import type { CityClock } from '../engine/city-clock.ts';
import type { EventQueue } from '../engine/event-queue.ts';
import type { Life } from '../engine/life.ts';
import { openBatch } from '../faults/recut.ts';
import type { FaultDeck } from '../faults/fault-deck.ts';
import type { FaultName } from '../faults/faults.table.ts';
import type { CityBank } from '../lives/city-bank.ts';
import type { Person } from '../lives/person.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Purse } from '../truth/purse.ts';
import { DAY_MS, HOUR_MS } from './durations.ts';
import type { HostBox } from './host-box.ts';
import type { MerchantKind, TravelTimes } from './places.ts';
import type { Tally } from './tally.ts';
import type { TerminalUnit } from './terminal-unit.ts';

/** Where a terminal stands. Another unit may stand there later. */
export interface Spot {
  readonly kind: 'agent' | 'gate' | 'machine' | 'shop';
  readonly station: Station;
  readonly merchant: string;
  /** As records name it. */
  readonly name: string;
  /** What a shop sells. */
  readonly sells: MerchantKind | null;
  unit: TerminalUnit;
}

export interface CityParts {
  readonly scenario: Scenario;
  readonly currency: CurrencyCode;
  readonly utcOffsetMinutes: number;
  readonly random: SeededRandom;
  readonly clock: CityClock;
  readonly queue: EventQueue<Life>;
  readonly box: HostBox;
  readonly deck: FaultDeck;
  readonly network: TransitNetwork;
  readonly times: TravelTimes;
  readonly stations: readonly Station[];
  /** Local midnight of the first day. */
  readonly start: Instant;
  readonly tally: Tally;
  readonly cases: CaseBook;
  readonly bank: CityBank;
  readonly counters: CounterCheck;
}

export class City {
  readonly parts: CityParts;
  /** Those with keys of all versions; a new version makes new ones. */
  keys: IssuerKeys;
  readonly spots: Spot[] = [];
  /** Every terminal that ever was, by its id. */
  readonly units = new Map<string, TerminalUnit>();
  readonly people: Person[] = [];
  /** Every card and every copy of one. */
  readonly purses: Purse[] = [];
  readonly #bySerial = new Map<string, Purse[]>();
  /** Cards that something happened to since they were last checked. */
  readonly touched = new Set<string>();
  readonly #followed = new Map<string, SessionSink>();
  #cards = 0;

  constructor(parts: CityParts, keys: IssuerKeys) {
    this.parts = parts;
    this.keys = keys;
  }

  get now(): Instant {
    return this.parts.clock.now();
  }

  /** The number of the day, from 1. */
  get day(): number {
    return Math.floor((this.now - this.parts.start) / DAY_MS) + 1;
  }

  /** Local midnight at which a day begins. */
  midnight(day: number): Instant {
    return plusMs(this.parts.start, (day - 1) * DAY_MS);
  }

  /** YYYY-MM-DD HH:MM:SS, local. */
  localTime(at: Instant = this.now): string {
    return formatCivil(civilTime(at, this.parts.utcOffsetMinutes));
  }

  /** Hours since local midnight. */
  get hour(): number {
    return (this.now - this.midnight(this.day)) / HOUR_MS;
  }

  /** Milliseconds until an hour of a day; 0 when it is over. */
  until(day: number, hour: number): number {
    return Math.max(0, this.midnight(day) + hour * HOUR_MS - this.now);
  }

  /** Whether people still go about. */
  get isBusy(): boolean {
    return this.day <= this.parts.scenario.days;
  }

  /** Tells `sink` of everything that goes to and from these cards from now on. */
  follow(serials: readonly string[], sink: SessionSink): void {
    for (const serial of serials) this.#followed.set(serial, sink);
  }

  /** Who is told of a card's talk. */
  followed(serial: string): SessionSink | undefined {
    return this.#followed.size === 0 ? undefined : this.#followed.get(serial);
  }

  /** Lets a life begin, so many milliseconds from now. */
  begin(life: Life, afterMs = 0): void {
    this.parts.queue.push(this.now + afterMs, life);
  }

  /** Makes a card of the newest key version and registers it. */
  async issue(suite: SuiteName, keyVersion: number): Promise<Purse> {
    const serial = (++this.#cards).toString().padStart(20, '0');
    const purse = this.makePurse(serial, suite, keyVersion);
    await this.parts.box.work(async (host) => {
      // A host that died of it may have it already.
      if (host.store.card(serialNumberBytes(serial)) !== undefined) return;
      await host.registerCard({ serial, suite, keyVersion });
    });
    return purse;
  }

  /** A card with this serial, whether or not anybody knows of it. */
  makePurse(serial: string, suite: SuiteName, keyVersion: number): Purse {
    const memory = issueCard(this.keys, { serial, suite, keyVersion });
    return this.add(new Purse(serial, suite, new VirtualCard(memory, this.parts.random.fork())));
  }

  /** A second card with the memory of an image, from now on apart. */
  copyOf(original: Purse, image: Readonly<Uint8Array>): Purse {
    const device = VirtualCard.fromImage(image, this.parts.random.fork());
    // It remembers what it did as the other one, and can still prove it.
    const { serial, suite, events } = original;
    return this.add(new Purse(serial, suite, device, events.copy()));
  }

  add(purse: Purse): Purse {
    this.purses.push(purse);
    const same = this.#bySerial.get(purse.serial);
    if (same === undefined) this.#bySerial.set(purse.serial, [purse]);
    else same.push(purse);
    this.touched.add(purse.serial);
    return purse;
  }

  /** A batch has arrived: what the host knows of its cards has changed. */
  touchBatch(batch: Uint8Array): void {
    for (const serial of serialsOf(batch)) this.touched.add(serial);
  }

  /** Something that every card lives through. */
  touchAll(fault: FaultName): void {
    for (const { faults } of this.purses) faults.add(fault);
  }

  /** A fault struck this batch, and so the cards in it. */
  strikeBatch(batch: Uint8Array, fault: FaultName): void {
    for (const serial of serialsOf(batch)) {
      for (const { faults } of this.imagesOf(serial)) faults.add(fault);
    }
  }

  /** All cards with a serial. */
  imagesOf(serial: string): readonly Purse[] {
    return this.#bySerial.get(serial) ?? [];
  }

  serials(): IterableIterator<string> {
    return this.#bySerial.keys();
  }

  /** Why the history of a card is not one honest card's; undefined while it is. */
  fraudOn(serial: string): Purse['fraud'] {
    return this.imagesOf(serial).find(({ fraud }) => fraud !== undefined)?.fraud;
  }
}

function serialsOf(batch: Uint8Array): readonly string[] {
  return openBatch(batch).records.map((record) => formatSerialNumber(serialOfRecord(record)));
}
