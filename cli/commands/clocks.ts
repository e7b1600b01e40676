// SPDX-License-Identifier: MIT
/** `openpurse host clocks|holidays`: how long parties have, and days that are no working days. */
import type { Command } from 'commander';
import {
  addHoliday,
  ClockBook,
  removeHoliday,
  setClock,
  settableClocks,
  UNIT_NAMES,
} from '../../host/clocks/clock-book.ts';
import { CLOCKS } from '../../host/clocks/clocks.table.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type SharedOptions,
} from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { table } from '../print/printer.ts';

export function addClockCommands(host: Command): void {
  const clocks = host
    .command('clocks')
    .description('how long somebody has to answer, to decide, to claim');
  withSharedOptions(clocks.command('list').description('every clock that can be set'))
    .addHelpText('after', '\nExample:\n  openpurse host clocks list\n')
    .action(listClocks);
  withActorOptions(clocks.command('set').description('set a clock for what begins from now on'))
    .argument('<clock>', settableClocks().join(', '))
    .argument('<value>', 'in the unit of the clock', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .addHelpText('after', '\nExample:\n  openpurse host clocks set dispute 15\n')
    .action(set);
  const holidays = host
    .command('holidays')
    .description('days that are no working days, besides Saturdays and Sundays');
  withSharedOptions(holidays.command('list').description('every holiday'))
    .addHelpText('after', '\nExample:\n  openpurse host holidays list\n')
    .action(listHolidays);
  withActorOptions(holidays.command('add').description('make a day to come a holiday'))
    .argument('<day>', 'YYYY-MM-DD')
    .option('--name <text>', 'what it is', '')
    .addHelpText(
      'after',
      '\nExample:\n  openpurse host holidays add 2026-12-25 --name "Christmas Day"\n',
    )
    .action(add);
  withActorOptions(
    holidays.command('remove').description('make a holiday to come a day like others'),
  )
    .argument('<day>', 'YYYY-MM-DD')
    .addHelpText('after', '\nExample:\n  openpurse host holidays remove 2026-12-25\n')
    .action(remove);
}

async function listClocks(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ store }) => {
    const book = new ClockBook(store);
    const now = context.clock.now();
    const clocks = settableClocks().map((clock) => {
      const { meaning, unit, value: usual } = CLOCKS[clock];
      return { clock, value: book.value(clock, now), usual, unit, meaning };
    });
    const rows = clocks.map(({ clock, meaning, unit, usual, value }) => [
      clock,
      `${value}`,
      UNIT_NAMES[unit],
      value === usual ? '' : `usually ${usual}`,
      meaning,
    ]);
    context.printer.say({ data: { clocks }, lines: table(rows, [1]) });
    return Promise.resolve();
  });
}

async function set(clock: string, value: number, options: ActorOptions): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'host clocks set', subject: clock }, ({ store }) => {
    setClock(store, clock, value, context.clock.now());
    context.printer.say({
      data: { clock, value },
      lines: [`${clock}: ${value} for what begins from now on`],
    });
  });
}

async function listHolidays(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ store }) => {
    const holidays = store.holidays();
    const rows = holidays.map(({ day, name }) => [day, name]);
    context.printer.say({
      data: { holidays },
      lines: rows.length === 0 ? ['no holidays'] : table(rows),
    });
    return Promise.resolve();
  });
}

async function add(day: string, options: ActorOptions & { readonly name: string }): Promise<void> {
  const context = new Context(options);
  const { name } = options;
  await context.change({ action: 'host holidays add', subject: day }, ({ store }) => {
    addHoliday(store, { day, name }, context.clock.now());
    context.printer.say({ data: { day, name }, lines: [`${day} is a holiday`] });
  });
}

async function remove(day: string, options: ActorOptions): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'host holidays remove', subject: day }, ({ store }) => {
    removeHoliday(store, day, context.clock.now());
    context.printer.say({ data: { day }, lines: [`${day} is a day like others`] });
  });
}
