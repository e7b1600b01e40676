// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import type { ClockSetting, ClockStore, Holiday } from './clock-store.ts';

export function clockVerbs(database: Database): ClockStore {
  const insertSetting = database.prepare(
    'INSERT INTO clock_settings (clock, value, set_at) VALUES (?, ?, ?)',
  );
  const selectSettings = database.prepare<[], ClockSetting>(
    'SELECT clock, value, set_at AS setAt FROM clock_settings ORDER BY id',
  );
  const put = database.prepare('INSERT OR REPLACE INTO holidays VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM holidays WHERE day = ?');
  const selectHolidays = database.prepare<[], Holiday>(
    'SELECT day, name FROM holidays ORDER BY day',
  );
  return {
    insertClockSetting: ({ clock, value, setAt }) => void insertSetting.run(clock, value, setAt),
    clockSettings: () => selectSettings.all(),
    putHoliday: ({ day, name }) => void put.run(day, name),
    deleteHoliday: (day) => remove.run(day).changes > 0,
    holidays: () => selectHolidays.all(),
  };
}
