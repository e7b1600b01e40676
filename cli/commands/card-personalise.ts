// SPDX-License-Identifier: MIT
/** `openpurse card personalise`: makes a purse of a blank FMCOS-style test card, in a file or in a reader. */
import { Option, type Command } from 'commander';
import { DEFAULT_PIN, pinBytes } from '../../card-applet-sim/personalise/personalise-card.ts';
import { newCardProfile } from '../../simulation/world/issuing.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { TRANSPORT_KEY } from '../../src/purse/fmcos-layouts.ts';
import { formatSerialNumber, serialNumberBytes } from '../../src/purse/serial-number.ts';
import {
  personalise,
  type PersonalisationOutcome,
  type StepReport,
} from '../../terminal/personalise/personalise.ts';
import { Context, withSharedOptions } from '../context.ts';
import {
  withCardLine,
  withCardSourceOptions,
  type CardSourceOptions,
} from '../data/card-source.ts';
import { drawSerial, keyVersionOf } from '../data/new-card.ts';
import { SUITE_NAMES } from '../parse-options.ts';
import { EXIT } from '../print/failure.ts';
import { counted } from '../print/printer.ts';

interface PersonaliseOptions extends CardSourceOptions {
  readonly suite: string;
  readonly serial?: string;
  readonly pin: string;
  readonly keyVersion: string;
  readonly transportKey?: string;
  readonly erase?: boolean;
  readonly dryRun?: boolean;
  readonly confirm?: boolean;
}

/** What `--transport-key` says of a card whose master file is open. */
const NO_KEY = 'none';

export function addCardPersonaliseCommand(card: Command): void {
  withCardSourceOptions(
    withSharedOptions(
      card
        .command('personalise')
        .description(
          'write a purse on a blank FMCOS-style test card; without --confirm, only show it',
        ),
    ),
  )
    .addOption(
      new Option('--suite <name>', 'crypto suite; aes for virtual cards only')
        .choices(Object.keys(SUITE_NAMES))
        .default('3des'),
    )
    .option('--serial <digits>', 'application serial number (drawn at random when left out)')
    .option('--pin <digits>', 'PIN', DEFAULT_PIN)
    .option('--key-version <number>', 'version of the issuer keys', '1')
    .option(
      '--transport-key <hex>',
      `key of the master file, 8 or 16 bytes, or "${NO_KEY}" (default: the factory's, all FF)`,
    )
    .option('--erase', 'erase what an interrupted attempt left; never a purse that tells a balance')
    .addOption(
      new Option(
        '--dry-run',
        'show the steps, send only commands that read (the default)',
      ).conflicts('confirm'),
    )
    .option('--confirm', 'write the card and register it with the host')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse card personalise --card carol   # a blank one: card create carol --blank\n  openpurse card personalise --card carol --confirm\n  openpurse card personalise --reader ACR122 --serial 42 --confirm\n',
    )
    .action(run);
}

function transportKeyOf(text: string | undefined): Uint8Array | undefined {
  if (text === NO_KEY) return undefined;
  if (text === undefined) return TRANSPORT_KEY.slice();
  const isKey = /^([0-9a-f]{16}|[0-9a-f]{32})$/i.test(text);
  // The key itself stays out of the message.
  if (!isKey) {
    const got = `${text.length} characters`;
    throw new Fault(
      'USAGE',
      `"--transport-key" expected 8 or 16 bytes in hex, or none, got ${got}`,
    );
  }
  return fromHex(text, '--transport-key');
}

async function run(options: PersonaliseOptions): Promise<void> {
  const context = new Context(options);
  const { printer } = context;
  const suite = SUITE_NAMES[options.suite] ?? 'tdes';
  if (suite === 'aes' && options.reader !== undefined) {
    throw new Fault('USAGE', '"--suite" expected 3des for a card in a reader, got aes: it has DES');
  }
  const keyVersion = keyVersionOf(options.keyVersion);
  const serial = formatSerialNumber(serialNumberBytes(options.serial ?? drawSerial()));
  const pin = pinBytes(options.pin);
  const transportKey = transportKeyOf(options.transportKey);
  const isDryRun = options.confirm !== true;
  const keys = context.keys();
  const profile = newCardProfile(keys, { serial, suite, keyVersion });
  const steps: StepReport[] = [];
  const outcome = await withCardLine(context, options, ({ channel, where }) => {
    printer.tell(`${where}: serial ${serial}, suite ${options.suite}, key version ${keyVersion}`);
    return personalise({
      channel,
      options: { ...profile, pin, transportKey, isErasing: options.erase === true },
      isDryRun,
      onStep(report) {
        steps.push(report);
        printer.tell(stepLines(report).join('\n'));
      },
      // First the host: a card that works and that no host knows would be money from nowhere.
      beforeWriting: () =>
        context.withHost(keys, (host) => host.registerCard({ serial, suite, keyVersion })),
    });
  });
  printer.say({
    data: { outcome: outcome.kind, serial, suite: options.suite, keyVersion, steps },
    lines: ['', ...outcomeLines(outcome, serial)],
  });
  if (outcome.kind === 'refused' || outcome.kind === 'unknown') process.exitCode = EXIT.notApproved;
}

function stepLines({ number, title, command, sw, meaning }: StepReport): readonly string[] {
  return [
    `${number.toString().padStart(2)}  ${title}`,
    `    > ${command}`,
    `    < ${sw === undefined ? '' : `${sw} `}${meaning}`,
  ];
}

function outcomeLines(outcome: PersonalisationOutcome, serial: string): readonly string[] {
  switch (outcome.kind) {
    case 'planned':
      return [
        `nothing was written: ${counted(outcome.writes, 'step')} would write the card; --confirm does it`,
      ];
    case 'personalised':
      return [`the card is a purse: serial ${serial}, registered with the host`];
    case 'refused':
      return [
        `stopped at step ${outcome.at.number}, ${outcome.at.title}: the card said ${outcome.at.sw ?? 'nothing'}, ${outcome.at.meaning}`,
        ...afterwards(outcome.written, serial),
      ];
    case 'unknown':
      return [
        `no answer to step ${outcome.at.number}, ${outcome.at.title}: ${unknownNote(outcome.at)}`,
        ...afterwards(outcome.written, serial),
      ];
  }
}

function unknownNote({ kind }: StepReport): string {
  return kind === 'read' ? 'it changes nothing' : 'the card may have done it or not';
}

function afterwards(written: number, serial: string): readonly string[] {
  const before =
    written === 0
      ? 'no step before it wrote anything'
      : `${counted(written, 'step')} before it wrote: the card may be half written`;
  return [
    before,
    `serial ${serial} is registered and not given again; look at the card with \`openpurse pos balance\``,
    'if it has no purse, run this again with --erase and another serial number',
  ];
}
