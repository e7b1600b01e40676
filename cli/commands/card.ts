// SPDX-License-Identifier: MIT
/** `openpurse card …`: virtual cards in files. */
import { Option, type Command } from 'commander';
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { uniformKeys } from '../../src/purse/card-keys.ts';
import { formatSerialNumber, serialNumberBytes } from '../../src/purse/serial-number.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { blankCardMemory } from '../../card-applet-sim/fmcos/blank-map.ts';
import { CardFiles } from '../data/card-files.ts';
import { cardOfLot, issueCardFile } from '../data/issue-card.ts';
import { drawSerial, keyVersionOf } from '../data/new-card.ts';
import { DEFAULT_TERMINALS } from '../data/terminal-setup.ts';
import { SUITE_NAMES } from '../parse-options.ts';
import { EXIT } from '../print/failure.ts';
import { money, table } from '../print/printer.ts';
import { addCardInfoCommand } from './card-info.ts';
import { addCardPersonaliseCommand } from './card-personalise.ts';
import { addCardServeCommand } from './card-serve.ts';
import { runLoadCommand } from './pos.ts';
import { cardData, readCardFile, showCard } from './show-card.ts';
import { withHostOption, withTapOptions } from './taps.ts';

interface CreateOptions extends SharedOptions {
  readonly suite: string;
  readonly serial?: string;
  readonly pin: string;
  readonly keyVersion: string;
  readonly cardKey?: string;
  readonly blank?: boolean;
  readonly lot?: string;
}

export function addCardCommands(program: Command): void {
  const card = program
    .command('card')
    .description('cards: create, identify, personalise, show, serve, load, copy, restore');
  withSharedOptions(
    card.command('create').description('personalise a card and register it with the host'),
  )
    .argument('[name]', 'name of the card', 'card-1')
    .addOption(
      new Option('--suite <name>', 'crypto suite').choices(Object.keys(SUITE_NAMES)).default('aes'),
    )
    .option('--serial <digits>', 'application serial number (drawn at random when left out)')
    .option('--pin <digits>', 'PIN', DEFAULT_PIN)
    .option('--key-version <number>', 'version of the issuer keys', '1')
    .option(
      '--card-key <hex>',
      'use this 16-byte key for every purpose: worked examples; the host will not know it',
    )
    .addOption(
      new Option('--lot <id>', 'a card of this lot, for `issue card`: as the lot says').conflicts([
        'blank',
        'cardKey',
      ]),
    )
    .option('--blank', 'a blank test card instead, for `card personalise`; the host is not told')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse card create alice\n  openpurse card create bob --suite 3des --serial 42\n  openpurse card create carol --blank\n',
    )
    .action(create);
  addCardPersonaliseCommand(card);
  addCardInfoCommand(card);
  withSharedOptions(card.command('show').description('show one card, or list all'))
    .argument('[name]', 'card by name or path')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse card show\n  openpurse card show alice --json\n',
    )
    .action(show);
  addCardServeCommand(card);
  withHostOption(
    withTapOptions(
      withSharedOptions(card.command('load').description('load a card online at the till')),
      {
        id: DEFAULT_TERMINALS.pos,
        merchant: 'SHOP',
      },
    ),
  )
    .argument('<amount>', 'amount, such as 100')
    .option('--pin <digits>', 'PIN of the card', DEFAULT_PIN)
    .addHelpText('after', '\nExample:\n  openpurse card load 100 --card alice\n')
    .action(runLoadCommand);
  addAttackCommands(card);
}

