/**
 * The import rules: imports point down, and each vendor has one home. A rule that is broken fails
 * `npm run lint`; scripts/check-imports.ts runs them and makes sure that every module was seen.
 */
import type { IForbiddenRuleType, IConfiguration } from 'dependency-cruiser'

const SHARED_VENDORS = '^node_modules/(zod|yjs|lib0|uuid|y-protocols)/'
const TESTS = '[.]test[.]tsx?$'
/** Tests, the test kits that they share, and contract suites. */
const TEST_CODE = '([.]test[.]tsx?$|[.]contract[.]ts$|/testing/)'

function vendorHome(name: string, vendor: string, home: string): IForbiddenRuleType {
  return {
    name,
    severity: 'error',
    comment: `${vendor} is imported by ${home} alone.`,
    from: { path: '^(shared|server|client)/', pathNot: [home, TEST_CODE] },
    to: { path: `^node_modules/${vendor}/` },
  }
}

function forbid(name: string, from: string, to: string, comment: string): IForbiddenRuleType {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: from, pathNot: TEST_CODE },
    to: { path: to },
  }
}

const config: IConfiguration = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle of imports has no first step to read.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'Every import leads to a file or to an installed package.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      severity: 'error',
      comment: 'What the product imports is a dependency in package.json, not a dev dependency.',
      from: { path: '^(shared|server)/', pathNot: TEST_CODE },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'shared-is-pure',
      severity: 'error',
      comment: 'shared/ runs on both sides: no platform, and only these packages.',
      from: { path: '^shared/', pathNot: TEST_CODE },
      to: { pathNot: ['^shared/', SHARED_VENDORS] },
    },
    {
      name: 'sides-meet-in-shared',
      severity: 'error',
      comment: 'client/ knows the server by shared/ and the network only.',
      from: { path: '^client/', pathNot: TEST_CODE },
      to: { path: '^(server|migrations|e2e|scripts)/' },
    },
    forbid(
      'server-without-client',
      '^server/',
      '^(client|e2e|scripts)/',
      'The server knows no screen.',
    ),
    forbid(
      'product-without-tests',
      '^(shared|server|client)/',
      `(${TESTS}|/testing/|^e2e/)`,
      'The product runs without its tests.',
    ),

    forbid(
      'database-is-the-floor',
      '^server/database/',
      '^server/(?!database/)',
      'database/ knows nothing above it.',
    ),
    forbid(
      'projection-on-database',
      '^server/projection/',
      '^server/(?!(projection|database)/)',
      'projection/ knows database/ alone.',
    ),
    {
      name: 'journal-on-projection',
      severity: 'error',
      comment:
        'journal/ knows projection/ and database/ alone; it may fulfil an interface (a type) that those above it ask for.',
      from: { path: '^server/journal/', pathNot: TEST_CODE },
      to: {
        path: '^server/(?!(journal|projection|database)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    forbid(
      'queries-only-read',
      '^server/queries/',
      '^server/(?!(queries|database|projection|journal)/)',
      'queries/ read what lies below them.',
    ),
    forbid(
      'commands-below-edges',
      '^server/commands/',
      '^server/(api|sync|main[.]ts|cli[.]ts)',
      'commands/ do not know who calls them.',
    ),
    forbid(
      'notifications-below-edges',
      '^server/notifications/',
      '^server/(api|sync|import|main[.]ts|cli[.]ts)',
      'notifications/ deliver what the projection wrote; they know no door.',
    ),
    forbid(
      'retention-below-edges',
      '^server/retention/',
      '^server/(api|sync|import|main[.]ts|cli[.]ts)',
      'retention/ removes through the same door as commands; it knows no other.',
    ),
    forbid(
      'sync-without-api',
      '^server/sync/',
      '^server/(api|import|main[.]ts|cli[.]ts)',
      'sync/ and api/ are two doors beside each other.',
    ),
    forbid(
      'api-without-sync',
      '^server/api/',
      '^server/(sync|import|main[.]ts|cli[.]ts)',
      'api/ and sync/ are two doors beside each other.',
    ),
    {
      name: 'only-entries-compose',
      severity: 'error',
      comment: 'main.ts and cli.ts wire the parts; nothing imports them.',
      from: { path: '^server/', pathNot: TEST_CODE },
      to: { path: '^server/(main|cli)[.]ts$' },
    },

    forbid(
      'engine-is-the-floor',
      '^client/engine/',
      '^client/(?!engine/)',
      'engine/ knows nothing of the screen.',
    ),
    forbid(
      'engine-without-react',
      '^client/engine/',
      '^node_modules/(react|react-dom|@tanstack)/',
      'engine/ works without React.',
    ),
    forbid(
      'store-on-engine',
      '^client/store/',
      '^client/(features|app|ui)/',
      'store/ turns the engine into hooks; it draws nothing.',
    ),
    forbid(
      'features-below-app',
      '^client/features/',
      '^client/app/',
      'features/ do not know the frame that they stand in.',
    ),
    {
      name: 'features-through-store',
      severity: 'error',
      comment: 'features/ reach the engine through store/; they may name its types.',
      from: { path: '^client/features/', pathNot: TEST_CODE },
      to: { path: '^client/engine/', dependencyTypesNot: ['type-only'] },
    },
    forbid(
      'ui-has-no-data',
      '^client/ui/',
      '^(client/(?!ui/)|shared/)',
      'ui/ draws what it is given.',
    ),

    vendorHome('home-of-sqlite', 'better-sqlite3', '^server/database/'),
    vendorHome('home-of-hocuspocus', '@hocuspocus/(server|extension-database)', '^server/sync/'),
    vendorHome('home-of-better-auth', 'better-auth', '^server/auth/'),
    vendorHome('home-of-the-provider', '@hocuspocus/provider', '^client/engine/'),
    vendorHome('home-of-pino', 'pino', '^server/observability/'),
    vendorHome('home-of-prom-client', 'prom-client', '^server/observability/'),
    vendorHome('home-of-hono', '(hono|@hono)', '^server/(api/|auth/|start-server[.]ts)'),
    vendorHome('home-of-zip', '(yauzl|yazl)', '^server/(import|admin)/'),
    vendorHome('home-of-flydrive', '(flydrive|@aws-sdk)', '^server/files/'),
    vendorHome('home-of-sharp', 'sharp', '^server/files/'),
    vendorHome('home-of-file-type', 'file-type', '^server/files/'),
    vendorHome('home-of-busboy', '@fastify/busboy', '^server/files/'),
    vendorHome('home-of-web-push', 'web-push', '^server/notifications/push/'),
    vendorHome('home-of-nodemailer', 'nodemailer', '^server/mail/'),
  ],
  options: {
    // TypeScript 7 has no parser that dependency-cruiser could call, so swc reads the modules.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    moduleSystems: ['es6'],
    extraExtensionsToScan: ['.css', '.svg'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}

export default config
