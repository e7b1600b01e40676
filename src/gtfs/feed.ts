// SPDX-License-Identifier: MIT
/**
 * Reads a GTFS feed. Source: GTFS Schedule reference (gtfs.org), with fares after Fares v1.
 * Columns that the reference demands are demanded where their values are used here; others are ignored.
 */
import type { Agency, Feed, FeedInfo, Hop, Route, Station } from './model.ts';
import { readPlaces, type Places } from './places.ts';
import { feedFault, readRequiredRows, readRows, uniqueId } from './table-reader.ts';
import type { FeedFiles, FeedRow } from './table-reader.ts';
import { readTariff } from './tariff.ts';
import { readTimetable, type Timetable } from './timetable.ts';

/**
 * The feed in `files` (file name, such as `stops.txt`, to text). Everything in it is frozen.
 * @throws GTFS_INVALID naming file, row (line) and field; LIMIT_EXCEEDED.
 */
export function readFeed(files: FeedFiles): Feed {
  const agencies = readAgencies(files);
  const places = readPlaces(files);
  const routes = readRoutes(files, agencies);
  const routeIndexes = new Map(routes.map((route, index) => [route.id, index]));
  const serviceIds = readServices(files);
  const timetable = readTimetable(files, {
    byStopId: places.byStopId,
    placeCount: places.places.length,
    routeIndexes,
    serviceIds,
  });
  const tariff = readTariff(files, agencies, routeIndexes);
  return Object.freeze({
    agencies: Object.freeze(agencies),
    stations: stationsOf(places, routes, timetable),
    routes: Object.freeze(routes),
    hops: hopsOf(places, routes, timetable),
    fares: tariff.fares,
    currency: tariff.currency,
    feedInfo: readFeedInfo(files),
  });
}

function readAgencies(files: FeedFiles): Agency[] {
  const agencies = new Map<string, Agency>();
  let firstLine = 0;
  readRequiredRows(files, 'agency.txt', ['agency_name', 'agency_timezone'], (row) => {
    const id = agencies.size === 0 ? row.text('agency_id') : uniqueId(row, 'agency_id', agencies);
    if (agencies.size === 0) firstLine = row.line;
    if (agencies.has('')) {
      throw feedFault(`agency.txt row ${firstLine} agency_id`, 'a value, as agencies are several');
    }
    const name = row.required('agency_name');
    agencies.set(id, Object.freeze({ id, name, timezone: row.required('agency_timezone') }));
  });
  if (agencies.size === 0) throw feedFault('agency.txt row 2', 'an agency');
  return [...agencies.values()];
}

function readRoutes(files: FeedFiles, agencies: readonly Agency[]): Route[] {
  const routes = new Map<string, Route>();
  readRequiredRows(files, 'routes.txt', ['route_id'], (row) => {
    const id = uniqueId(row, 'route_id', routes);
    const shortName = row.text('route_short_name');
    const longName = row.text('route_long_name');
    if (shortName === '' && longName === '') {
      throw row.wrong('route_short_name', 'a value, as route_long_name has none');
    }
    const route: Route = {
      id,
      agencyId: agencyOf(row, agencies),
      shortName,
      longName,
      color: color(row, 'route_color', 'FFFFFF'),
      textColor: color(row, 'route_text_color', '000000'),
    };
    routes.set(id, Object.freeze(route));
  });
  return [...routes.values()];
}

/** A route of a feed with one agency belongs to it, named or not. */
function agencyOf(row: FeedRow, agencies: readonly Agency[]): string {
  const id = row.text('agency_id');
  const only = agencies.length === 1 ? agencies[0] : undefined;
  if (id === '' && only !== undefined) return only.id;
  if (!agencies.some((agency) => agency.id === id)) {
    throw row.wrong('agency_id', 'an agency_id of agency.txt');
  }
  return id;
}

function color(row: FeedRow, field: string, otherwise: string): string {
  const text = row.text(field);
  if (text === '') return otherwise;
  if (!/^[0-9A-Fa-f]{6}$/.test(text)) throw row.wrong(field, 'six hexadecimal digits');
  return text.toUpperCase();
}

/** Service ids; the days themselves are checked and not kept, as no fare of Fares v1 depends on them. */
function readServices(files: FeedFiles): Set<string> {
  const weekly = new Map<string, true>();
  const hasCalendar = readRows(
    files,
    'calendar.txt',
    ['service_id', 'start_date', 'end_date'],
    (row) => {
      weekly.set(uniqueId(row, 'service_id', weekly), true);
      for (const field of ['start_date', 'end_date']) {
        row.required(field);
        row.date(field);
      }
    },
  );
  const serviceIds = new Set(weekly.keys());
  const hasDates = readRows(files, 'calendar_dates.txt', ['service_id', 'date'], (row) => {
    row.required('date');
    row.date('date');
    serviceIds.add(row.required('service_id'));
  });
  if (!hasCalendar && !hasDates) {
    throw feedFault('calendar.txt', 'a file of that name, or calendar_dates.txt');
  }
  return serviceIds;
}

function readFeedInfo(files: FeedFiles): FeedInfo | undefined {
  let feedInfo: FeedInfo | undefined;
  readRows(files, 'feed_info.txt', [], (row) => {
    feedInfo ??= Object.freeze({
      publisherName: row.text('feed_publisher_name'),
      version: row.text('feed_version'),
      startDate: row.date('feed_start_date'),
      endDate: row.date('feed_end_date'),
    });
  });
  return feedInfo;
}

function stationsOf(
  { places }: Places,
  routes: readonly Route[],
  timetable: Timetable,
): readonly Station[] {
  const stations = places.map((place, index) => {
    const serving = [...(timetable.routes[index] ?? [])].sort((left, right) => left - right);
    return Object.freeze({
      ...place,
      routeIds: Object.freeze(serving.map((route) => routes[route]?.id ?? '')),
      departures: timetable.departures[index] ?? 0,
    });
  });
  return Object.freeze(stations);
}

function hopsOf(
  { places }: Places,
  routes: readonly Route[],
  timetable: Timetable,
): readonly Hop[] {
  const hops = timetable.hops.map((hop) =>
    Object.freeze({
      fromStationId: places[hop.from]?.id ?? '',
      toStationId: places[hop.to]?.id ?? '',
      routeId: routes[hop.route]?.id ?? '',
      seconds: hop.seconds,
    }),
  );
  return Object.freeze(hops);
}
