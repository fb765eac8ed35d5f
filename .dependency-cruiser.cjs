/** Import directions: docs/architecture.md, "Rooms". */
const from = (path) => ({ path: `^packages/${path}` })
const forbid = (name, comment, fromPath, toPath, toNot) => ({
  name,
  comment,
  severity: 'error',
  from: { ...from(fromPath), pathNot: '\\.test\\.ts$' },
  to: { path: toPath, ...(toNot ? { pathNot: toNot } : {}) },
})

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    forbid(
      'shared-is-pure',
      'shared imports no other package and does no I/O',
      'shared/src',
      '^(packages/(server|client|simulator|console)|(node:)?(fs|net|http|https|child_process)(/|$))',
    ),
    forbid(
      'client-knows-shared-only',
      'client and server meet only over HTTP',
      'client/src',
      '^packages/(server|simulator|console)',
    ),
    forbid(
      'server-knows-shared-only',
      'the gateway knows the issuance system only over its port',
      'server/src',
      '^packages/(client|simulator|console)',
    ),
    forbid(
      'simulator-checks-on-its-own',
      'its checks are written from the facts, so the two can disagree',
      'simulator/src',
      '^packages/(server|client|console|shared)',
    ),
    forbid(
      'console-knows-shared-only',
      'the console and the gateway meet only over HTTP',
      'console/src',
      '^packages/(server|client|simulator)',
    ),
    forbid(
      'domain-below-http',
      'issuance and policy know no HTTP',
      'server/src/(issuance|policy)/',
      '^packages/server/src/(http|acme|rest|jobs)/|^packages/server/src/(main|gateway|core|listen)\\.ts$',
      '^packages/server/src/issuance/adapters',
    ),
    {
      name: 'traces-only-where-sent',
      comment: 'OpenTelemetry is known to its adapter only',
      severity: 'error',
      from: { ...from('server/src'), pathNot: '^packages/server/src/tracing/' },
      to: { path: '@opentelemetry' },
    },
    {
      name: 'traces-loaded-late',
      comment: 'the adapter is imported by import(), so that nothing is loaded where nothing is traced',
      severity: 'error',
      from: { path: '^packages/server/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/server/src/tracing/', dynamic: false },
    },
    forbid('faces-apart', 'ACME and REST meet in issuance', 'server/src/acme/', '^packages/server/src/rest/'),
    forbid(
      'faces-apart-too',
      'ACME and REST meet in issuance',
      'server/src/rest/',
      '^packages/server/src/acme/',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/build/|node_modules)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      conditionNames: ['upki-source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
