// SPDX-License-Identifier: MIT
/** The tables of docs/city.md. */
import { FRAUDS } from '../../simulation/city/adversaries/frauds.table.ts';
import { CHECKS } from '../../simulation/city/checks/check.ts';
import { FAULTS } from '../../simulation/city/faults/faults.table.ts';
import { code, markdownTable } from './markdown.ts';

const PER = {
  tap: 'tap',
  batch: 'batch',
  terminalDay: 'day of a terminal',
  hostDay: 'day of the host',
} as const;

export const CITY_TABLES = {
  'city-checks': () =>
    markdownTable(
      ['Check', 'What must be so'],
      Object.entries(CHECKS).map(([name, meaning]) => [code(name), meaning]),
    ),
  'city-faults': () =>
    markdownTable(
      ['Fault', 'Rate per', 'What happens'],
      Object.entries(FAULTS).map(([name, { per, meaning }]) => [code(name), PER[per], meaning]),
    ),
  'city-frauds': () =>
    markdownTable(
      ['Fraud', 'What is done', 'Found by'],
      Object.entries(FRAUDS).map(([name, { meaning, foundBy }]) => [code(name), meaning, foundBy]),
    ),
} as const;
