// SPDX-License-Identifier: MIT
/** `openpurse claims …`: what merchants say that their terminals took. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { ComparedClaim } from '../../host/claims/compare.ts';
import { importClaims } from '../../host/claims/import.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { typeName } from '../../src/purse/transaction-types.table.ts';
import { Context, withActorOptions, type ActorOptions } from '../context.ts';
import { faultInFile } from '../data/in-file.ts';
import { readBounded } from '../data/read-bounded.ts';
import { wholeNumber } from '../parse-options.ts';
import { counted, money, table } from '../print/printer.ts';

interface ImportOptions extends ActorOptions {
  readonly window?: number;
}

export function addClaimCommands(program: Command): void {
  const claims = program
    .command('claims')
    .description('claim files of merchants, compared with what the cards proved');
  withActorOptions(
    claims.command('import').description('keep a claim file and compare it; no money moves'),
  )
    .argument('<file>', 'CSV with terminal, date, type, count, gross and, for one each, counter')
    .option(
      '--window <number>',
      'compare with what was credited in this window alone',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .addHelpText('after', '\nExample:\n  openpurse claims import shop-2026-02-03.csv --window 1\n')
    .action(importFile);
}

function row({ claim, isAgreed, proven }: ComparedClaim, currency: CurrencyCode): string[] {
  return [
    claim.terminal,
    claim.date,
    typeName(claim.type),
    claim.counter === null ? 'day' : `counter ${claim.counter}`,
    `${claim.count}`,
    money(claim.gross, currency),
    `${proven.count}`,
    money(proven.gross, currency),
    isAgreed ? '' : 'DIFFERS',
  ];
}

async function importFile(file: string, options: ImportOptions): Promise<void> {
  const context = new Context(options);
  const bytes = readBounded(file, LIMITS.claimFileBytes.max);
  await context.change({ action: 'claims import', subject: basename(file) }, (host, actor) => {
    const { currency, settlement } = host;
    let result;
    try {
      result = importClaims(settlement, { bytes, window: options.window ?? null }, actor);
    } catch (cause) {
      throw faultInFile(file, cause);
    }
    const different = result.claims.filter((each) => !each.isAgreed).length;
    const heading = ['terminal', 'date', 'type', 'of', 'claimed', 'gross', 'proven', 'gross', ''];
    context.printer.say({
      data: { currency, ...result },
      lines: [
        `${file}${result.isNew ? '' : ' was taken before'}: ${counted(result.claims.length, 'claim')}, ${different} other than proven; the proven amounts are paid`,
        ...table([heading, ...result.claims.map((each) => row(each, currency))], [4, 5, 6, 7]),
      ],
    });
  });
}
