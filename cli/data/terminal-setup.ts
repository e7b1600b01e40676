// SPDX-License-Identifier: MIT
/**
 * A terminal of the data folder: made, given a SAM and enrolled at the folder's host when it is first
 * used; after that it is just opened, and works with no host at all.
 */
import { chmodSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { VirtualPsam } from '../../card-applet-sim/psam/virtual-psam.ts';
import { encodeImage } from '../../card-applet-sim/image/card-image.ts';
import { ISSUER_ID, issuePsam } from '../../simulation/world/issuing.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import type { Hotlist } from '../../src/clearing/messages.ts';
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { parseTerminalConfig, type TerminalConfig } from '../../terminal/config.ts';
import { SqliteJournal } from '../../terminal/journal/sqlite-journal.ts';
import { Terminal } from '../../terminal/terminal.ts';
import type { Context } from '../context.ts';
import type { FileDevice } from './card-files.ts';
import type { DataConfig, DataDirectory } from './data-directory.ts';
import { inFile } from './in-file.ts';
import { takeLock } from './lock.ts';
import { createSamFile, takeSam } from './sam-file.ts';
import { SYSTEM_RANDOM } from './system.ts';

/** The terminals that commands use when none is named. */
export const DEFAULT_TERMINALS = { pos: '100000000001', gate: '200000000001' } as const;

export interface TerminalChoice {
  /** 12 hexadecimal digits. */
  readonly id: string;
  /** Only read when the terminal is new. */
  readonly merchant: string;
  readonly place: string;
  readonly isGate: boolean;
  /** A SAM in a reader; when left out, the terminal has a virtual one of its own. */
  readonly sam?: CardChannel;
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

/**
 * Makes a terminal, and returns the hotlist of the host that enrolled it. The configuration is written
 * last: a terminal that has one is whole.
 */
async function create(
  context: Context,
  choice: TerminalChoice,
  files: TerminalFiles,
): Promise<Hotlist> {
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
  const hotlist = await context.withHost(keys, (host) => {
    const publicKey = ed25519PublicKey(seed);
    host.enrol({ terminalId: config.terminalId, merchant: choice.merchant, publicKey });
    writeFileAtomic.sync(files.hostKey, `${toHex(host.publicKey)}\n`);
    return Promise.resolve(host.hotlist());
  });
  writeFileAtomic.sync(files.seed, `${toHex(seed)}\n`, { mode: 0o600 });
  chmodSync(files.seed, 0o600);
  if (choice.sam === undefined) {
    createSamFile(files.sam, encodeImage(issuePsam(keys, fromHex(config.terminalId))));
  }
  new SqliteJournal(files.journal).close();
  writeFileAtomic.sync(files.config, `${JSON.stringify(raw, null, 2)}\n`);
  return hotlist;
}

/** The configuration, which must be of the folder's money and time. @throws CONFIG_INVALID */
function readConfig(path: string, { currency, utcOffsetMinutes }: DataConfig): TerminalConfig {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Fault('CONFIG_INVALID', `"${path}" expected JSON`, { cause });
  }
  return inFile(path, () => {
    const config = parseTerminalConfig(value);
    const check = (name: string, got: number | string, expected: number | string): void => {
      if (got === expected) return;
      throw new Fault(
        'CONFIG_INVALID',
        `"${name}" expected ${expected} as in config.json of the folder, got ${got}`,
      );
    };
    check('currency', config.currency, currency);
    check('utcOffsetMinutes', config.utcOffsetMinutes, utcOffsetMinutes);
    return config;
  });
}

/** Opens the journal; one that is gone is not begun anew, its records are money. @throws JOURNAL_CORRUPT */
function openJournal(path: string): SqliteJournal {
  if (!existsSync(path)) {
    throw new Fault(
      'JOURNAL_CORRUPT',
      `"${path}" expected the journal of the terminal, got no file`,
    );
  }
  return new SqliteJournal(path);
}

/** The terminals of the folder, by id. */
export function terminalIds(data: DataDirectory): readonly string[] {
  const directory = data.in('terminal');
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((id) => /^[0-9A-F]{12}$/.test(id) && existsSync(filesOf(data.terminal(id)).config))
    .sort();
}

/** Runs `work` with a terminal open, made first where it is new. @throws CONFIG_INVALID, JOURNAL_CORRUPT */
export async function withTerminal<T>(
  context: Context,
  choice: TerminalChoice,
  work: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  const id = terminalId('--terminal', choice.id);
  const directory = context.data.terminal(id);
  const release = takeLock(join(directory, 'lock'));
  try {
    return await openTerminal(context, { ...choice, id }, { files: filesOf(directory), work });
  } finally {
    release();
  }
}

/** @throws USAGE */
function terminalId(option: string, text: string): string {
  const id = text.toUpperCase();
  if (/^[0-9A-F]{12}$/.test(id)) return id;
  throw new Fault('USAGE', `"${option}" expected 12 hexadecimal digits, got "${text}"`);
}

/**
 * Runs `work` with the virtual SAM of a terminal, which is made first where it is new. The terminal
 * itself stays free: another process may use it with this SAM in a reader.
 * @throws CONFIG_INVALID, FILE_UNREADABLE, STORE_UNUSABLE
 */
export async function withVirtualSam<T>(
  context: Context,
  terminal: string,
  work: (sam: FileDevice<VirtualPsam>) => Promise<T>,
): Promise<T> {
  const id = terminalId('--psam', terminal);
  const files = filesOf(context.data.terminal(id));
  if (!existsSync(files.config)) {
    const choice = { id, merchant: 'SHOP', place: 'till', isGate: false };
    await withTerminal(context, choice, () => Promise.resolve());
  }
  const { sam, release } = takeSam(files.sam);
  try {
    return await work(sam);
  } finally {
    try {
      sam.save();
    } finally {
      release();
    }
  }
}

function openVirtualSam(path: string): CardChannel {
  const { sam, release } = takeSam(path);
  const channel = sam.open();
  return {
    transceive: (command) => channel.transceive(command),
    async close() {
      try {
        await channel.close();
      } finally {
        release();
      }
    },
  };
}

async function openTerminal<T>(
  context: Context,
  choice: TerminalChoice,
  {
    files,
    work,
  }: { readonly files: TerminalFiles; readonly work: (terminal: Terminal) => Promise<T> },
): Promise<T> {
  const isNew = !existsSync(files.config);
  const hotlist = isNew ? await create(context, choice, files) : undefined;
  const config = readConfig(files.config, context.config);
  const journal = openJournal(files.journal);
  const sam = choice.sam ?? openVirtualSam(files.sam);
  const samChannel = choice.wrapSam === undefined ? sam : choice.wrapSam(sam);
  try {
    const terminal = await Terminal.open({
      config,
      journal,
      clock: context.clock,
      samChannel,
      signingSeed: new Secret(readKey(files.seed)),
      hostPublicKey: readKey(files.hostKey),
    });
    if (hotlist !== undefined) terminal.updateHotlist(hotlist);
    return await work(terminal);
  } finally {
    await samChannel.close();
    journal.close();
  }
}

/** A key of 32 bytes in a file of hexadecimal digits. @throws CONFIG_INVALID */
function readKey(path: string): Uint8Array {
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9A-Fa-f]{64}$/.test(text)) {
    // The text is not quoted: it may be most of a secret.
    throw new Fault(
      'CONFIG_INVALID',
      `"${path}" expected 64 hexadecimal digits, got ${text.length} characters`,
    );
  }
  return fromHex(text);
}
