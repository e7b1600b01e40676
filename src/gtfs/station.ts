// SPDX-License-Identifier: MIT
/** Finds the station that a person means. */
import { Fault } from '../errors/fault.ts';
import type { Feed, Station } from './model.ts';

/**
 * The station with this id, with a platform of this id, or of this name, or else the only one in the fare
 * zone of this id; case matters in neither name nor station id where only one station is meant.
 * @throws USAGE when no station or more than one is meant, with the nearest ones.
 */
export function findStation(feed: Feed, text: string): Station {
  const wanted = text.trim();
  const byId =
    feed.stations.find((station) => station.id === wanted) ??
    feed.stations.find((station) => station.stopIds.includes(wanted));
  if (byId !== undefined) return byId;
  const folded = fold(wanted);
  const named = feed.stations.filter((station) => fold(station.name) === folded);
  const foldedId = feed.stations.filter((station) => fold(station.id) === folded);
  const zoned = feed.stations.filter((station) => station.zoneIds.includes(wanted));
  const candidates = [named, foldedId, zoned].find((found) => found.length > 0) ?? [];
  const [only, another] = candidates;
  if (only !== undefined && another === undefined) return only;
  const shown = JSON.stringify(wanted.length <= 80 ? wanted : `${wanted.slice(0, 80)}…`);
  if (only !== undefined) {
    const some = describe(candidates.slice(0, SUGGESTIONS_MAX));
    const expected = `the id of one of ${candidates.length} stations that this may mean (${some})`;
    throw new Fault('USAGE', `"station" expected ${expected}, got ${shown}`);
  }
  const expected = `a station id or name, such as ${describe(nearest(feed, folded))}`;
  throw new Fault('USAGE', `"station" expected ${expected}, got ${shown}`);
}

const SUGGESTIONS_MAX = 5;

/** Longer texts are cut before they are compared: the distance costs the product of both lengths. */
const COMPARED_MAX = 60;

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');

const describe = (stations: readonly Station[]): string =>
  stations.map((station) => `${station.id} ${station.name}`).join(', ');

function nearest(feed: Feed, folded: string): readonly Station[] {
  const scored = feed.stations.map((station) => ({ station, score: distance(station, folded) }));
  scored.sort((left, right) => left.score - right.score);
  return scored.slice(0, 3).map(({ station }) => station);
}

/** Zero where the name begins with the text, next where it holds it, else the edits to name or id. */
function distance(station: Station, folded: string): number {
  const name = fold(station.name);
  if (folded !== '' && name.startsWith(folded)) return 0;
  if (folded !== '' && name.includes(folded)) return 0.5;
  return Math.min(edits(name, folded), edits(fold(station.id), folded));
}

/** Levenshtein distance. */
function edits(left: string, right: string): number {
  const [rows, columns] = [left.slice(0, COMPARED_MAX), right.slice(0, COMPARED_MAX)];
  let previous = Array.from({ length: columns.length + 1 }, (_, index) => index);
  for (let row = 0; row < rows.length; row++) {
    const current = [row + 1];
    for (let column = 0; column < columns.length; column++) {
      const replaced = (previous[column] ?? 0) + (rows[row] === columns[column] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[columns.length] ?? 0;
}
