// SPDX-License-Identifier: MIT
/**
 * A terminal of the data folder: made, given a SAM and enrolled at the folder's host when it is first
 * used; after that it is just opened, and works with no host at all.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { VirtualPsam } from '../../card-applet-sim/psam/virtual-psam.ts';
import { decodeImage, encodeImage } from '../../card-applet-sim/image/card-image.ts';
import { ISSUER_ID, issuePsam } from '../../simulation/world/issuing.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { parseTerminalConfig, type TerminalConfig } from '../../terminal/config.ts';
import { SqliteJournal } from '../../terminal/journal/sqlite-journal.ts';
import { Terminal } from '../../terminal/terminal.ts';
import type { Context } from '../context.ts';
import { FileDevice, readImage, writeImage } from './card-files.ts';
import { SYSTEM_CLOCK, SYSTEM_RANDOM } from './system.ts';

/** The terminals that commands use when none is named. */
export const DEFAULT_TERMINALS = { pos: '100000000001', gate: '200000000001' } as const;

export interface TerminalChoice {
  /** 12 hexadecimal digits. */
  readonly id: string;
  /** Only read when the terminal is new. */
  readonly merchant: string;
  readonly place: string;
  readonly isGate: boolean;
  /** Wraps the line to the SAM, for traces. */
  readonly wrapSam?: (channel: CardChannel) => CardChannel;
}

/** The operator of the gates. */
const TRANSIT = { city: '0040', institution: toHex(ISSUER_ID), industry: 'metro' } as const;

interface TerminalFiles {
  readonly config: string;
  readonly sam: string;
  readonly seed: string;
  readonly hostKey: string;
  readonly journal: string;
}

function filesOf(directory: string): TerminalFiles {
  return {
    config: join(directory, 'terminal.json'),
    sam: join(directory, 'sam.card'),
    seed: join(directory, 'signing.key'),
    hostKey: join(directory, 'host.pub'),
    journal: join(directory, 'journal.db'),
  };
}

/** Makes a terminal. The configuration is written last: a terminal that has one is whole. */
async function create(context: Context, choice: TerminalChoice, files: TerminalFiles): Promise<void> {
  const { currency, utcOffsetMinutes } = context.config;
  const raw = {
    terminalId: choice.id,
    merchantId: choice.merchant,
    currency,
    utcOffsetMinutes,
    place: choice.place,
    ...(choice.isGate ? { transit: TRANSIT } : {}),
  };
  const config = parseTerminalConfig(raw);
  const keys = context.keys();
  const seed = SYSTEM_RANDOM.bytes(32);
  await context.withHost(keys, (host) => {
    host.enrol({ terminalId: config.terminalId, merchant: choice.merchant, publicKey: ed25519PublicKey(seed) });
    mkdirSync(context.data.terminal(config.terminalId), { recursive: true });
    writeFileAtomic.sync(files.hostKey, `${toHex(host.publicKey)}\n`);
    return Promise.resolve();
  });
  writeFileAtomic.sync(files.seed, `${toHex(seed)}\n`, { mode: 0o600 });
  chmodSync(files.seed, 0o600);
  writeImage(files.sam, encodeImage(issuePsam(keys, fromHex(config.terminalId))));
  writeFileAtomic.sync(files.config, `${JSON.stringify(raw, null, 2)}\n`);
}

function readConfig(path: string): TerminalConfig {
  try {
    return parseTerminalConfig(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('CONFIG_INVALID', `"${path}" expected JSON`, { cause });
  }
}

/** Runs `work` with a terminal open, made first where it is new. @throws CONFIG_INVALID, JOURNAL_CORRUPT */
export async function withTerminal<T>(
  context: Context,
  choice: TerminalChoice,
  work: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  const id = choice.id.toUpperCase();
  if (!/^[0-9A-F]{12}$/.test(id)) {
    throw new Fault('USAGE', `"--terminal" expected 12 hexadecimal digits, got "${choice.id}"`);
  }
  const files = filesOf(context.data.terminal(id));
  if (!existsSync(files.config)) await create(context, { ...choice, id }, files);
  const sam = new FileDevice(files.sam, new VirtualPsam(decodeImage(readImage(files.sam), 'psam')));
  const samChannel = choice.wrapSam === undefined ? sam.open() : choice.wrapSam(sam.open());
  const journal = new SqliteJournal(files.journal);
  try {
    const terminal = await Terminal.open({
      config: readConfig(files.config),
      journal,
      clock: SYSTEM_CLOCK,
      samChannel,
      signingSeed: new Secret(fromHex(readFileSync(files.seed, 'utf8'), 'signing.key')),
      hostPublicKey: fromHex(readFileSync(files.hostKey, 'utf8'), 'host.pub'),
    });
    return await work(terminal);
  } finally {
    await samChannel.close();
    journal.close();
  }
}
