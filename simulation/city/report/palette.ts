// SPDX-License-Identifier: MIT
/**
 * The colours of page and charts, each for paper and light screens and for dark ones. Charts are drawn in the
 * light colour, which the style sheet takes as the name to put the dark one in its place: so one drawing
 * serves both, and no light value stands for two names.
 */
export const PALETTE = {
  ink: { light: '#1d2530', dark: '#e4e9ee' },
  muted: { light: '#51606f', dark: '#a3b0bd' },
  line: { light: '#dde4ea', dark: '#323c47' },
  strong: { light: '#9fb0c0', dark: '#5a6876' },
  paper: { light: '#ffffff', dark: '#14191f' },
  shade: { light: '#f1f5f9', dark: '#1d242c' },
  brand: { light: '#17324d', dark: '#b9d4ee' },
  good: { light: '#1e6b42', dark: '#7fd3a3' },
  bad: { light: '#b3261e', dark: '#ff9a8f' },
  badShade: { light: '#fdf0ee', dark: '#3a1f1d' },
  goodShade: { light: '#edf7f1', dark: '#17301f' },
  blue: { light: '#1f5f9e', dark: '#62a1dc' },
  orange: { light: '#c25a14', dark: '#e2924f' },
  violet: { light: '#7a4bab', dark: '#c3a5ee' },
  teal: { light: '#16807e', dark: '#4cb0aa' },
  bubble: { light: '#5b8fc4', dark: '#4f86bd' },
} as const;

type ColourName = keyof typeof PALETTE;

/** A colour as charts are given it. */
export function colour(name: ColourName): string {
  return PALETTE[name].light;
}

const entries = Object.entries(PALETTE);

const variables = (scheme: 'dark' | 'light'): string =>
  entries.map(([name, { [scheme]: value }]) => `--${name}:${value}`).join(';');

/** Variables of both schemes, and what turns a drawing of light colours into one of the scheme at hand. */
export const PALETTE_STYLE = `:root{color-scheme:light dark;${variables('light')}}
@media screen and (prefers-color-scheme:dark){:root{${variables('dark')}}}
${entries
  .map(
    ([name, { light }]) =>
      `svg [fill="${light}"]{fill:var(--${name})}svg [stroke="${light}"]{stroke:var(--${name})}`,
  )
  .join('\n')}`;
