// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { addApduCommands } from './commands/apdu.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addBankCommands } from './commands/bank.ts';
import { addBatchCommands } from './commands/batch.ts';
import { addBenchCommands } from './commands/bench.ts';
import { addCardCommands } from './commands/card.ts';
import { addClaimCommands } from './commands/claims.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommands } from './commands/doctor.ts';
import { addExceptionCommands } from './commands/exceptions.ts';
import { addFileCommands } from './commands/files.ts';
import { addFeeCommands } from './commands/fees.ts';
import { addGateCommands } from './commands/gate.ts';
import { addHostCommands } from './commands/host.ts';
import { addIssuingCommands } from './commands/issuing.ts';
import { addMerchantCommands } from './commands/merchant.ts';
import { addPayoutCommands } from './commands/payout.ts';
import { addPosCommands } from './commands/pos.ts';
import { addReadersCommands } from './commands/readers.ts';
import { addReportCommands } from './commands/report.ts';
import { addSettleCommands } from './commands/settle.ts';
import { addReplayCommands } from './commands/replay.ts';
import { addShellCommands } from './commands/shell.ts';
import { addSimulateCommands } from './commands/simulate.ts';
import { addStatsCommand } from './commands/stats.ts';
import { addSupportCommands } from './commands/support.ts';
import { addTerminalCommands } from './commands/terminal.ts';
import { packageRoot } from './data/package-root.ts';

/** The whole command line. Errors are thrown, so that `main` prints them all alike. */
export function buildProgram(): Command {
  // package.json is ours and has a version.
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  const program = new Command('openpurse')
    .description('an offline stored-value purse, end to end: card, terminal, clearing host')
    .version(version)
    .exitOverride()
    // `printFailure` says it, as text or as JSON.
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', '\nStart with:\n  openpurse demo\n');
  addDemoCommand(program);
  addCardCommands(program);
  addPosCommands(program);
  addGateCommands(program);
  addBatchCommands(program);
  addTerminalCommands(program);
  addHostCommands(program);
  addExceptionCommands(program);
  addIssuingCommands(program);
  addSupportCommands(program);
  addStatsCommand(program);
  addAuditCommand(program);
  addMerchantCommands(program);
  addFeeCommands(program);
  addSettleCommands(program);
  addPayoutCommands(program);
  addFileCommands(program);
  addBankCommands(program);
  addClaimCommands(program);
  addReportCommands(program);
  addSimulateCommands(program);
  addBenchCommands(program);
  addReadersCommands(program);
  addDoctorCommands(program);
  addApduCommands(program);
  addShellCommands(program);
  addReplayCommands(program);
  return program;
}
