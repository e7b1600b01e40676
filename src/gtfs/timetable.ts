// SPDX-License-Identifier: MIT
/**
 * What the timetable says of stations: shortest times between neighbours, routes, departures. The rows
 * of `stop_times.txt` come in any order and by the million: they are held as columns of integers, and
 * only while the feed is read.
 */
import type { StopPlace } from './places.ts';
import {
  feedFault,
  readRequiredRows,
  readRows,
  uniqueId,
  type FeedFiles,
  type FeedRow,
} from './table-reader.ts';

/** What `stop_times.txt` refers to. */
export interface TimetableReferences {
  readonly byStopId: ReadonlyMap<string, StopPlace>;
  readonly placeCount: number;
  /** Route id to its index. */
  readonly routeIndexes: ReadonlyMap<string, number>;
  readonly serviceIds: ReadonlySet<string>;
}

/** Two neighbouring places on a route, by index. */
export interface PlaceHop {
  readonly from: number;
  readonly to: number;
  readonly route: number;
  seconds: number;
}

/** The timetable by place: `departures` and `routes` have one entry for each. */
export interface Timetable {
  readonly hops: readonly PlaceHop[];
  readonly departures: readonly number[];
  readonly routes: readonly ReadonlySet<number>[];
}

interface Trip {
  readonly index: number;
  readonly route: number;
  /** How many times the trip runs in `frequencies.txt`; 1 where it is not there. */
  runs: number;
}

/** @throws GTFS_INVALID on dangling references, repeated stops and times that go backwards. */
export function readTimetable(files: FeedFiles, references: TimetableReferences): Timetable {
  const trips = readTrips(files, references);
  readFrequencies(files, trips);
  const calls = readCalls(files, trips, references);
  const builder = new TimetableBuilder(references.placeCount);
  const tripList = [...trips.values()];
  const order = calls.inTripOrder();
  for (let start = 0; start < order.length;) {
    const tripIndex = calls.trip.get(order[start] ?? 0);
    let end = start + 1;
    while (end < order.length && calls.trip.get(order[end] ?? 0) === tripIndex) end += 1;
    const trip = tripList[tripIndex];
    if (trip !== undefined) builder.addTrip(calls, order.subarray(start, end), trip);
    start = end;
  }
  return builder;
}

const NO_TIME = -1;
const SEQUENCE_MAX = 0x7fffffff;
const HEADWAY_MAX = 86_400;

function readTrips(files: FeedFiles, references: TimetableReferences): Map<string, Trip> {
  const trips = new Map<string, Trip>();
  readRequiredRows(files, 'trips.txt', ['route_id', 'service_id', 'trip_id'], (row) => {
    const id = uniqueId(row, 'trip_id', trips);
    const route = references.routeIndexes.get(row.required('route_id'));
    if (route === undefined) throw row.wrong('route_id', 'a route_id of routes.txt');
    if (!references.serviceIds.has(row.required('service_id'))) {
      throw row.wrong('service_id', 'a service_id of calendar.txt or calendar_dates.txt');
    }
    trips.set(id, { index: trips.size, route, runs: 1 });
  });
  return trips;
}

function readFrequencies(files: FeedFiles, trips: ReadonlyMap<string, Trip>): void {
  const seen = new Set<Trip>();
  const columns = ['trip_id', 'start_time', 'end_time', 'headway_secs'];
  readRows(files, 'frequencies.txt', columns, (row) => {
    const trip = tripOf(row, trips);
    const [start, end] = [neededSeconds(row, 'start_time'), neededSeconds(row, 'end_time')];
    row.required('headway_secs');
    const headway = row.integer('headway_secs', HEADWAY_MAX) ?? 0;
    if (headway === 0) throw row.wrong('headway_secs', 'a positive number of seconds');
    if (end < start) throw row.wrong('end_time', 'a time not before start_time');
    const runs = Math.ceil((end - start) / headway);
    trip.runs = seen.has(trip) ? trip.runs + runs : runs;
    seen.add(trip);
  });
}

function neededSeconds(row: FeedRow, field: string): number {
  row.required(field);
  return row.seconds(field) ?? 0;
}

function tripOf(row: FeedRow, trips: ReadonlyMap<string, Trip>): Trip {
  const trip = trips.get(row.required('trip_id'));
  if (trip === undefined) throw row.wrong('trip_id', 'a trip_id of trips.txt');
  return trip;
}

function readCalls(
  files: FeedFiles,
  trips: ReadonlyMap<string, Trip>,
  references: TimetableReferences,
): Calls {
  const calls = new Calls();
  readRequiredRows(files, 'stop_times.txt', ['trip_id', 'stop_id', 'stop_sequence'], (row) => {
    const trip = tripOf(row, trips);
    row.required('stop_sequence');
    const sequence = row.integer('stop_sequence', SEQUENCE_MAX) ?? 0;
    // On-demand service has a window or an area in place of a time or a stop: it gives no travel time.
    if (ON_DEMAND_FIELDS.some((field) => row.text(field) !== '')) return;
    const stop = references.byStopId.get(row.required('stop_id'));
    if (stop === undefined) throw row.wrong('stop_id', 'a stop_id of stops.txt');
    if (!stop.isBoardable) throw row.wrong('stop_id', 'a stop or platform (location_type 0)');
    calls.add(row, { trip: trip.index, sequence, place: stop.placeIndex });
  });
  return calls;
}

