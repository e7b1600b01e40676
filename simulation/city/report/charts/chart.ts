// SPDX-License-Identifier: MIT
/**
 * What a section says of a chart, without the library that draws it: types alone come from there, so that
 * whoever imports a section loads nothing.
 */
import type { BarSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { GridComponentOption, LegendComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import type { Markup } from '../markup.ts';

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | LineSeriesOption
  | ScatterSeriesOption
>;

export interface Drawing {
  readonly height: number;
  readonly option: ChartOption;
}

export interface Chart {
  /** Unique in the page: ids within the drawing begin with it. */
  readonly name: string;
  /** What a reader who does not see it is told. */
  readonly label: string;
  /** Width on a screen or on paper where it is not the whole page's; phones have one width. */
  readonly wide?: number;
  /** A chart is drawn once for pages and once for phones, as text does not shrink with a picture. */
  drawing(width: number): Drawing;
}

export type Draw = (chart: Chart) => Markup;
