// SPDX-License-Identifier: MIT
/** Stations out of `stops.txt`. Source: GTFS Schedule reference, stops.txt, `parent_station`. */
import {
  feedFault,
  readRequiredRows,
  uniqueId,
  type FeedFiles,
  type FeedRow,
} from './table-reader.ts';

/** A station before the timetable is read; `zoneIds` and `stopIds` as in `Station`. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly zoneIds: readonly string[];
  readonly stopIds: readonly string[];
}

/** Where a stop belongs: the index of its place, and whether vehicles may call at it. */
export interface StopPlace {
  readonly placeIndex: number;
  readonly isBoardable: boolean;
}

/** The stations of a feed, and for each `stop_id` the station that it belongs to. */
export interface Places {
  readonly places: readonly Place[];
  readonly byStopId: ReadonlyMap<string, StopPlace>;
}

interface Stop {
  readonly id: string;
  readonly line: number;
  readonly type: number;
  readonly parentId: string;
  readonly zoneId: string;
  readonly name: string;
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
}

/** @throws GTFS_INVALID on a missing or wrong value, a duplicate id or a parent of the wrong type. */
export function readPlaces(files: FeedFiles): Places {
  const stops = new Map<string, Stop>();
  readRequiredRows(files, 'stops.txt', ['stop_id'], (row) => {
    const id = uniqueId(row, 'stop_id', stops);
    stops.set(id, readStop(row, id));
  });
  const members = new Map<Stop, Stop[]>();
  for (const stop of stops.values()) {
    if (isStation(stop)) members.set(stop, stop.type === STOP ? [stop] : []);
  }
  for (const stop of stops.values()) {
    if (!isStation(stop)) members.get(stationOf(stop, stops))?.push(stop);
  }
  const places: Place[] = [];
  const byStopId = new Map<string, StopPlace>();
  for (const [station, stopsOfIt] of members) {
    const placeIndex = places.length;
    places.push(place(station, stopsOfIt));
    byStopId.set(station.id, { placeIndex, isBoardable: false });
    for (const stop of stopsOfIt) {
      byStopId.set(stop.id, { placeIndex, isBoardable: stop.type === STOP });
    }
  }
  return { places, byStopId };
}

const STOP = 0;
const STATION = 1;
const BOARDING_AREA = 4;

/** Which type of location the parent of each type is. A stop needs none, a station has none. */
const PARENT_TYPES = [STATION, undefined, STATION, STATION, STOP] as const;

const isStation = (stop: Stop): boolean =>
  stop.type === STATION || (stop.type === STOP && stop.parentId === '');

function readStop(row: FeedRow, id: string): Stop {
  const stop: Stop = {
    id,
    line: row.line,
    type: row.integer('location_type', BOARDING_AREA) ?? STOP,
    parentId: row.text('parent_station'),
    zoneId: row.text('zone_id'),
    name: row.text('stop_name'),
    latitude: row.decimal('stop_lat', 90),
    longitude: row.decimal('stop_lon', 180),
  };
  if (isStation(stop)) {
    // Only stations are shown to people, so only they need a name and a place.
    for (const field of ['stop_name', 'stop_lat', 'stop_lon']) row.required(field);
  }
  if (stop.type === STATION && stop.parentId !== '') {
    throw row.wrong('parent_station', 'nothing for a station (location_type 1)');
  }
  if (stop.type > STATION) row.required('parent_station');
  return stop;
}

/** A boarding area belongs to a platform, that platform to a station: two steps at most. */
function stationOf(stop: Stop, stops: ReadonlyMap<string, Stop>): Stop {
  let at = stop;
  while (!isStation(at)) {
    const field = `stops.txt row ${at.line} parent_station`;
    const wanted = PARENT_TYPES[at.type];
    const parent = stops.get(at.parentId);
    if (parent === undefined) throw feedFault(field, 'a stop_id of stops.txt', at.parentId);
    if (parent.type !== wanted) {
      const got = `${parent.id} of location_type ${parent.type}`;
      throw feedFault(field, `a location of location_type ${wanted ?? 'none'}`, got);
    }
    at = parent;
  }
  return at;
}

/**
 * The zone of a fare is that of the stop where one boards: the reference has `zone_id` ignored on a
 * station. Feeds exist that give it there and nowhere else, so it counts where no platform has one.
 */
function place(station: Stop, members: readonly Stop[]): Place {
  const zoneIds = new Set<string>();
  for (const stop of members) {
    if ((stop.type === STOP || stop.type === BOARDING_AREA) && stop.zoneId !== '') {
      zoneIds.add(stop.zoneId);
    }
  }
  if (zoneIds.size === 0 && station.zoneId !== '') zoneIds.add(station.zoneId);
  return {
    id: station.id,
    name: station.name,
    latitude: station.latitude ?? 0,
    longitude: station.longitude ?? 0,
    zoneIds: Object.freeze([...zoneIds]),
    stopIds: Object.freeze(members.map((stop) => stop.id)),
  };
}
