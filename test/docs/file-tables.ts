// SPDX-License-Identifier: MIT
/** The tables of docs/files.md: every file column by column, as it is declared. */
import { CSV_FILES, type CsvColumn, type CsvFile } from '../../host/files/csv-files.table.ts';
import type { FixedField } from '../../host/files/fixed-width/layout.ts';
import { PAYOUT_PROFILE } from '../../host/files/fixed-width/payout-profile.table.ts';
import { code, markdownTable } from './markdown.ts';

function csvColumns({ columns, totals }: CsvFile): string {
  const row = ([name, { kind, meaning }]: readonly [string, CsvColumn]): readonly string[] => [
    code(name),
    kind,
    totals?.includes(name) === true ? 'yes' : '',
    meaning,
  ];
  return markdownTable(['Column', 'Kind', 'Summed', 'What'], Object.entries(columns).map(row));
}

function fixedFields(fields: readonly FixedField[]): string {
  const kindOf = ({ kind }: FixedField): string => {
    if (kind.type === 'constant') return `always ${code(kind.value)}`;
    return kind.type === 'sum' || kind.type === 'hashTotal'
      ? `${kind.type} of ${code(kind.of)}`
      : kind.type;
  };
  return markdownTable(
    ['Bytes', 'Length', 'Field', 'Kind', 'What'],
    fields.map((field) => [
      `${field.start}–${field.start + field.length - 1}`,
      `${field.length}`,
      code(field.name),
      kindOf(field),
      field.meaning,
    ]),
  );
}

/** `csv-detail` for the file `detail`, `csv-trial-balance` for `trialBalance`. */
const nameOf = (file: string): string =>
  `csv-${file.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const FILE_TABLES: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(
    Object.entries<CsvFile>(CSV_FILES).map(([name, file]) => [
      nameOf(name),
      () => csvColumns(file),
    ]),
  ),
  'payout-header': () => fixedFields(PAYOUT_PROFILE.header),
  'payout-detail': () => fixedFields(PAYOUT_PROFILE.detail),
  'payout-trailer': () => fixedFields(PAYOUT_PROFILE.trailer),
};
