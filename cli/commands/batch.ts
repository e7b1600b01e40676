// SPDX-License-Identifier: MIT
/** `openpurse batch …`: what the terminals have for clearing. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { toHex } from '../../src/bytes/hex.ts';
import { BatchReader } from '../../src/clearing/batch-reader.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { BatchAck, HostLink } from '../../src/clearing/messages.ts';
import { RECORD, RECORD_SIZE, type ClearingRecord } from '../../src/clearing/record.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { SignedAmount } from '../../src/money/amount.ts';
import { formatCivil } from '../../src/time/civil.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { transactionTypeName } from '../../src/purse/transaction-types.table.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { faultInFile, inFile } from '../data/in-file.ts';
import {
  sendBatches,
  synchronise,
  synchronisedLines,
  type Synchronised,
} from '../data/terminal-sync.ts';
import { terminalIds, withTerminal } from '../data/terminal-setup.ts';
import { counted, money, table, type Said } from '../print/printer.ts';
import { withHostLink, withHostOption } from './taps.ts';

interface BatchOptions extends SharedOptions {
  readonly terminal?: string;
  readonly out?: string;
  readonly host?: string;
}

export function addBatchCommands(program: Command): void {
  const batch = program
    .command('batch')
    .description('close, look at and upload the batches of terminals');
  withSharedOptions(
    batch.command('close').description('cut and sign the next batch of each terminal'),
  )
    .option('--terminal <id>', 'only this terminal')
    .option('--out <dir>', 'folder for the batch files', '.')
    .addHelpText('after', '\nExample:\n  openpurse batch close --out /media/usb\n')
    .action(close);
  withSharedOptions(batch.command('show').description('decode a batch file and check it'))
    .argument('<file>', 'batch file')
    .addHelpText('after', '\nExample:\n  openpurse batch show 100000000001-1.opb\n')
    .action(show);
  withHostOption(
    withSharedOptions(
      batch.command('upload').description('upload batches and apply what the host answers'),
    ),
  )
    .argument('[files...]', 'batch files; without any, every terminal closes and uploads its own')
    .option('--terminal <id>', 'only this terminal')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse batch upload\n  openpurse batch upload --host http://127.0.0.1:8080\n  openpurse batch upload /media/usb/*.opb\n',
    )
    .action(upload);
}

/** All terminals of the folder, or the one that is named. @throws TERMINAL_NOT_FOUND */
export async function eachTerminal(
  context: Context,
  only: string | undefined,
  work: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const known = terminalIds(context.data);
  const named = only?.toUpperCase();
  if (named !== undefined && !known.includes(named)) {
    const expected =
      known.length === 0 ? 'a terminal of this folder' : `one of ${known.join(', ')}`;
    throw new Fault('TERMINAL_NOT_FOUND', `"--terminal" expected ${expected}, got "${named}"`);
  }
  for (const id of named === undefined ? known : [named]) {
    await withTerminal(context, { id, merchant: 'SHOP', place: 'till', isGate: false }, work);
  }
}

async function close(options: BatchOptions): Promise<void> {
  const context = new Context(options);
  mkdirSync(options.out ?? '.', { recursive: true });
  const written: {
    terminal: string;
    number: number;
    records: number;
    file: string;
    bytes: number;
  }[] = [];
  await eachTerminal(context, options.terminal, (terminal) => {
    terminal.closeBatch();
    const id = terminal.config.terminalId;
    for (const number of terminal.openBatches()) {
      const file = join(options.out ?? '.', `${id}-${number}.opb`);
      const bytes = terminal.writeBatch(number, file);
      const records = terminal.journal.batch(number)?.recordCount ?? 0;
      written.push({ terminal: id, number, records, file, bytes });
    }
    return Promise.resolve();
  });
  const lines = written.map(
    (row) =>
      `${row.file}  batch ${row.number}, ${counted(row.records, 'record')}, ${row.bytes} bytes`,
  );
  context.printer.say({
    data: { batches: written },
    lines: lines.length === 0 ? ['nothing to send'] : lines,
  });
}

/** Reads a file of a bounded size. @throws FILE_UNREADABLE, LIMIT_EXCEEDED */
function readBatchFile(path: string): Uint8Array {
  try {
    if (statSync(path).size > LIMITS.batchBytes.max) {
      throw new Fault(
        'LIMIT_EXCEEDED',
        `"${path}" expected at most ${LIMITS.batchBytes.max} bytes`,
      );
    }
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('FILE_UNREADABLE', `"${path}" expected a batch file that can be read`, {
      cause,
    });
  }
}

