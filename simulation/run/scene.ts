// SPDX-License-Identifier: MIT
import type { Feed, Station } from '../../src/gtfs/model.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { Fault } from '../../src/errors/fault.ts';
import { add, amount, type Amount, ZERO } from '../../src/money/amount.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { TransitNetwork } from '../../terminal/transit/network.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import { weightedDraw } from '../world/weighted-draw.ts';
import type { World, WorldCard } from '../world/world.ts';

/** What a cardholder does next: where, and how the terminal is asked. */
export interface Step {
  readonly terminal: Terminal;
  run(channel: CardChannel): Promise<TapOutcome>;
}

/** Who taps what where: a shop street, a metro. */
export interface Scene {
  /** The terminal where cards are loaded. */
  readonly loadTerminal: Terminal;
  /** Below this balance a cardholder loads the card first. */
  readonly lowBalance: Amount;
  readonly loadAmounts: readonly Amount[];
  next(card: WorldCard): Step;
  /** The cardholder walks on: what the outcome means for what comes next. */
  after(card: WorldCard, step: Step, outcome: TapOutcome): void;
}

/** Shops: each sale at a random till for a random amount. */
export async function shopScene(world: World, random: SeededRandom, shops: number): Promise<Scene> {
  const tills: Terminal[] = [];
  for (let shop = 1; shop <= shops; shop++) {
    tills.push(await world.addTerminal(`SHOP-${shop}`, `till ${shop}`, false));
  }
  const loadTerminal = await world.addTerminal('AGENT', 'load desk', false);
  return {
    loadTerminal,
    lowBalance: amount(60_00),
    loadAmounts: [amount(200_00), amount(500_00)],
    next() {
      const terminal = random.pick(tills);
      const price = amount(random.int(1, 120) * 50);
      return { terminal, run: (channel) => terminal.purchase(channel, price) };
    },
    after: () => undefined,
  };
}

interface Gate {
  readonly station: Station;
  readonly terminal: Terminal;
}

/** A metro: gates at every priced station of a GTFS feed, trips between stations by their departures. */
export async function transitScene(world: World, random: SeededRandom, feed: Feed): Promise<Scene> {
  const network = new TransitNetwork(feed, world.host.currency);
  const agency = feed.agencies[0]?.id ?? 'METRO';
  const gates: Gate[] = [];
  let highestFare: Amount = ZERO;
  for (const station of feed.stations) {
    // A station that no fare rule reaches cannot be travelled to; its gates stay out of the world.
    const highest = network.highestFareFrom(station);
    if (highest === undefined) continue;
    if (highest > highestFare) highestFare = highest;
    const terminal = await world.addTerminal(merchantName(agency), placeName(station.id), true);
    gates.push({ station, terminal });
  }
  if (gates.length === 0) {
    throw new Fault(
      'GTFS_INVALID',
      '"fare_rules.txt" expected a fare between two stations, got none',
    );
  }
  const loadTerminal = await world.addTerminal('AGENT', 'ticket machine', false);
  const pickGate = gateDraw(gates, random);
  const enteredAt = new Map<string, Station>();
  return {
    loadTerminal,
    ...pursesFor(highestFare),
    next(card) {
      const from = enteredAt.get(card.serial);
      const gate = pickGate(from);
      const { station, terminal } = gate;
      const place = { network, station };
      return {
        terminal,
        run: (channel) =>
          from === undefined
            ? terminal.gateEntry(channel, place)
            : terminal.gateExit(channel, place),
      };
    },
    after(card, step, outcome) {
      // A cardholder who does not know whether the gate counted the tap goes by whether it opened.
      if (outcome.kind !== 'approved') return;
      const gate = gates.find((candidate) => candidate.terminal === step.terminal);
      if (outcome.tap.operation === 'gateEntry' && gate !== undefined) {
        enteredAt.set(card.serial, gate.station);
      } else enteredAt.delete(card.serial);
    },
  };
}

/** When and what holders load: enough for the highest fare, or nobody would be let in. */
function pursesFor(highestFare: Amount): Pick<Scene, 'loadAmounts' | 'lowBalance'> {
  const twice = add(highestFare, highestFare);
  const atLeast = (least: Amount, usual: Amount): Amount => (least > usual ? least : usual);
  return {
    lowBalance: atLeast(highestFare, amount(120_00)),
    loadAmounts: [atLeast(twice, amount(200_00)), atLeast(twice, amount(500_00))],
  };
}

/** The ledger's merchant of an agency. */
function merchantName(agency: string): string {
  const name = agency.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 32);
  return name === '' ? 'METRO' : name;
}

/** A station id in the characters that a record has for a place. */
function placeName(stationId: string): string {
  return stationId.replace(/[^\x21-\x7e]/g, '_').slice(0, 10);
}

/** Gates as often as trains depart there; never the one that the trip began at. */
function gateDraw(
  gates: readonly Gate[],
  random: SeededRandom,
): (except: Station | undefined) => Gate {
  const draw = weightedDraw(gates, ({ station }) => station.departures, random);
  return (except) => {
    for (;;) {
      const gate = draw();
      if (gate.station !== except || gates.length === 1) return gate;
    }
  };
}
