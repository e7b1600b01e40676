// SPDX-License-Identifier: MIT
/** Stations where they lie, each a circle whose area is what was taken there. */
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { StationLine } from '../../result.ts';
import { colour } from '../palette.ts';
import { FONT_SIZE, numberAxis } from './axes.ts';
import type { Chart, ChartOption } from './chart.ts';
import { mapFrame, onPaper, type MapFrame } from './map-frame.ts';
import { leaderEnd, placeLabels, type Circle, type LabelPlace } from './place-labels.ts';

const WIDTH = 500;
const LEFT = 70;
const BOTTOM = 28;
const EDGE = 6;
/** Of the largest circle, as part of the frame's width. */
const RADIUS_PART = 0.036;
/** A station that took nothing is there all the same. */
const RADIUS_LEAST = 2;
const NAMED = 10;

interface Drawn {
  readonly station: StationLine;
  readonly circle: Circle;
  readonly place: LabelPlace | null;
}

const degrees = (value: number, [positive, negative]: readonly [string, string]): string =>
  `${Number(Math.abs(value).toFixed(3))}°${value < 0 ? negative : positive}`;

/** By takings, the most first: small circles are drawn over large ones. */
function drawn(stations: readonly StationLine[], frame: MapFrame): readonly Drawn[] {
  const most = stations[0]?.takings ?? 0;
  const radius = (takings: number): number =>
    most === 0
      ? RADIUS_LEAST
      : Math.max(RADIUS_LEAST, frame.width * RADIUS_PART * Math.sqrt(takings / most));
  const circles = stations.map((station) => ({
    station,
    circle: { ...onPaper(frame, station), radius: radius(station.takings) },
  }));
  const labelled = circles
    .slice(0, NAMED)
    .map(({ circle, station }) => ({ circle, text: station.name }));
  const places = placeLabels(labelled, {
    circles: circles.map(({ circle }) => circle),
    frame,
    fontSize: FONT_SIZE,
  });
  return circles.map((one, index) => ({ ...one, place: places[index] ?? null }));
}

function circleSeries(stations: readonly Drawn[]): ScatterSeriesOption {
  return {
    type: 'scatter',
    silent: true,
    symbol: 'circle',
    itemStyle: {
      color: colour('bubble'),
      opacity: 0.85,
      borderColor: colour('paper'),
      borderWidth: 1,
    },
    data: stations.map(({ circle, place, station: { latitude, longitude, name } }) => ({
      value: [longitude, latitude],
      symbolSize: 2 * circle.radius,
      label: {
        show: place !== null,
        position: 'inside',
        align: place?.align ?? 'center',
        verticalAlign: 'middle',
        offset: [place?.dx ?? 0, place?.dy ?? 0],
        color: colour('ink'),
        opacity: 1,
        fontSize: FONT_SIZE,
        formatter: () => name,
      },
    })),
  };
}

/** Where circles lie close together, a line says whose name it is. */
function leaderSeries(stations: readonly Drawn[], frame: MapFrame): readonly LineSeriesOption[] {
  const perPixel = {
    x: (frame.east - frame.west) / frame.width,
    y: (frame.north - frame.south) / frame.height,
  };
  return stations.flatMap(({ place, station: { latitude, longitude } }) => {
    if (place === null) return [];
    const end = leaderEnd(place, FONT_SIZE);
    const data = [
      [longitude, latitude],
      [longitude + end.x * perPixel.x, latitude - end.y * perPixel.y],
    ];
    const lineStyle = { color: colour('muted'), width: 1 };
    return [{ type: 'line', silent: true, symbol: 'none', z: 3, lineStyle, data }];
  });
}

function option(stations: readonly StationLine[], frame: MapFrame): ChartOption {
  const { axisLabel, ...axis } = numberAxis();
  const labels = { ...axisLabel, showMinLabel: false, showMaxLabel: false };
  const edge = { show: true, lineStyle: { color: colour('strong'), width: 1 } };
  const all = drawn(stations, frame);
  return {
    grid: {
      left: LEFT,
      top: EDGE,
      width: frame.width,
      height: frame.height,
      outerBoundsMode: 'none',
    },
    xAxis: {
      ...axis,
      min: frame.west,
      max: frame.east,
      axisLine: edge,
      axisLabel: { ...labels, formatter: (value: number) => degrees(value, ['E', 'W']) },
    },
    yAxis: {
      ...axis,
      min: frame.south,
      max: frame.north,
      axisLine: edge,
      axisLabel: { ...labels, formatter: (value: number) => degrees(value, ['N', 'S']) },
    },
    series: [circleSeries(all), ...leaderSeries(all, frame)],
  };
}

const frameOf = (stations: readonly StationLine[], width: number): MapFrame =>
  mapFrame(stations, width - LEFT - EDGE);

/** By takings, the most first; equal ones by id, so that the order is no accident. */
export function byTakings(stations: readonly StationLine[]): readonly StationLine[] {
  return stations.toSorted((a, b) => b.takings - a.takings || (a.id < b.id ? -1 : 1));
}

/** How wide the map is in the world. */
export function mapKilometres(stations: readonly StationLine[]): number {
  return frameOf(stations, WIDTH).kilometresWide;
}

/** Of stations by takings. */
export function stationMap(stations: readonly StationLine[]): Chart {
  return {
    name: 'map',
    label: 'Map of stations; the area of a circle is what was taken there',
    wide: WIDTH,
    drawing: (width) => {
      const frame = frameOf(stations, width);
      return { height: frame.height + EDGE + BOTTOM, option: option(stations, frame) };
    },
  };
}
