// SPDX-License-Identifier: MIT
/**
 * A card is held to a terminal: whatever may go wrong at that goes wrong here, and what came of it is
 * written down from the card's own memory.
 */
import { openInProcess } from '../../../card-applet-sim/transport/in-process.ts';
import type { CardChannel } from '../../../src/ports/card-channel.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import type { TapOutcome } from '../../../terminal/flow/outcome.ts';
import { recordTo } from '../../../terminal/transcript/record.ts';
import type { SeededRandom } from '../../world/seeded-random.ts';
import { TEAR_MOMENTS } from '../../world/tear-on-commit.ts';
import type { FaultName } from '../faults/faults.table.ts';
import { observe } from '../truth/observe.ts';
import type { Purse } from '../truth/purse.ts';
import type { City, Spot } from './city.ts';
import { faultyLine } from './faulty-line.ts';
import { PowerCut } from './power-cut-journal.ts';

/** What is asked of a terminal with the card on it. */
export type Operation = (terminal: Terminal, channel: CardChannel) => Promise<TapOutcome>;

/** Commands of a tap, and physical writes of a commit, among which a fault finds its place. */
const COMMANDS_MAX = 9;
const WRITES_MAX = 6;
const JOURNAL_WRITES_MAX = 3;

/** Undefined when the terminal lost power: nobody was told anything. */
export async function tap(
  city: City,
  purse: Purse,
  spot: Pick<Spot, 'station' | 'unit'>,
  operation: Operation,
): Promise<TapOutcome | undefined> {
  const { deck, random, tally } = city.parts;
  const { unit } = spot;
  const fault = deck.drawOf('tap');
  if (fault !== undefined) purse.faults.add(fault);
  for (const trouble of unit.faults) purse.faults.add(trouble);
  if (fault === 'powerCut') unit.power.placeWithin(JOURNAL_WRITES_MAX, random);
  const channel = lineTo(city, purse, fault, random);
  const start = performance.now();
  const outcome = await operation(unit.terminal, channel).catch(powerCut);
  tally.tapMicroseconds.add((performance.now() - start) * 1000);
  await channel.close();
  if (outcome === undefined) await unit.reboot();
  unit.power.place(undefined);
  city.touched.add(purse.serial);
  const events = observe(purse, { terminalId: unit.id, journal: unit.journal }, outcome);
  city.parts.counters.see(unit, events);
  tally.countTap(outcome);
  tally.countEvents(spot.station.id, events);
  return outcome;
}

function powerCut(error: unknown): undefined {
  if (!(error instanceof PowerCut)) throw error;
}

function lineTo(
  city: City,
  { device, serial }: Purse,
  fault: FaultName | undefined,
  random: SeededRandom,
): CardChannel {
  if (fault === 'responseLost') device.memory.placeTear({ phase: 'response' });
  if (fault === 'cardTorn') {
    const phase = random.pick(TEAR_MOMENTS);
    const write = random.int(1, WRITES_MAX);
    device.memory.placeTear(phase === 'response' ? { phase } : { phase, write });
  }
  const line = withTranscript(city, serial, openInProcess(device));
  if (fault !== 'muteCard' && fault !== 'lateCard') return line;
  return faultyLine(line, { at: random.int(1, COMMANDS_MAX), isDone: fault === 'lateCard' });
}

/** Tells what goes over the line to whoever follows this card. */
function withTranscript(city: City, serial: string, line: CardChannel): CardChannel {
  const sink = city.followed(serial);
  if (sink === undefined) return line;
  const { currency, clock } = city.parts;
  return recordTo(line, sink, { role: 'card', currency, clock });
}
