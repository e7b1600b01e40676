// SPDX-License-Identifier: MIT
/** `openpurse card serve`: a card, and a SAM beside it, in the virtual reader of vpcd. */
import type { Command } from 'commander';
import { VPCD_PORT } from '../../card-applet-sim/transport/vpcd.ts';
import { Fault } from '../../src/errors/fault.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { CardFiles } from '../data/card-files.ts';
import { DEFAULT_TERMINALS, withVirtualSam } from '../data/terminal-setup.ts';
import { SYSTEM_CLOCK } from '../data/system.ts';
import { readControls } from '../serve/read-controls.ts';
import { serveEventLines } from '../serve/serve-event.ts';
import { Serving, type ServeSink, type Slot } from '../serve/serve-slots.ts';
import { LOOPBACK } from './host.ts';

interface ServeOptions extends SharedOptions {
  /** True for the default address. */
  readonly vpcd: string | true;
  /** A terminal; true for the till. */
  readonly psam?: string | true;
  readonly allowRemote?: boolean;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_VPCD = `127.0.0.1:${VPCD_PORT}`;
const PORT_MAX = 65_535;

export function addCardServeCommand(card: Command): void {
  withSharedOptions(
    card
      .command('serve')
      .description('put the card into the virtual PC/SC reader of vpcd until interrupted'),
  )
    .argument('[name]', 'card by name or path (the only one when left out)')
    .option('--vpcd [host:port]', 'where vpcd listens', DEFAULT_VPCD)
    .option(
      '--psam [terminal]',
      'put the SAM of a terminal into the second slot, which is the next port (the till when left out)',
    )
    .option('--allow-remote', 'allow a vpcd that is not on this machine')
    .addHelpText(
      'after',
      '\nKeys, or lines on standard input, take the card out, put it in and tear it: `help` lists them.\nWith --json, every line is an object of its own.\n\nExamples:\n  openpurse card serve alice\n  openpurse card serve alice --vpcd 127.0.0.1:35963 --psam\n',
    )
    .action(serve);
}

async function serve(name: string | undefined, options: ServeOptions): Promise<void> {
  const address = vpcdAddress(options);
  const context = new Context(options);
  const files = new CardFiles(context.data);
  const { psam } = options;
  await files.use(files.find(name), async (card) => {
    const slot: Slot = { name: 'card', file: card, ...address };
    if (psam === undefined) return serveSlots(context, [slot]);
    const terminal = psam === true ? DEFAULT_TERMINALS.pos : psam;
    return withVirtualSam(context, terminal, (sam) => {
      const port = address.port + 1;
      return serveSlots(context, [slot, { name: 'psam', file: sam, host: address.host, port }]);
    });
  });
}

/** Serves until `quit` or a signal. */
async function serveSlots({ printer }: Context, slots: readonly Slot[]): Promise<void> {
  const sink: ServeSink = (event) => {
    const at = new Date(SYSTEM_CLOCK.now()).toISOString();
    printer.event({ data: { at, ...event }, lines: serveEventLines(event) });
  };
  const serving = new Serving(slots, sink);
  const stop = (): void => serving.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const endControls = readControls(process.stdin, serving);
  try {
    await serving.done;
  } finally {
    endControls();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** @throws USAGE */
function vpcdAddress({ vpcd, psam, allowRemote }: ServeOptions): Address {
  const text = vpcd === true ? DEFAULT_VPCD : vpcd;
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+)):(?<port>\d{1,5})$/.exec(text);
  const { v6, name, port } = match?.groups ?? {};
  const host = v6 ?? name;
  if (host === undefined || port === undefined) {
    throw new Fault('USAGE', `"--vpcd" expected host:port, got "${text}"`);
  }
  // The SAM takes the next one.
  const most = psam === undefined ? PORT_MAX : PORT_MAX - 1;
  if (Number(port) < 1 || Number(port) > most) {
    throw new Fault('USAGE', `"--vpcd" expected a port from 1 to ${most}, got ${port}`);
  }
  if (!LOOPBACK.has(host) && allowRemote !== true) {
    throw new Fault(
      'USAGE',
      `"--vpcd" expected a loopback address, got ${host}: --allow-remote lifts this`,
    );
  }
  return { host, port: Number(port) };
}
