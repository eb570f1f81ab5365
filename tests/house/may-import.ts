/** The folders of the product, and which others each may import. A folder may always import itself. */
export const mayImport: Record<string, readonly string[]> = {
  'db/model': [],
  'db/tokens': [],
  'db/embedded': ['db'],
  'db/migrations': [],
  'db/connection': ['db', 'db/migrations'],
  'db/lists': ['db'],
  'db/search': ['db', 'db/lists', 'db/model', 'db/tokens'],
  'db/feed': ['db', 'db/connection', 'db/model', 'db/search'],
  'db/outbox': ['db', 'db/connection'],
  'db/webhooks': ['db', 'db/connection', 'db/outbox'],
  'db/digest': ['db', 'db/connection', 'db/outbox', 'db/search'],
  'db/dump': ['db', 'db/connection'],
  'db/writer/merge': ['db/model'],
  'db/writer': ['db', 'db/connection', 'db/feed', 'db/model', 'db/tokens', 'db/writer/merge'],
  // error.ts, tables.ts, database.ts and prepared.ts below all others; the reads (papers.ts, people.ts, …) above lists and search.
  db: ['db/connection', 'db/lists', 'db/model', 'db/search'],
  'schema/core': ['db', 'db/feed', 'db/lists', 'db/model', 'db/webhooks'],
  'schema/webhooks': [
    ...['schema', 'schema/core', 'schema/feed'],
    ...['db', 'db/feed', 'db/outbox', 'db/search', 'db/webhooks'],
  ],
  'schema/search': ['schema', 'schema/core', 'db', 'db/lists', 'db/search'],
  'schema/feed': ['schema', 'schema/core', 'db', 'db/feed', 'db/model', 'db/search'],
  'schema/federation': ['schema', 'schema/core', 'db', 'db/model'],
  'schema/digest': ['schema', 'schema/core', 'db', 'db/digest', 'db/model'],
  'schema/citations': ['schema', 'schema/core', 'db'],
  // The types import core; index.ts and print.ts gather all.
  schema: [
    ...['schema/core', 'schema/search', 'schema/feed', 'schema/federation', 'schema/citations'],
    ...['schema/digest', 'schema/webhooks', 'db', 'db/lists', 'db/model', 'db/search', 'db/writer'],
  ],
  'src/client': [],
  'src/ingest/http': ['src', 'src/ingest', 'db'],
  // What the formats share, and the formats of one file each; page: the parts of the longest.
  'src/ingest/sources': ['src/ingest', 'src/ingest/sources/page', 'db', 'db/model'],
  'src/ingest/sources/page': ['src/ingest', 'src/ingest/sources', 'db/model'],
  'src/ingest': [
    ...['.', 'src', 'src/ingest/http', 'src/ingest/sources'],
    ...['schema/core', 'db', 'db/connection', 'db/model', 'db/writer'],
  ],
  'src/digest': [
    ...['src', 'src/graphql', 'src/http', 'src/page', 'schema/core'],
    ...['db', 'db/connection', 'db/digest', 'db/model', 'db/outbox'],
  ],
  'src/execution': ['schema/core'],
  'src/graphql/responses': ['schema/core'],
  // What is kept of responses; the headers they have in common.
  'src/cache': ['src/graphql/responses'],
  'src/graphql': [
    ...['src', 'src/cache', 'src/execution', 'src/graphql/responses', 'src/ingest'],
    ...['schema/core', 'db', 'db/connection', 'db/feed'],
  ],
  'src/http': ['src', 'src/graphql', 'src/graphql/responses', 'schema/core', 'db'],
  'src/page': [
    ...['src', 'src/cache', 'src/graphql', 'src/graphql/responses', 'src/http'],
    ...['schema/core', 'db/model', 'db/tokens'],
  ],
  'src/syndication': [
    ...['src', 'src/cache', 'src/graphql', 'src/http'],
    ...['schema/core', 'db', 'db/feed', 'db/model'],
  ],
  'src/subscriptions': [
    ...[
      'src',
      'src/execution',
      'src/graphql',
      'schema/core',
      'schema/feed',
      'db',
      'db/connection',
      'db/feed',
    ],
  ],
  'src/subscriptions/transports': [
    ...['src', 'src/subscriptions', 'src/graphql', 'src/http'],
    ...['schema/core', 'db', 'db/feed'],
  ],
  'src/telemetry': [
    ...[
      '.',
      'src',
      'src/cache',
      'src/digest',
      'src/graphql',
      'src/http',
      'src/subscriptions',
      'src/subscriptions/transports',
      'src/webhooks',
    ],
    ...['schema/core', 'db', 'db/connection', 'db/digest', 'db/feed', 'db/webhooks'],
  ],
  'src/webhooks': [
    ...['src', 'src/execution', 'src/subscriptions', 'schema/core'],
    ...['db', 'db/feed', 'db/outbox', 'db/search', 'db/webhooks'],
  ],
  'src/commands': [
    ...['.', 'src', 'src/client', 'src/digest', 'src/http', 'src/ingest', 'src/ingest/sources'],
    ...['src/telemetry', 'src/webhooks', 'schema'],
    ...['db', 'db/connection', 'db/digest', 'db/dump', 'db/embedded', 'db/feed', 'db/model', 'db/outbox'],
    ...['db/webhooks', 'db/writer'],
  ],
  // Programs to look at, which no folder imports.
  'src/examples': ['src/client'],
  'src/examples/gateway': ['schema'],
  // config.ts, log.ts, faults.ts below all others; app.ts, data.ts, answers.ts and store.ts compose, cli.mjs starts.
  src: [
    ...['.', 'src/cache', 'src/commands', 'src/digest', 'src/graphql', 'src/http', 'src/ingest', 'src/page'],
    ...['src/subscriptions', 'src/subscriptions/transports', 'src/syndication', 'src/telemetry'],
    'src/webhooks',
    ...['seeds', 'schema', 'schema/core', 'db', 'db/connection', 'db/embedded', 'db/feed', 'db/writer'],
  ],
  seeds: ['src/ingest', 'src/ingest/sources', 'db'],
}
