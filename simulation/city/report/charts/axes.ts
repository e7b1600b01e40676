// SPDX-License-Identifier: MIT
/** Axes and legends as all charts have them. Every colour is said: the library's own are not in the palette. */
import type { XAXisComponentOption } from 'echarts';
import { colour } from '../palette.ts';
import { axisNumber } from '../words.ts';

export const FONT_SIZE = 13;

/** An axis of that type that may lie or stand. */
type Axis<Type> = Omit<Extract<XAXisComponentOption, { type?: Type }>, 'mainType'>;

const LABEL = { color: colour('muted'), fontSize: FONT_SIZE, hideOverlap: true } as const;
const GRID_LINE = { show: true, lineStyle: { color: colour('line'), width: 1 } } as const;
const BASE_LINE = { show: true, lineStyle: { color: colour('strong'), width: 1 } } as const;

export const PLAIN_LEGEND = {
  top: 0,
  left: 0,
  itemGap: 18,
  padding: 0,
  textStyle: { color: colour('ink'), fontSize: FONT_SIZE },
  backgroundColor: colour('paper'),
  borderColor: colour('paper'),
} as const;

const PLAIN_AXIS = {
  axisTick: { show: false },
  axisLine: { show: false },
  splitLine: GRID_LINE,
  splitNumber: 4,
} as const;

/** Names along an axis; those that do not fit are left out, evenly, by the library. */
export function namedAxis(names: readonly string[]): Axis<'category'> {
  return {
    type: 'category',
    data: [...names],
    axisLabel: { ...LABEL },
    axisTick: { show: false },
    axisLine: { ...BASE_LINE },
    splitLine: { show: false },
  };
}

export function numberAxis(): Axis<'value'> {
  return { ...PLAIN_AXIS, type: 'value', axisLabel: { ...LABEL, formatter: axisNumber } };
}

/** More than this between the smallest and the largest count, and small ones would not be seen. */
const LINEAR_RANGE = 100;

/** Whether bars of these counts need powers of ten; zeros have no bar either way. */
export function isWide(counts: readonly number[]): boolean {
  const shown = counts.filter((count) => count > 0);
  return Math.max(...shown) > LINEAR_RANGE * Math.min(...shown);
}

/** Bars of one begin here, or they would have no length. */
const LOG_START = 0.5;

/** An axis of counts: powers of ten where the range is wide, begun below 1 so that a single one has a bar. */
export function countAxis(counts: readonly number[]): Axis<'log'> | Axis<'value'> {
  if (!isWide(counts)) return { ...numberAxis(), minInterval: 1, min: 0 };
  return {
    ...PLAIN_AXIS,
    type: 'log',
    min: LOG_START,
    startValue: LOG_START,
    axisLabel: { ...LABEL, formatter: (value: number) => (value < 1 ? '' : axisNumber(value)) },
  };
}
