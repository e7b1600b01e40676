// SPDX-License-Identifier: MIT
/** Every command of the SAM: the rows of src/purse/sam-commands.table.ts joined with their handlers. */
import { SAM_INITIALIZE, SAM_CREDIT } from '../../src/purse/command-layouts.ts';
import { SAM_COMMANDS, type SamCommandName } from '../../src/purse/sam-commands.table.ts';
import { CommandIndex } from '../apdu/command-index.ts';
import { Dispatcher, type AppletCommand } from '../apdu/dispatcher.ts';
import { cipherData, deliveryKey } from './cipher-commands.ts';
import { readPsamBinary, selectPsam } from './file-commands.ts';
import type { PsamApplet, PsamHandler } from './psam-applet.ts';
import { creditForPurchase, initializeForPurchase } from './purchase-commands.ts';

const HANDLERS: Readonly<Record<SamCommandName, PsamHandler>> = {
  deliveryKey,
  initializeForPurchase,
  creditForPurchase,
  select: selectPsam,
  readBinary: readPsamBinary,
  cipherData,
};

const LC: Readonly<Record<SamCommandName, readonly [number, number]>> = {
  deliveryKey: [8, 24],
  initializeForPurchase: [SAM_INITIALIZE.tdes.size + 8, SAM_INITIALIZE.tdes.size + 24],
  creditForPurchase: [SAM_CREDIT.tdes.size, SAM_CREDIT.aes.size],
  select: [0, 16],
  readBinary: [0, 0],
  cipherData: [0, 0xff],
};

// Object.keys loses the literal keys; they are the table's.
const COMMANDS = (Object.keys(SAM_COMMANDS) as SamCommandName[]).map(
  (name): AppletCommand<PsamApplet> => {
    const { cla, ins, p1, p2 } = SAM_COMMANDS[name];
    return {
      cla: [cla],
      ins,
      p1,
      p2: p2 === null ? null : [p2],
      lc: LC[name],
      replySize: null,
      run: HANDLERS[name],
    };
  },
);

export const PSAM_DISPATCHER = new Dispatcher<PsamApplet, AppletCommand<PsamApplet>>(
  new CommandIndex(COMMANDS),
  { gate: () => undefined, settle: () => undefined },
);