function recordRow(record: ClearingRecord, context: Context): readonly string[] {
  const { currency } = context.config;
  return [
    record.terminalSequence.toString(),
    formatCivil(record),
    transactionTypeName(record.transactionType) ?? '',
    record.kind === 3 ? 'UNCERTAIN' : '',
    formatSerialNumber(record.applicationSerialNumber),
    record.counterBefore.toString(),
    money(record.amount, currency),
    money(record.balanceAfter, currency),
    record.place,
  ];
}

function show(file: string, options: BatchOptions): void {
  const context = new Context(options);
  const records: ClearingRecord[] = [];
  const reader = new BatchReader((run) => {
    for (let offset = 0; offset < run.length; offset += RECORD_SIZE)
      records.push(RECORD.decodeAt(run, offset));
  });
  const { header, trailer } = inFile(file, () => {
    reader.push(readBatchFile(file));
    const batch = reader.end();
    // Without the key of the terminal, totals that do not fit may be damage.
    batch.checkTotals();
    return batch;
  });
  const heading = ['seq', 'time', 'type', '', 'card', 'counter', 'amount', 'balance', 'place'];
  const hexed = (value: object): object =>
    Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        name,
        part instanceof Uint8Array ? toHex(part) : (part as unknown),
      ]),
    );
  context.printer.say({
    data: {
      header: hexed(header),
      records: records.map(hexed),
      trailer: hexed(trailer),
    },
    lines: [
      `batch ${header.batchNumber} of terminal ${toHex(header.terminalId)}: whole, totals and digest agree`,
      `${counted(trailer.purchaseCount, 'purchase')} ${money(trailer.purchaseSum as SignedAmount, context.config.currency)}, ${counted(trailer.loadCount, 'load')} ${money(trailer.loadSum as SignedAmount, context.config.currency)}, ${trailer.uncertainCount} uncertain`,
      `digest ${toHex(trailer.digest)}`,
      ...table([heading, ...records.map((record) => recordRow(record, context))], [0, 5, 6, 7]),
    ],
  });
}

/** What the host said to batches. */
export function ackSaid(acks: readonly BatchAck[]): Said {
  const lines = acks.flatMap((ack) => [
    `batch ${ack.batchNumber} of ${ack.terminalId}: ${ack.result}${ack.result === 'duplicate' ? ', nothing changed' : ''}`,
    ...ack.records.map(
      (range) => `  records ${range.from} to ${range.to}: ${range.verdict} (${range.rule})`,
    ),
    ...(ack.isOutOfBalance === true
      ? ['  OUT OF BALANCE: its totals are not those of its records; the terminal sends them again']
      : []),
    ...ack.missing.map((range) => `  never received: records ${range.from} to ${range.to}`),
  ]);
  return { data: { batches: acks }, lines: lines.length === 0 ? ['nothing to send'] : lines };
}

async function upload(files: readonly string[], options: BatchOptions): Promise<void> {
  const context = new Context(options);
  const acks: BatchAck[] = [];
  const synchronised: Synchronised[] = [];
  try {
    await withHostLink(context, options.host, async (linkOf) => {
      if (files.length > 0)
        for (const file of files) acks.push(await uploadFile(context, linkOf(), file));
      else {
        await eachTerminal(context, options.terminal, async (terminal) => {
          const link = linkOf(terminal);
          await sendBatches(terminal, link, acks);
          synchronised.push(await synchronise(terminal, link, acks));
        });
      }
    });
  } catch (error) {
    // What went through before the one that failed is told all the same.
    if (acks.length > 0) context.printer.say(ackSaid(acks));
    throw error;
  }
  const { data, lines } = ackSaid(acks);
  context.printer.say({
    data: { ...data, terminals: synchronised },
    lines: [...lines, ...synchronised.flatMap(synchronisedLines)],
  });
}

/** A batch that was carried here as a file; its terminal learns the answer where it is in this folder. */
async function uploadFile(context: Context, link: HostLink, file: string): Promise<BatchAck> {
  const batch = readBatchFile(file);
  const signed = await link.uploadBatch(batch).catch((cause: unknown) => {
    throw faultInFile(file, cause);
  });
  // The payload was made by the host that was just asked.
  const ack = JSON.parse(signed.payload) as BatchAck;
  if (terminalIds(context.data).includes(ack.terminalId)) {
    await eachTerminal(context, ack.terminalId, (terminal) => {
      if (terminal.journal.batch(ack.batchNumber) !== undefined) terminal.applyAck(signed);
      return Promise.resolve();
    });
  }
  return ack;
}
