// SPDX-License-Identifier: MIT
/** Builds a city of a scenario and a seed: places, terminals, people with cards, and a host that knows them. */
import { ANY } from '../../../host/settlement/fee-terms.ts';
import { addMerchant, setMerchant } from '../../../host/settlement/merchants.ts';
import { setFees } from '../../../host/settlement/schedules.ts';
import type { ClearingHost } from '../../../host/host.ts';
import { setFloatAccount } from '../../../host/bank/import.ts';
import { Fault } from '../../../src/errors/fault.ts';
import type { Feed, Station } from '../../../src/gtfs/model.ts';
import { amount } from '../../../src/money/amount.ts';
import { instantOf } from '../../../src/time/civil.ts';
import { TransitNetwork } from '../../../terminal/transit/network.ts';
import { SeededRandom } from '../../world/seeded-random.ts';
import { CaseBook } from '../adversaries/case-book.ts';
import { CounterCheck } from '../checks/counters.ts';
import { CityClock } from '../engine/city-clock.ts';
import { EventQueue } from '../engine/event-queue.ts';
import type { Life } from '../engine/life.ts';
import { FaultDeck } from '../faults/fault-deck.ts';
import { CityBank } from '../lives/city-bank.ts';
import { OPERATOR } from '../lives/operator.ts';
import type { Person } from '../lives/person.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { City, type CityParts, type Spot } from './city.ts';
import { HostBox } from './host-box.ts';
import { KeyCupboard } from '../../world/key-cupboard.ts';
import { placeUnit } from './place-unit.ts';
import { busiestStations, merchantKind, TravelTimes } from './places.ts';
import { Streets } from './streets.ts';
import { Tally } from './tally.ts';

/** The city's wall clock. */
export const UTC_OFFSET_MINUTES = 330;
const OPERATOR_ACCOUNT = { number: 'DE02120300000000202051', holder: 'City operator', bic: '' };
const ACQUIRER = 'ACQ';
const MERCHANT_ACCOUNT = { number: 'DE89370400440532013000', holder: 'Merchant', bic: '' };

export interface CityOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly feed: Feed;
  /** Where the host keeps its data; the caller removes it. */
  readonly directory: string;
  /** Verification threads of the host. */
  readonly workers: number;
}

export interface BuiltCity {
  readonly city: City;
  readonly streets: Streets;
  readonly keys: KeyCupboard;
}

export async function buildCity(options: CityOptions): Promise<BuiltCity> {
  const { scenario, seed, feed, directory, workers } = options;
  const random = new SeededRandom(seed);
  const keys = new KeyCupboard(directory, random.fork());
  const { currency } = feed;
  if (currency === undefined) {
    throw new Fault('GTFS_INVALID', '"fare_attributes.txt" expected at least one fare, got none');
  }
  const midnight = { date: scenario.start.replaceAll('-', ''), time: '000000' };
  const start = instantOf(midnight, UTC_OFFSET_MINUTES);
  const clock = new CityClock(start);
  const box = await HostBox.open({
    ...{ data: directory, keys: keys.keys, clock, currency, workers, durability: 'none' },
    utcOffsetMinutes: UTC_OFFSET_MINUTES,
    isMortal: scenario.faults.hostKilled !== undefined,
  });
  const network = new TransitNetwork(feed, currency);
  const times = new TravelTimes(feed);
  const parts: CityParts = {
    ...{ scenario, currency, clock, box, network, times, start },
    utcOffsetMinutes: UTC_OFFSET_MINUTES,
    random: random.fork(),
    queue: new EventQueue<Life>(),
    deck: new FaultDeck(scenario, random.fork()),
    stations: busiestStations(feed, network, times, scenario.stations),
    tally: new Tally(),
    cases: new CaseBook(),
    bank: new CityBank(OPERATOR_ACCOUNT),
    counters: new CounterCheck(),
  };
  const city = new City(parts, keys.keys);
  for (const spot of layOut(scenario, parts.stations)) {
    city.spots.push({ ...spot, unit: await placeUnit(city, spot) });
  }
  await box.work((host) => agreeTerms(host, city.spots));
  const streets = new Streets(city.spots, parts.stations, random.fork());
  await settleIn(city, streets);
  return { city, streets, keys };
}

function layOut(scenario: Scenario, stations: readonly Station[]): readonly Omit<Spot, 'unit'>[] {
  const spots: Omit<Spot, 'unit'>[] = [];
  const at = (index: number): Station => stations[index % stations.length] as Station;
  for (const station of stations) {
    const place = station.id.replace(/[^\x21-\x7e]/g, '_').slice(0, 10);
    for (let gate = 1; gate <= scenario.gatesPerStation; gate++) {
      spots.push({ kind: 'gate', station, merchant: 'METRO', name: place, sells: null });
    }
    spots.push({
      kind: 'machine',
      station,
      merchant: 'MACHINES',
      name: `TVM ${place}`,
      sells: null,
    });
  }
  for (let shop = 0; shop < scenario.shops; shop++) {
    const sells = merchantKind(shop);
    const merchant = `${sells.kind.toUpperCase()}-${shop + 1}`;
    spots.push({ kind: 'shop', station: at(shop), merchant, name: `till ${shop + 1}`, sells });
  }
  for (let agent = 0; agent < scenario.agents; agent++) {
    const merchant = `AGENT-${agent + 1}`;
    spots.push({ kind: 'agent', station: at(agent * 3), merchant, name: 'load desk', sells: null });
  }
  return spots;
}

/** Three percent to the operator and a half to the acquirer; every merchant has an account. */
function agreeTerms(host: ClearingHost, spots: readonly Spot[]): void {
  const { settlement } = host;
  setFees(
    settlement,
    {
      merchant: ANY,
      type: ANY,
      effectiveOn: null,
      isUsual: false,
      terms: {
        basis: 'window',
        recipients: [
          { party: 'operator', name: '' },
          { party: 'acquirer', name: ACQUIRER },
        ],
        tiers: [{ from: amount(0), basisPoints: [300, 50] }],
        minimum: amount(0),
        cap: null,
        residue: 'operator',
      },
    },
    OPERATOR,
  );
  setFloatAccount(settlement, OPERATOR_ACCOUNT);
  const terms = { account: MERCHANT_ACCOUNT, reserveBasisPoints: 0, reserveDays: 0 };
  addMerchant(settlement, ACQUIRER, OPERATOR);
  for (const merchant of new Set([ACQUIRER, ...spots.map((spot) => spot.merchant)])) {
    setMerchant(settlement, merchant, terms, OPERATOR);
  }
}

/** People with a home, a place of work and a card each. */
async function settleIn(city: City, streets: Streets): Promise<void> {
  const { scenario, random } = city.parts;
  for (let number = 1; number <= scenario.people; number++) {
    const home = random.pick(city.parts.stations);
    const work = streets.elsewhere(home);
    const purse = await city.issue(random.chance(scenario.aes) ? 'aes' : 'tdes', 1);
    const person: Person = {
      ...{ number, home, work, purse, at: home },
      isCommuter: random.chance(scenario.demand.commuters),
    };
    city.people.push(person);
  }
}
