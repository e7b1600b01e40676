/** Imports go down only. The rules below are ARCHITECTURE.md's picture of the house, checked. */
const only = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(src|card-applet-sim|terminal|host|simulation|bench)/',
        pathNot: 'tsconfig|[.]d[.]ts$',
      },
      to: {},
    },
    only(
      'src-is-the-bottom',
      '^src/',
      '^(card-applet-sim|terminal|host|simulation|cli|bench|test)/',
      'src knows none of its users.',
    ),
    only(
      'card-knows-only-src',
      '^card-applet-sim/',
      '^(terminal|host|simulation|cli|bench|test)/',
      'The parts meet on bytes.',
    ),
    only(
      'terminal-knows-only-src',
      '^terminal/',
      '^(card-applet-sim|host|simulation|cli|bench|test)/',
      'The parts meet on bytes.',
    ),
    only(
      'host-knows-only-src',
      '^host/',
      '^(card-applet-sim|terminal|simulation|cli|bench|test)/',
      'The parts meet on bytes.',
    ),
    only(
      'simulation-below-cli',
      '^simulation/',
      '^(cli|bench|test)/',
      'Only the cli wires everything.',
    ),
    only(
      'product-never-imports-tests',
      '^(src|card-applet-sim|terminal|host|simulation|cli|bench)/',
      '^test/',
      'Tests look at the product.',
    ),
    only(
      'bytes-is-the-bottom',
      '^src/bytes/',
      '^src/(?!bytes/|errors/)',
      'bytes <- codec <- iso7816, crypto, money, time <- purse <- clearing.',
    ),
    only(
      'codec-uses-bytes',
      '^src/codec/',
      '^src/(?!codec/|bytes/|errors/|money/|time/)',
      'A codec knows no protocol.',
    ),
    only(
      'crypto-below-purse',
      '^src/(iso7816|crypto|money|time|errors|ports)/',
      '^src/(purse|clearing|gtfs)/',
      'Purse facts sit above.',
    ),
    only(
      'purse-below-clearing',
      '^src/purse/',
      '^src/(clearing|gtfs)/',
      'The card knows nothing of clearing.',
    ),
    {
      name: 'src-and-card-do-no-io',
      severity: 'error',
      comment: 'Clock, randomness and files come in through ports.',
      from: { path: '^(src|card-applet-sim)/', pathNot: '^card-applet-sim/transport/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'node-crypto-only-in-src-crypto',
      severity: 'error',
      from: { path: '^(src|card-applet-sim)/', pathNot: '^src/crypto/' },
      to: { path: '^(node:)?crypto$' },
    },
    {
      name: 'auditor-shares-tables-alone',
      severity: 'error',
      comment: 'What checks the host does not use its code; the replay is the host.',
      from: { path: '^host/audit/', pathNot: '^host/audit/replay/' },
      to: {
        path: '^host/(?!audit/)',
        pathNot: '[.]table[.]ts$|^host/(ledger/model|store/schema)[.]ts$',
      },
    },
    {
      name: 'sqlite-only-in-stores',
      severity: 'error',
      from: {
        path: '^(src|card-applet-sim|terminal|host|simulation|cli)/',
        // Whoever edits the host's database behind its back does not go through the store.
        pathNot:
          '^(terminal/journal|host/store|host/audit|simulation/city/adversaries/database-edit)',
      },
      to: { path: 'better-sqlite3' },
    },
    {
      name: 'fastify-only-in-http',
      severity: 'error',
      from: { path: '^(src|card-applet-sim|terminal|host|simulation)/', pathNot: '^host/http/' },
      to: { path: 'fastify' },
    },
    {
      name: 'pcsc-only-in-readers',
      severity: 'error',
      from: {
        path: '^(src|card-applet-sim|terminal|host|simulation|bench|cli)/',
        pathNot: '^terminal/reader/',
      },
      to: { path: 'nfc-pcsc|pcsclite' },
    },
    {
      name: 'commander-only-in-cli',
      severity: 'error',
      from: { path: '^(src|card-applet-sim|terminal|host|simulation|bench)/' },
      to: { path: 'commander|cli-progress' },
    },
    {
      name: 'echarts-only-in-the-report',
      comment:
        'Types in its charts; the library itself in draw.ts, which cityReport() loads when it is asked.',
      severity: 'error',
      from: {
        path: '^(src|card-applet-sim|terminal|host|simulation|bench|cli)/',
        pathNot: '^simulation/city/report/charts/draw[.]ts$',
      },
      to: { path: 'echarts|zrender', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'charts-are-drawn-lazily',
      severity: 'error',
      from: { path: '^(src|card-applet-sim|terminal|host|simulation|bench|cli)/' },
      to: { path: '^simulation/city/report/charts/draw[.]ts$', dynamic: false },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(src|card-applet-sim|terminal|host|simulation|cli)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '@types' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
