// SPDX-License-Identifier: MIT
/**
 * Transit feeds, mutated in any of their files at once. Small damage is in test/property/gtfs.test.ts; here
 * whole lines move, files are spliced together, and numbers stand at and beyond their edges.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/errors/fault.ts';
import { fareBetween, maximumFareFrom } from '../../src/gtfs/fare.ts';
import { readFeed } from '../../src/gtfs/feed.ts';
import type { Feed } from '../../src/gtfs/model.ts';
import { findStation } from '../../src/gtfs/station.ts';
import { corpusTexts } from './corpus.ts';
import { hunt, HUNT_TIMEOUT_MS } from './hunt.ts';
import { mutatedText } from './mutate.ts';

type Files = ReadonlyMap<string, string>;

/** A feed as one text: its files one after the other, each under a line with its name. */
function parseFeed(text: string): Files {
  const parts = text
    .replace(/^(?:#.*\n)+/, '')
    .split(/^== (\S+)\n/m)
    .slice(1);
  const names = parts.filter((_, index) => index % 2 === 0);
  return new Map(names.map((name, index) => [name, parts[2 * index + 1] ?? '']));
}

const showFeed = (files: Files): string =>
  [...files].map(([name, text]) => `== ${name}\n${text}`).join('');

const ENTRIES = corpusTexts('gtfs').map(({ name, text }) => ({ name, files: parseFeed(text) }));
const COLUMNS = ENTRIES.flatMap(({ files }) =>
  [...files.values()].flatMap((text) => (text.split('\n')[0] ?? '').split(',')),
);
const WORDS = [
  ...new Set(COLUMNS),
  ...[
    '24:00:00',
    '99:59:59',
    '100:00:00',
    '20260230',
    '00000101',
    'INR',
    'XXX',
    'A',
    'B',
    'R1',
    'F',
  ],
];

/** A feed of the corpus of which each file is mutated, left, taken away or another feed's. */
const feeds: fc.Arbitrary<Files> = fc.constantFrom(...ENTRIES).chain(({ files }) =>
  fc
    .tuple(
      ...[...files].map(([name, text]) =>
        fc.oneof(
          { weight: 12, arbitrary: fc.constant([[name, text]] as const) },
          {
            weight: 3,
            arbitrary: mutatedText([text, ...files.values()], WORDS).map(
              (other) => [[name, other]] as const,
            ),
          },
          { weight: 2, arbitrary: mutatedText([text], WORDS).map((own) => [[name, own]] as const) },
          fc.constant([] as const),
        ),
      ),
    )
    .map((parts) => new Map<string, string>(parts.flat())),
);

function expectSane(feed: Feed): void {
  for (const from of feed.stations.slice(0, 12)) {
    expect(findStation(feed, from.id)).toBe(from);
    maximumFareFrom(feed, from.id);
    for (const to of feed.stations.slice(0, 12)) {
      fareBetween(feed, { entryStationId: from.id, exitStationId: to.id });
    }
  }
  for (const { seconds } of feed.hops) expect(seconds >= 0 && Number.isFinite(seconds)).toBe(true);
  for (const { price } of feed.fares) expect(Number.isSafeInteger(price) && price >= 0).toBe(true);
}

/** What comes of a feed. @throws what is no fault of a feed. */
function outcomeOf(files: Files): string {
  try {
    expectSane(readFeed(files));
    return 'read';
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

describe('a feed', () => {
  it.each(ENTRIES)('$name is read', ({ files, name }) => {
    const outcome = outcomeOf(files);
    if (!name.startsWith('failed-')) expect(outcome).toBe('read');
  });

  it(
    'is read alike twice, or refused as a feed, whatever becomes of its files',
    async () => {
      const outcomes = new Set<string>();
      await hunt({
        input: feeds,
        usual: 600,
        show: showFeed,
        check: (files) => {
          const outcome = outcomeOf(files);
          outcomes.add(outcome);
          expect(['GTFS_INVALID', 'LIMIT_EXCEEDED', 'read']).toContain(outcome);
          if (outcome === 'read') expect(readFeed(files)).toEqual(readFeed(files));
        },
      });
      expect([...outcomes]).toEqual(expect.arrayContaining(['GTFS_INVALID', 'read']));
    },
    HUNT_TIMEOUT_MS,
  );
});
