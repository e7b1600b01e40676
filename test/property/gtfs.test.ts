import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/errors/fault.ts';
import { fareBetween, maximumFareFrom } from '../../src/gtfs/fare.ts';
import { readFeed } from '../../src/gtfs/feed.ts';
import { findStation } from '../../src/gtfs/station.ts';
import { feedFiles } from '../unit/gtfs/feed-builder.ts';

const FILES = feedFiles({
  'fare_rules.txt':
    'fare_id,route_id,origin_id,destination_id,contains_id\nF,R1,1,2,\nF,,1,"1",\nF,,,,2\n',
  'frequencies.txt': 'trip_id,start_time,end_time,headway_secs\nout,06:00:00,07:00:00,600\n',
  'feed_info.txt': 'feed_publisher_name,feed_start_date\n"P, ""Q""",20260101\n',
});

const damage = fc.oneof(
  fc.record({ kind: fc.constant('truncate' as const), at: fc.nat(700) }),
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(700), bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(700),
    text: fc.oneof(
      fc.constantFrom('"', ',', '\n', '\r', '\u0000', '\ufeff', '-', '9'),
      fc.string(),
    ),
  }),
);

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(text: string, how: Damage): string {
  const at = text.length === 0 ? 0 : how.at % text.length;
  if (how.kind === 'truncate') return text.slice(0, at);
  if (how.kind === 'insert') return text.slice(0, at) + how.text + text.slice(at);
  const flipped = text.charCodeAt(at) ^ (1 << how.bit);
  return text.slice(0, at) + String.fromCharCode(flipped) + text.slice(at + 1);
}

/** What comes of a feed: its fares are asked for too, as damage may show only there. */
function outcomeOf(files: ReadonlyMap<string, string>): 'read' | Fault {
  try {
    const feed = readFeed(files);
    for (const from of feed.stations) {
      if (findStation(feed, from.id) !== from) throw new Error('another station has this id');
      for (const to of feed.stations) {
        fareBetween(feed, { entryStationId: from.id, exitStationId: to.id });
      }
      maximumFareFrom(feed, from.id);
    }
    return 'read';
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

describe('a damaged feed', () => {
  it('is read or refused with a fault, and never breaks the reader', () => {
    expect(outcomeOf(FILES)).toBe('read');
    const codes = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...FILES.keys()),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        (file, damages) => {
          const text = damages.reduce(damaged, FILES.get(file) ?? '');
          const outcome = outcomeOf(new Map([...FILES, [file, text]]));
          codes.add(outcome === 'read' ? outcome : outcome.code);
          return outcome === 'read' || ['GTFS_INVALID', 'LIMIT_EXCEEDED'].includes(outcome.code);
        },
      ),
      { numRuns: 1500 },
    );
    // The property is worth something only if both ways were gone.
    expect([...codes].sort()).toEqual(['GTFS_INVALID', 'read']);
  });
});