const ON_DEMAND_FIELDS = [
  'location_group_id',
  'location_id',
  'start_pickup_drop_off_window',
  'end_pickup_drop_off_window',
];

/** A column of integers that grows by doubling. */
class Column {
  length = 0;
  #values = new Int32Array(1024);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.length++] = value;
  }

  get(index: number): number {
    return this.#values[index] ?? 0;
  }
}

/** The rows of `stop_times.txt`, by column. */
class Calls {
  readonly trip = new Column();
  readonly sequence = new Column();
  readonly place = new Column();
  readonly arrival = new Column();
  readonly departure = new Column();
  readonly boards = new Column();
  readonly line = new Column();

  add(row: FeedRow, call: { trip: number; sequence: number; place: number }): void {
    const arrival = row.seconds('arrival_time');
    const departure = row.seconds('departure_time');
    if (arrival !== undefined && departure !== undefined && departure < arrival) {
      throw row.wrong(
        'departure_time',
        `a time not before arrival_time ${row.text('arrival_time')}`,
      );
    }
    this.trip.push(call.trip);
    this.sequence.push(call.sequence);
    this.place.push(call.place);
    this.arrival.push(arrival ?? departure ?? NO_TIME);
    this.departure.push(departure ?? arrival ?? NO_TIME);
    this.boards.push(row.text('pickup_type') === '1' ? 0 : 1);
    this.line.push(row.line);
  }

  /** Indexes of the rows, by trip and then by sequence. @throws GTFS_INVALID when two are equal. */
  inTripOrder(): Uint32Array {
    const order = Uint32Array.from({ length: this.trip.length }, (_, index) => index);
    const compare = (left: number, right: number): number =>
      this.trip.get(left) - this.trip.get(right) ||
      this.sequence.get(left) - this.sequence.get(right) ||
      left - right;
    if (!order.every((row, index) => index === 0 || compare(row - 1, row) < 0)) order.sort(compare);
    for (let index = 1; index < order.length; index++) {
      const [before, row] = [order[index - 1] ?? 0, order[index] ?? 0];
      const isSameTrip = this.trip.get(before) === this.trip.get(row);
      if (isSameTrip && this.sequence.get(before) === this.sequence.get(row)) {
        const place = `stop_times.txt row ${this.line.get(row)} stop_sequence`;
        const expected = `a number that row ${this.line.get(before)} of the trip does not have`;
        throw feedFault(place, expected, this.sequence.get(row).toString());
      }
    }
    return order;
  }

  noTime(row: number): never {
    const place = `stop_times.txt row ${this.line.get(row)} arrival_time`;
    throw feedFault(place, 'a time at the first and the last stop of a trip');
  }
}

class TimetableBuilder implements Timetable {
  readonly hops: PlaceHop[] = [];
  readonly departures: number[];
  readonly routes: Set<number>[];
  readonly #hopsByPair = new Map<number, PlaceHop[]>();

  constructor(placeCount: number) {
    this.departures = Array.from({ length: placeCount }, () => 0);
    this.routes = Array.from({ length: placeCount }, () => new Set<number>());
  }

  /** `rows` are the calls of the trip in order; between two that have times, time is shared evenly. */
  addTrip(calls: Calls, rows: Uint32Array, trip: Trip): void {
    let timed = 0;
    for (const [index, row] of rows.entries()) {
      const place = calls.place.get(row);
      const isLast = index === rows.length - 1;
      this.routes[place]?.add(trip.route);
      if (!isLast) {
        this.departures[place] = (this.departures[place] ?? 0) + calls.boards.get(row) * trip.runs;
      }
      if (calls.arrival.get(row) === NO_TIME) {
        if (index === 0 || isLast) calls.noTime(row);
        continue;
      }
      if (index > 0) this.#addHops(calls, rows.subarray(timed, index + 1), trip.route);
      timed = index;
    }
  }

  #addHops(calls: Calls, rows: Uint32Array, route: number): void {
    const first = rows[0] ?? 0;
    const last = rows[rows.length - 1] ?? 0;
    const seconds = calls.arrival.get(last) - calls.departure.get(first);
    if (seconds < 0) {
      const place = `stop_times.txt row ${calls.line.get(last)} arrival_time`;
      const expected = `a time not before the departure in row ${calls.line.get(first)}`;
      throw feedFault(place, expected, `${-seconds} s earlier`);
    }
    const share = Math.floor(seconds / (rows.length - 1));
    for (let index = 1; index < rows.length; index++) {
      const from = calls.place.get(rows[index - 1] ?? 0);
      const to = calls.place.get(rows[index] ?? 0);
      if (from !== to) this.#addHop({ from, to, route, seconds: share });
    }
  }

  #addHop(hop: PlaceHop): void {
    const pair = hop.from * this.departures.length + hop.to;
    const known = this.#hopsByPair.get(pair) ?? [];
    const same = known.find((other) => other.route === hop.route);
    if (same !== undefined) {
      same.seconds = Math.min(same.seconds, hop.seconds);
      return;
    }
    if (known.length === 0) this.#hopsByPair.set(pair, known);
    known.push(hop);
    this.hops.push(hop);
  }
}
