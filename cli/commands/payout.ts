// SPDX-License-Identifier: MIT
/** `openpurse payout …`: what became of the payments to merchants. */
import { Option, type Command } from 'commander';
import type { ClearingHost } from '../../host/host.ts';
import type { Payout, PayoutState } from '../../host/settlement/model.ts';
import {
  confirmPayout,
  rejectPayout,
  returnPayout,
  sendPayout,
  type Refusal,
} from '../../host/settlement/payouts.ts';
import type { Actor } from '../../host/access/actor.ts';
import { PAYOUT_MOVES } from '../../host/settlement/payouts.table.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type Change,
  type SharedOptions,
} from '../context.ts';
import { money, table } from '../print/printer.ts';

interface RefusalOptions extends SharedOptions {
  readonly reason: string;
  readonly bankRef?: string;
}

const ID = ['<payout>', 'id of the payout, WINDOW-MERCHANT'] as const;

export function addPayoutCommands(program: Command): void {
  const payout = program.command('payout').description('payments to merchants, and their ends');
  withSharedOptions(payout.command('list').description('payouts and their states'))
    .addOption(
      new Option('--state <state>', 'only those of one state').choices(Object.keys(PAYOUT_MOVES)),
    )
    .addHelpText('after', '\nExample:\n  openpurse payout list --state sent\n')
    .action(list);
  withActorOptions(payout.command('sent').description('the bank has the instruction'))
    .argument(...ID)
    .addHelpText('after', '\nExample:\n  openpurse payout sent 1-SHOP\n')
    .action((id: string, options: SharedOptions) =>
      happen(options, { action: 'payout sent', subject: id }, ({ settlement }, actor) =>
        sendPayout(settlement, id, actor),
      ),
    );
  withActorOptions(payout.command('confirm').description('the bank has paid it'))
    .argument(...ID)
    .requiredOption('--bank-ref <text>', "the bank's own reference")
    .addHelpText('after', '\nExample:\n  openpurse payout confirm 1-SHOP --bank-ref B42\n')
    .action((id: string, options: SharedOptions & { readonly bankRef: string }) =>
      happen(options, { action: 'payout confirm', subject: id }, ({ settlement }, actor) =>
        confirmPayout(settlement, id, options.bankRef, actor),
      ),
    );
  withRefusal(payout.command('reject').description('the bank did not take the instruction'))
    .addHelpText('after', '\nExample:\n  openpurse payout reject 1-SHOP --reason "no such IBAN"\n')
    .action((id: string, options: RefusalOptions) =>
      happen(options, { action: 'payout reject', subject: id }, ({ settlement }, actor) =>
        rejectPayout(settlement, id, refusal(options), actor),
      ),
    );
  withRefusal(payout.command('return').description('the payment came back'))
    .addHelpText(
      'after',
      '\nExample:\n  openpurse payout return 1-SHOP --reason "account closed"\n',
    )
    .action((id: string, options: RefusalOptions) =>
      happen(options, { action: 'payout return', subject: id }, ({ settlement }, actor) =>
        returnPayout(settlement, id, refusal(options), actor),
      ),
    );
}

function withRefusal(command: Command): Command {
  return withActorOptions(command)
    .argument(...ID)
    .requiredOption('--reason <text>', 'what the bank says')
    .option('--bank-ref <text>', "the bank's own reference");
}

const refusal = ({ reason, bankRef }: RefusalOptions): Refusal => ({
  reason,
  bankReference: bankRef ?? null,
});

async function list(options: SharedOptions & { readonly state?: PayoutState }): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ store, currency }) => {
    const payouts = store.payouts(options.state);
    const rows = payouts.map((row) => [
      row.id,
      row.state,
      money(row.amount, currency),
      row.endToEndId,
      row.account.number,
      row.bankReference ?? '',
    ]);
    const heading = ['payout', 'state', 'amount', 'end-to-end id', 'account', 'bank reference'];
    context.printer.say({
      data: { currency, payouts },
      lines: rows.length === 0 ? ['no payouts'] : table([heading, ...rows], [2]),
    });
    return Promise.resolve();
  });
}

async function happen(
  options: ActorOptions,
  change: Change,
  work: (host: ClearingHost, actor: Actor) => Payout,
): Promise<void> {
  const context = new Context(options);
  await context.change(change, (host, actor) => {
    const payout = work(host, actor);
    const { id, state, amount, merchant } = payout;
    context.printer.say({
      data: payout,
      lines: [`payout ${id} of ${money(amount, host.currency)} to ${merchant}: ${state}`],
    });
  });
}
