// SPDX-License-Identifier: MIT
/**
 * Whether a card may be personalised, found out with commands that only read. A blank card has none of the
 * applications that this project, a transit card or a bank card has. With `isErasing` a purse that was
 * left half written may be there; one that tells a balance is never erased: it may hold money.
 */
import { Fault } from '../../src/errors/fault.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { PURSE_DIRECTORY } from '../../src/purse/fmcos-layouts.ts';
import { getBalance } from '../card/commands.ts';
import { describeAnswer } from '../card/exchange.ts';
import { isAbsent, selectStep, SELECT_MASTER } from './steps.ts';
import type { Step, StepSender } from './step.ts';

interface Probe {
  readonly step: Step;
  /** Whether an earlier attempt of ours may have left it. */
  readonly isOurs: boolean;
}

const PROBES: readonly Probe[] = [
  { step: selectStep('purse (3DES)', DF_NAMES.tdesPurse), isOurs: true },
  { step: selectStep('purse (AES)', DF_NAMES.aesPurse), isOurs: true },
  { step: selectStep('directory 3F01', PURSE_DIRECTORY.fileId), isOurs: true },
  { step: selectStep('directory 1001', 0x1001), isOurs: false },
  { step: selectStep('transit purse (T-Union)', DF_NAMES.tUnion), isOurs: false },
  { step: selectStep('bank applications (2PAY.SYS.DDF01)', DF_NAMES.ppse), isOurs: false },
];
const BALANCE: Step = { title: 'GET BALANCE', kind: 'read', command: () => getBalance };

/** @throws CARD_NOT_BLANK; CARD_GONE when an answer is missing; CARD_UNUSABLE without a master file. */
export async function checkBlank(send: StepSender, isErasing: boolean): Promise<void> {
  const master = await send(SELECT_MASTER);
  if (master.kind === 'lost') throw gone();
  if (master.sw !== SW.SUCCESS) {
    const got = describeAnswer(master);
    throw new Fault('CARD_UNUSABLE', `"card" expected a master file, got ${got} to SELECT 3F00`);
  }
  for (const { step, isOurs } of PROBES) {
    const answer = await send(step);
    if (answer.kind === 'lost') throw gone();
    if (isAbsent(answer.sw)) continue;
    const found = `${describeAnswer(answer)} to ${step.title}`;
    if (!isOurs || !isErasing) {
      const hint = isOurs ? ': `--erase` erases what an interrupted attempt left' : '';
      throw new Fault('CARD_NOT_BLANK', `"card" expected to be blank, got ${found}${hint}`);
    }
    const balance = await send(BALANCE);
    if (balance.kind === 'lost') throw gone();
    if (balance.sw === SW.SUCCESS) {
      throw new Fault(
        'CARD_NOT_BLANK',
        '"card" expected no purse, got one with a balance: it is never erased',
      );
    }
  }
}

function gone(): Fault {
  return new Fault('CARD_GONE', '"card" expected an answer, got none; nothing was written');
}
