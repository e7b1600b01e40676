// SPDX-License-Identifier: MIT
/**
 * Mutation testing: `npm run long:mutation` (docs/testing.md, Mutation testing). Arguments after `--` go to
 * Stryker: `npm run long:mutation -- --mutate 'host/ledger/**'` measures one folder.
 */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Columns of tables that are read by people only. */
const PROSE_COLUMNS = new Set(['effect', 'meaning', 'name', 'source', 'subLedger', 'title']);
const TABLE_NAME = /^[A-Z][A-Z0-9_]*$/;

/** Whether a string stands in a column of prose of a table: `export const TABLE = { row: { meaning: '…' } }`. */
function isProseOfTable(path) {
  const isText = path.isStringLiteral() || path.isTemplateLiteral();
  const { parentPath } = path;
  if (!isText || !parentPath.isObjectProperty()) return false;
  if (!PROSE_COLUMNS.has(parentPath.node.key.name)) return false;
  const declared = path.findParent((parent) => parent.isVariableDeclarator());
  return declared !== null && TABLE_NAME.test(declared.node.id.name ?? '');
}

/** Whether this is the message of an invariant: only a defect of ours would ever show it. */
function isMessageOfInvariant(path) {
  const { parent } = path;
  return (
    path.key === 1 &&
    path.listKey === 'arguments' &&
    parent.type === 'CallExpression' &&
    parent.callee.name === 'invariant'
  );
}

/** Stryker loads this file a second time, as the plugin that leaves out what says nothing about behaviour. */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'prose', {
    shouldIgnore(path) {
      if (isProseOfTable(path)) return 'prose of a table';
      return isMessageOfInvariant(path) ? 'message of an invariant' : undefined;
    },
  }),
];

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['@stryker-mutator/vitest-runner', './stryker.config.mjs'],
  ignorers: ['prose'],
  mutate: ['host/ledger/**/*.ts', 'host/chain/**/*.ts', 'src/purse/**/*.ts', 'src/crypto/**/*.ts'],
  testRunner: 'vitest',
  // Vitest picks the tests of a mutated file by its imports; static mutants run just these.
  vitest: { configFile: 'vitest.mutation.config.ts', related: true },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // The machine is shared: a slow run is not an endless loop.
  timeoutMS: 10_000,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, skipFull: false },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  tempDirName: 'reports/stryker',
  // The sandbox needs sources and tests only.
  ignorePatterns: ['dist', 'reports', 'docs', '*.tsbuildinfo'],
  // Vitest takes the types away and reads no tsconfig: nothing to rewrite for the sandbox.
  disableTypeChecks: false,
  tsconfigFile: 'none',
  allowConsoleColors: false,
};
