// SPDX-License-Identifier: MIT
/** `openpurse host backup` and `host restore`. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { backUp } from '../../host/backup/backup.ts';
import type { Manifest } from '../../host/backup/manifest.ts';
import { restore } from '../../host/backup/restore.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { SYSTEM_CLOCK } from '../data/system.ts';
import { counted, type Said } from '../print/printer.ts';

/** Adds the commands to the group `host`. */
export function addBackupCommands(host: Command): void {
  withSharedOptions(
    host.command('backup').description('copy the host to a new folder, also while it serves'),
  )
    .argument('<folder>', 'new or empty folder')
    .addHelpText('after', '\nExample:\n  openpurse host backup /backup/2026-02-03\n')
    .action(backup);
  withSharedOptions(
    host.command('restore').description('check a backup and put it into an empty data folder'),
  )
    .argument('<folder>', 'the backup')
    .addHelpText(
      'after',
      '\nExample:\n  openpurse host restore /backup/2026-02-03 --data /srv/purse\n',
    )
    .action(restoreBackup);
}

async function backup(folder: string, options: SharedOptions): Promise<void> {
  const { data, printer } = new Context(options);
  const target = resolve(folder);
  printer.say(said('backed up to', target, await backUp(data.path, target, SYSTEM_CLOCK.now())));
}

function restoreBackup(folder: string, options: SharedOptions): void {
  const { data, printer } = new Context(options);
  printer.say(said('restored to', data.path, restore(resolve(folder), data.path)));
}

function said(verb: string, folder: string, manifest: Manifest): Said {
  const { createdAt, files, records, journalEntries, journalHash } = manifest;
  const bytes = files.reduce((total, file) => total + file.bytes, 0);
  return {
    data: { folder, createdAt, files: files.length, bytes, records, journalEntries, journalHash },
    lines: [
      `${verb} ${folder}: the host of ${createdAt}`,
      `${counted(files.length, 'file')}, ${bytes} bytes; ${counted(records, 'record')}, ${counted(journalEntries, 'journal entry').replace(/entrys$/, 'entries')}`,
    ],
  };
}
