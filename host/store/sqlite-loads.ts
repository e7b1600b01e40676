// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import type { HostStore, LoadRow } from './store.ts';

/** Orders of loads, by card; and the messages that made them, which are read when a request is repeated. */
export function loadVerbs(
  database: Database,
): Pick<
  HostStore,
  'insertLoad' | 'loadAnswer' | 'loadCount' | 'loads' | 'loadsInFlight' | 'setLoadState'
> {
  const columns = 'serial, counter, number, id, amount, before, at, agent, state';
  const insertMessages = database.prepare(
    'INSERT INTO load_messages (request, answer) VALUES (?, ?)',
  );
  const insert = database.prepare(
    `INSERT INTO loads (${columns}, messages) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  // A card's loads are numbered as their counters grow.
  const select = database
    .prepare<[Uint8Array, number], StoredLoadValues>(
      `SELECT ${columns} FROM loads WHERE serial = ? AND counter >= ? ORDER BY counter, number`,
    )
    .raw();
  const selectLast = database
    .prepare<[Uint8Array], number>(
      'SELECT number FROM loads WHERE serial = ? ORDER BY counter DESC, number DESC LIMIT 1',
    )
    .pluck();
  const selectOpen = database
    .prepare<[], StoredLoadValues>(
      `SELECT ${columns} FROM loads WHERE state = 'inFlight' ORDER BY serial, counter, number`,
    )
    .raw();
  const ofLoad = 'serial = ? AND counter = ? AND number = ?';
  const selectAnswer = database
    .prepare<[Uint8Array, number, number], string>(
      `SELECT answer FROM loads JOIN load_messages ON load_messages.id = messages WHERE ${ofLoad}`,
    )
    .pluck();
  const update = database.prepare(`UPDATE loads SET state = ? WHERE ${ofLoad}`);
  return {
    insertLoad({ serial, counter, number, id, amount: value, before, ...load }) {
      const { lastInsertRowid } = insertMessages.run(load.request, load.answer);
      const what = [serial, counter, number, id, value, before];
      insert.run(...what, load.at, load.agent, load.state, lastInsertRowid);
    },
    loads: (serial, fromCounter = 0) => select.all(serial, fromCounter).map(loadOf),
    loadCount: (serial) => selectLast.get(serial) ?? 0,
    loadAnswer: (serial, { counter, number }) => selectAnswer.get(serial, counter, number),
    loadsInFlight: () => selectOpen.all().map(loadOf),
    setLoadState: (serial, { counter, number }, state) =>
      void update.run(state, serial, counter, number),
  };
}

/** The columns of a load, in their order. */
type StoredLoadValues = readonly [
  serial: Uint8Array,
  counter: number,
  number: number,
  id: string,
  amount: LoadRow['amount'],
  before: LoadRow['before'],
  at: string,
  agent: string,
  state: LoadRow['state'],
];

function loadOf(values: StoredLoadValues): LoadRow {
  return {
    serial: values[0],
    counter: values[1],
    number: values[2],
    id: values[3],
    amount: values[4],
    before: values[5],
    at: values[6],
    agent: values[7],
    state: values[8],
  };
}
