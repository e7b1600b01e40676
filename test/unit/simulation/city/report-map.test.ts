// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import type { ScatterSeriesOption } from 'echarts/charts';
import { mapFrame, onPaper } from '../../../../simulation/city/report/charts/map-frame.ts';
import {
  labelBox,
  leaderEnd,
  placeLabels,
  type Box,
} from '../../../../simulation/city/report/charts/place-labels.ts';
import { byTakings, stationMap } from '../../../../simulation/city/report/charts/station-map.ts';
import { cityReport } from '../../../../simulation/city/report/report.ts';
import { sampleResult } from './report-sample.ts';

const { stations } = sampleResult();
const FONT_SIZE = 13;

const FRAME = mapFrame(stations, 430);

/** From a point to the nearest one of a box; 0 inside of it. */
function distance({ x, y }: { readonly x: number; readonly y: number }, box: Box): number {
  const dx = x - Math.min(Math.max(x, box.left), box.right);
  const dy = y - Math.min(Math.max(y, box.top), box.bottom);
  return Math.hypot(dx, dy);
}

const apart = (a: Box, b: Box): boolean =>
  a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

describe('the frame of the map', () => {
  it.each([
    ['the sample', stations],
    ['a line from north to south', [stations[0]!, { ...stations[0]!, latitude: 17.9 }]],
    ['a line from west to east', [stations[0]!, { ...stations[0]!, longitude: 79.4 }]],
    ['one station', [stations[0]!]],
    [
      'a city far north',
      [
        { latitude: 69.6, longitude: 18.9 },
        { latitude: 69.7, longitude: 19.1 },
      ],
    ],
    [
      'a city in the south and the west',
      [
        { latitude: -33.4, longitude: -70.6 },
        { latitude: -33.5, longitude: -70.7 },
      ],
    ],
  ])('holds %s at its true aspect', (_, places) => {
    const frame = mapFrame(places, 400);
    for (const place of places) {
      const { x, y } = onPaper(frame, place);
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(frame.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(frame.height);
    }
    const middle = (frame.south + frame.north) / 2;
    const perDegreeNorth = frame.height / (frame.north - frame.south);
    const perDegreeEast = frame.width / (frame.east - frame.west);
    expect(perDegreeEast / perDegreeNorth).toBeCloseTo(Math.cos((middle * Math.PI) / 180), 9);
  });

  it('has north above and east on the right', () => {
    const frame = mapFrame(stations, 400);
    const [miyapur, nagole] = ['MYP', 'NAG'].map((id) =>
      onPaper(
        frame,
        stations.find((station) => station.id === id)!,
      ),
    );
    expect(miyapur!.y).toBeLessThan(nagole!.y);
    expect(miyapur!.x).toBeLessThan(nagole!.x);
  });
});

describe('names on the map', () => {
  /** The sample's stations, then circles so close that lines to their names get into each other's way. */
  const crowds = [
    ['the stations of the sample', byTakings(stations).map((station) => onPaper(FRAME, station))],
    ...[7, 11, 13].map(
      (step) =>
        [
          `a crowd in steps of ${step}`,
          stations.map((_, index) => ({
            x: 150 + ((index * step) % 60),
            y: 150 + ((index * 17) % 50),
          })),
        ] as const,
    ),
  ] as const;

  it.each(crowds)(
    'cover neither each other nor a circle nor a line in %s, and stay in the frame',
    (_, middles) => {
      const circles = middles.map((middle) => ({ ...middle, radius: 14 }));
      const labelled = circles
        .slice(0, 12)
        .map((circle, index) => ({ circle, text: stations[index]!.name }));
      const places = placeLabels(labelled, { circles, frame: FRAME, fontSize: FONT_SIZE });
      const names = labelled.flatMap(({ circle, text }, index) => {
        const place = places[index] ?? null;
        if (place === null) return [];
        const end = leaderEnd(place, FONT_SIZE);
        return [{ box: labelBox({ circle, text }, place, FONT_SIZE), circle, end }];
      });
      expect(names.length).toBeGreaterThan(5);
      for (const { box, circle, end } of names) {
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(FRAME.width);
        expect(box.top).toBeGreaterThanOrEqual(0);
        expect(box.bottom).toBeLessThanOrEqual(FRAME.height);
        const line = Array.from({ length: 11 }, (__, step) => ({
          x: circle.x + (end.x * step) / 10,
          y: circle.y + (end.y * step) / 10,
        }));
        for (const other of names.filter((name) => name.box !== box)) {
          expect(apart(box, other.box)).toBe(true);
          expect(line.filter((point) => distance(point, other.box) === 0)).toEqual([]);
        }
        for (const one of circles) {
          expect(distance(one, box)).toBeGreaterThanOrEqual(one.radius);
        }
      }
    },
  );

  it('are not put on the line to a name that was there first', () => {
    const circles = Array.from({ length: 12 }, (_, index) => ({
      x: 75 + ((index * 6) % 30),
      y: 75 + ((index * 42) % 30),
      radius: 3,
    }));
    const labelled = circles.map((circle, index) => ({
      circle,
      text: 'a name'.slice(0, 2 + (index % 5)),
    }));
    const of = { circles, frame: { width: 300, height: 300 }, fontSize: FONT_SIZE };
    const names = placeLabels(labelled, of).flatMap((place, index) => {
      if (place === null) return [];
      const box = labelBox(labelled[index]!, place, FONT_SIZE);
      return [{ box, circle: circles[index]!, end: leaderEnd(place, FONT_SIZE) }];
    });
    expect(names.length).toBeGreaterThan(8);
    for (const [index, { circle, end }] of names.entries()) {
      const middle = { x: circle.x + end.x / 2, y: circle.y + end.y / 2 };
      const later = names.slice(index + 1);
      expect(later.filter(({ box }) => distance(middle, box) === 0)).toEqual([]);
    }
  });

  it('lie over a small circle only where there is no other place', () => {
    const circle = { x: 10, y: 50, radius: 8 };
    const small = { x: 60, y: 50, radius: 3 };
    const of = { circles: [circle, small], fontSize: FONT_SIZE };
    const labelled = [{ circle, text: 'a name' }];
    const [free] = placeLabels(labelled, { ...of, frame: { width: 100, height: 100 } });
    expect(distance(small, labelBox(labelled[0]!, free!, FONT_SIZE))).toBeGreaterThanOrEqual(3);
    const low = { ...circle, y: 9 };
    const flat = { circles: [low, { ...small, y: 9 }], frame: { width: 100, height: 18 } };
    expect(placeLabels([{ circle: low, text: 'a name' }], { ...of, ...flat })).toEqual([
      { dx: 12, dy: 0, align: 'left' },
    ]);
  });

  it('are left out where there is no room', () => {
    const circle = { x: 50, y: 50, radius: 10 };
    const of = { circles: [circle], frame: { width: 100, height: 100 }, fontSize: FONT_SIZE };
    expect(placeLabels([{ circle, text: 'short' }], of)).not.toEqual([null]);
    expect(placeLabels([{ circle, text: 'a name that is wider than the map' }], of)).toEqual([
      null,
    ]);
  });

  it('are those of the ten stations that took most, all of them on a page', async () => {
    const page = await cityReport(sampleResult());
    const map = /<svg class="wide" role="img" aria-label="Map.*?<\/svg>/s.exec(page)?.[0] ?? '';
    const named = stations.filter(({ name }) => map.includes(`>${name}</text>`));
    const top = byTakings(stations).slice(0, 10);
    expect(new Set(named)).toEqual(new Set(top));
    for (const { name } of top) expect(page).toContain(`<th scope="row">${name}</th>`);
    expect(page).not.toContain('<th scope="row">Begumpet</th>');
  });
});

describe('circles on the map', () => {
  it('have areas in proportion to takings', () => {
    const ordered = byTakings(stations);
    const series = stationMap(ordered).drawing(500).option.series as readonly ScatterSeriesOption[];
    const data = series[0]?.data as readonly { readonly symbolSize: number }[];
    const perRupee = (index: number): number =>
      data[index]!.symbolSize ** 2 / ordered[index]!.takings;
    expect(perRupee(5)).toBeCloseTo(perRupee(0), 12);
    expect(data.at(-1)!.symbolSize).toBe(4);
  });

  it('begin with the largest; equal ones are in the order of their ids', () => {
    const equal = stations.map((station) => ({ ...station, takings: stations[0]!.takings }));
    const ids = byTakings(equal).map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(byTakings(stations).at(-1)!.id).toBe('JBS');
  });
});
