// SPDX-License-Identifier: MIT
/** `openpurse gate …`: the transit gate. One gate terminal per station is made when it is first used. */
import type { Command } from 'commander';
import { sha256 } from '../../src/crypto/sha256.ts';
import { Fault } from '../../src/errors/fault.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { TransitNetwork } from '../../terminal/transit/network.ts';
import { Context, withSharedOptions } from '../context.ts';
import { bundledFeed, loadFeed } from '../data/feeds.ts';
import { DEFAULT_TERMINALS } from '../data/terminal-setup.ts';
import { runTap, withTapOptions, type TapOptions } from './taps.ts';

interface GateOptions extends TapOptions {
  readonly station: string;
  readonly gtfs: string;
}

const NO_TERMINAL = '(one per station)';

export function addGateCommands(program: Command): void {
  const gate = program
    .command('gate')
    .description('the transit gate: fares from a GTFS feed, no network');
  for (const direction of ['in', 'out'] as const) {
    const what = direction === 'in' ? 'enter at a station' : 'leave at a station and pay the fare';
    withTapOptions(withSharedOptions(gate.command(direction).description(what)), {
      id: NO_TERMINAL,
      merchant: 'METRO',
    })
      .requiredOption('--station <name>', 'station by id or name')
      .option('--gtfs <dir>', 'folder of a GTFS feed', bundledFeed())
      .addHelpText(
        'after',
        `\nExamples:\n  openpurse gate ${direction} --station Miyapur\n  openpurse gate ${direction} --station MYP --trace\n`,
      )
      .action((options: GateOptions) => tapGate(direction, options));
  }
}

/** The gate terminal of a station: its id is the default one's with three bytes of the station's id. */
function gateTerminal(stationId: string): string {
  const digest = toHex(sha256(new TextEncoder().encode(stationId)));
  return DEFAULT_TERMINALS.gate.slice(0, 6) + digest.slice(0, 6);
}

function tapGate(direction: 'in' | 'out', options: GateOptions): Promise<void> {
  const context = new Context(options);
  const { currency } = context.config;
  const feed = loadFeed(options.gtfs);
  if (feed.currency !== undefined && feed.currency !== currency) {
    const file = context.data.in('config.json');
    throw new Fault(
      'GTFS_INVALID',
      `"fare_attributes.txt currency_type" expected ${currency} as in ${file}, got ${feed.currency}: a folder holds one currency, set it there while the folder is new`,
    );
  }
  const network = new TransitNetwork(feed, currency);
  const station = network.station(options.station);
  const terminal = options.terminal === NO_TERMINAL ? gateTerminal(station.id) : options.terminal;
  const place = { isGate: true, place: station.id.replace(/[^\x21-\x7e]/g, '_').slice(0, 10) };
  return runTap({ ...options, terminal }, place, (gate, channel) =>
    direction === 'in'
      ? gate.gateEntry(channel, { network, station })
      : gate.gateExit(channel, { network, station }),
  );
}
