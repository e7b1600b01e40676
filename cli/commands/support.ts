// SPDX-License-Identifier: MIT
/** `openpurse support …`: what a clerk does for the holder of a card. */
import type { Command } from 'commander';
import { toHex } from '../../src/bytes/hex.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import { withActorOptions, withSharedOptions, type SharedOptions } from '../context.ts';
import { SYSTEM_RANDOM } from '../data/system.ts';
import { wholeNumber } from '../parse-options.ts';
import { money } from '../print/printer.ts';
import { supportLines, tornLines } from '../print/support.ts';
import { act, actNoting, say } from './issuing.ts';

const SERIAL = 'application serial number, 1 to 20 digits';
const REFERENCE = 'name of this request: made again with it, nothing happens twice';
const counter = wholeNumber(0, 0xffff);

interface RefundOptions extends SharedOptions {
  readonly counter: number;
  readonly amount?: string;
  readonly note: string;
  readonly reference?: string;
}

interface PayOptions extends SharedOptions {
  readonly agent: string;
  readonly amount?: string;
  readonly reference?: string;
}

export function addSupportCommands(program: Command): void {
  const support = program
    .command('support')
    .description('for the holder of a card: look, refund, pay');
  withSharedOptions(support.command('card').description('everything about one card'))
    .argument('<serial>', SERIAL)
    .addHelpText('after', '\nExample:\n  openpurse support card 42\n')
    .action((serial: string, options: SharedOptions) =>
      say(options, ({ issuing, currency }) => {
        const view = issuing.support(serial);
        return { data: { currency, ...view }, lines: supportLines(view, currency) };
      }),
    );
  withActorOptions(
    support.command('torn').description('torn taps of a card, and the refund of one that is due'),
  )
    .argument('<serial>', SERIAL)
    .option('--refund <counter>', 'the value of the gap that begins here is owed', counter)
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse support torn 42\n  openpurse support torn 42 --refund 7\n',
    )
    .action((serial: string, options: SharedOptions & { readonly refund?: number }) =>
      act(options, { action: 'support torn', subject: serial }, ({ issuing, currency }, actor) => {
        const { refund: from } = options;
        if (from !== undefined) issuing.refundTorn({ serial, from }, actor);
        const view = issuing.support(serial);
        const lines = tornLines(view, currency);
        const { serial: digits, torn } = view;
        return {
          data: { currency, serial: digits, torn },
          lines: lines.length === 0 ? ['no torn taps are known'] : lines,
        };
      }),
    );
  addRefundCommand(support);
  addPayCommand(support);
  withActorOptions(
    support.command('transfer').description('a load that a till made is paid by what is owed'),
  )
    .argument('<serial>', 'the card whose holder is owed')
    .requiredOption('--to <serial>', 'the card that was loaded')
    .option('--load <id>', 'the load (the newest that is not paid so when left out)')
    .addHelpText('after', '\nExample:\n  openpurse support transfer 42 --to 43\n')
    .action((serial: string, options: SharedOptions & { to: string; load?: string }) =>
      act(
        options,
        { action: 'support transfer', subject: serial },
        ({ issuing, currency }, actor) => {
          const { to, load = null } = options;
          const { amount, reference, agent } = issuing.payLoad({ serial, to, load }, actor);
          return {
            data: { currency, serial, to, amount, reference, agent },
            lines: [`${money(amount, currency)} of card ${to} paid by what is owed on ${serial}`],
          };
        },
      ),
    );
}

function addRefundCommand(support: Command): void {
  withActorOptions(
    support.command('refund').description('a merchant gives a purchase back, or a part of it'),
  )
    .argument('<serial>', SERIAL)
    .requiredOption('--counter <number>', 'offline counter of the purchase', counter)
    .option('--amount <amount>', 'how much (all that is left when left out)')
    .option('--note <text>', 'why', '')
    .option('--reference <text>', REFERENCE)
    .addHelpText(
      'after',
      '\nExample:\n  openpurse support refund 42 --counter 3 --amount 12.50 --note "wrong size"\n',
    )
    .action((serial: string, options: RefundOptions) =>
      actNoting(
        options,
        { action: 'support refund', subject: serial },
        ({ issuing, currency }, actor) => {
          const { counter: of, note } = options;
          const asked = { serial, counter: of, note, amount: amountOf(options.amount, currency) };
          const reference = options.reference ?? drawReference();
          const row = issuing.refundPurchase({ ...asked, reference }, actor);
          const { amount, merchant } = row;
          return {
            data: { currency, serial, counter: of, amount, merchant, reference },
            lines: [
              `${money(amount, currency)} of counter ${of} given back by ${merchant} (${reference})`,
              'owed to the holder: pay it in cash or as a load',
            ],
          };
        },
      ),
    );
}

function addPayCommand(support: Command): void {
  withActorOptions(support.command('pay').description('an agent pays what is owed in cash'))
    .argument('<serial>', SERIAL)
    .requiredOption('--agent <name>', 'who pays')
    .option('--amount <amount>', 'how much (all that is owed when left out)')
    .option('--reference <text>', REFERENCE)
    .addHelpText('after', '\nExample:\n  openpurse support pay 42 --agent KIOSK\n')
    .action((serial: string, options: PayOptions) =>
      act(options, { action: 'support pay', subject: serial }, ({ issuing, currency }, actor) => {
        const { agent } = options;
        const reference = options.reference ?? drawReference();
        const asked = { serial, agent, reference, amount: amountOf(options.amount, currency) };
        const { amount } = issuing.payCash(asked, actor);
        return {
          data: { currency, serial, amount, agent, reference },
          lines: [`${money(amount, currency)} paid in cash by ${agent} (${reference})`],
        };
      }),
    );
}

function amountOf(text: string | undefined, currency: CurrencyCode): Amount | null {
  return text === undefined ? null : parseAmount(text, currency, '--amount');
}

function drawReference(): string {
  return toHex(SYSTEM_RANDOM.bytes(8));
}
