// SPDX-License-Identifier: MIT
/**
 * The only place that loads the library of charts, and what makes its SVG fit for the page: no script, no
 * style attribute or element (the policy of the page would refuse them) and no address.
 */
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { colour } from '../palette.ts';
import { markup, trustedMarkup, type Markup } from '../markup.ts';
import { FONT_SIZE } from './axes.ts';
import type { Chart, ChartOption } from './chart.ts';
import { textWidth } from './text-width.ts';

const PAGE_WIDTH = 924;
const PHONE_WIDTH = 360;

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, SVGRenderer]);

// The library's own guess is narrower than common fonts of Linux: names lost their first letters.
setPlatformAPI({
  measureText: (text, font = '') => ({
    width: textWidth(text, Number(/(\d+)px/.exec(font)?.[1] ?? FONT_SIZE)),
  }),
});

/** `style="font-size:12px;font-family:x;"` as attributes of the same names. */
function styleAsAttributes(declarations: string): string {
  return declarations
    .split(';')
    .filter((declaration) => declaration !== '')
    .map((declaration) => {
      const [name = '', value = ''] = declaration.split(':');
      return ` ${name}="${value}"`;
    })
    .join('');
}

/**
 * Text in the drawing is escaped by the library, quotes too, so none of these patterns can begin in it. The
 * library numbers its drawings per process: `scope` in place of that number keeps the bytes equal.
 */
function plainSvg(svg: string, scope: string): string {
  return svg
    .replaceAll(/<style >[^]*?<\/style>/g, '')
    .replaceAll(
      / (?:class|pointer-events|xmlns|xmlns:xlink|version|baseProfile|ecmeta_\w+)="[^"]*"/g,
      '',
    )
    .replaceAll(/ style="([^"]*)"/g, (_, declarations: string) => styleAsAttributes(declarations))
    .replaceAll(/(id="|url\(#)zr\d+-/g, (_, before: string) => `${before}${scope}-`);
}

function rendered(option: ChartOption, size: { width: number; height: number }): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit', color: colour('ink') },
      ...option,
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** The chart for pages and for phones; the style sheet shows one of them. */
export function draw(chart: Chart): Markup {
  const svg = (kind: 'narrow' | 'wide', width: number): Markup => {
    const { height, option } = chart.drawing(width);
    const plain = plainSvg(rendered(option, { width, height }), `${chart.name}-${kind}`);
    const opening = markup`<svg class="${kind}" role="img" aria-label="${chart.label}" `;
    return trustedMarkup(plain.replace('<svg ', () => opening.markup));
  };
  return markup`<figure>${svg('wide', chart.wide ?? PAGE_WIDTH)}${svg('narrow', PHONE_WIDTH)}</figure>`;
}