/** What a cloner and a rollback do. */
function addAttackCommands(card: Command): void {
  withSharedOptions(
    card.command('copy').description('copy an image byte by byte, as a cloner would'),
  )
    .argument('<from>', 'card by name or path')
    .argument('<to>', 'new name or path')
    .addHelpText('after', '\nExample:\n  openpurse card copy alice clone\n')
    .action(copy);
  withSharedOptions(
    card.command('restore').description('put an older copy of an image back, as a rollback would'),
  )
    .argument('<name>', 'card that gets the older memory')
    .argument('<from>', 'copy to restore from')
    .addHelpText('after', '\nExample:\n  openpurse card restore alice alice-yesterday\n')
    .action(restore);
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const context = new Context(options);
  if (options.blank === true) {
    createBlank(context, name);
    return;
  }
  const { lot } = options;
  const kind =
    lot === undefined
      ? {
          suite: SUITE_NAMES[options.suite] ?? 'aes',
          keyVersion: keyVersionOf(options.keyVersion),
        }
      : { ...(await cardOfLot(context, lot)), lot };
  const { suite, keyVersion } = kind;
  const serial = formatSerialNumber(serialNumberBytes(options.serial ?? drawSerial()));
  const cardKey =
    options.cardKey === undefined ? undefined : fromHex(options.cardKey, '--card-key');
  if (cardKey !== undefined && cardKey.length !== 16) {
    throw new Fault(
      'USAGE',
      `"--card-key" expected 16 bytes in hex, got ${cardKey.length} of them`,
    );
  }
  const path = await issueCardFile(context, name, {
    serial,
    ...kind,
    pin: options.pin,
    ...(cardKey === undefined ? {} : { cardKeys: uniformKeys(cardKey) }),
  });
  const suiteName = suite === 'tdes' ? '3des' : suite;
  const inLot = lot === undefined ? {} : { lot };
  context.printer.say({
    data: { name, file: path, serial, suite: suiteName, keyVersion, ...inLot },
    lines: [
      `card ${name}: serial ${serial}, suite ${suiteName}, key version ${keyVersion}${lot === undefined ? '' : `, lot ${lot}, in stock`}`,
      `  ${path}`,
    ],
  });
}

function createBlank({ data, printer }: Context, name: string): void {
  const files = new CardFiles(data);
  const path = files.pathOf(name);
  files.create(path, blankCardMemory());
  printer.say({
    data: { name, file: path, isBlank: true },
    lines: [
      `card ${name}: blank, \`openpurse card personalise --card ${name}\` is next`,
      `  ${path}`,
    ],
  });
}

async function show(name: string | undefined, options: SharedOptions): Promise<void> {
  if (name !== undefined) return showCard(name, options);
  const context = new Context(options);
  const files = new CardFiles(context.data);
  const { currency } = context.config;
  const rows: (readonly string[])[] = [['card', 'serial', 'suite', 'balance']];
  const cards: object[] = [];
  const damaged: string[] = [];
  for (const known of files.names()) {
    const path = files.pathOf(known);
    const reading = await readCardFile(files, path).catch(unreadable);
    if (reading instanceof Fault) {
      // One damaged image does not hide the other cards.
      const { code, message } = reading;
      damaged.push(`${known}: ${code}: ${message}`);
      cards.push({ name: known, file: path, error: { code, message } });
      process.exitCode = EXIT.fault;
      continue;
    }
    const balance = reading.balance === undefined ? '?' : money(reading.balance, currency);
    rows.push([known, reading.serial, reading.suite === 'tdes' ? '3des' : reading.suite, balance]);
    cards.push({ name: known, file: path, ...cardData(reading) });
  }
  const lines =
    cards.length === 0
      ? [`no cards in ${context.data.cards}: \`openpurse card create\` makes one`]
      : [...(rows.length > 1 ? table(rows, [3]) : []), ...damaged];
  context.printer.say({ data: { currency, cards }, lines });
}

/** A fault in one card as a value; whatever else goes wrong is thrown on. */
function unreadable(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

function copy(from: string, to: string, options: SharedOptions): void {
  const context = new Context(options);
  const files = new CardFiles(context.data);
  const source = files.find(from);
  const target = files.pathOf(to);
  files.copy(source, target);
  context.printer.say({
    data: { from: source, to: target },
    lines: [`${target} is ${source}, byte by byte: two cards, one purse`],
  });
}

function restore(name: string, from: string, options: SharedOptions): void {
  const context = new Context(options);
  const files = new CardFiles(context.data);
  const target = files.find(name);
  const source = files.find(from);
  files.restore(target, source);
  context.printer.say({
    data: { card: target, from: source },
    lines: [`${target} has the memory of ${source} again`],
  });
}
