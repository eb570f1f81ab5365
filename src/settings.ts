import { z } from 'zod'
import {
  contentOf,
  flag,
  imageOrigins,
  integer,
  jwtRoles,
  mailFrom,
  mailUrl,
  optionalInteger,
  optionalText,
  optionalWebAddress,
  origins,
  postgresUrl,
  publicUrl,
  textOr,
  token,
  trustedProxies,
  webAddress,
} from './setting-types.ts'

/** Every variable that the program reads. src/OPERATIONS.md lists the same ones, and a test compares. */
export const settings = {
  PORT: integer(0, 65_535, 4000),
  HOST: textOr('127.0.0.1', 'a host name or an address'),
  WORKERS: integer(1, 128, 1),
  DATABASE_URL: postgresUrl,
  DATABASE_LISTEN_URL: postgresUrl,
  POOL_SIZE: integer(1, 1_000, 10),
  POOL_PER_CLIENT: integer(1, 1_000, 3),
  POOL_WAIT_MS: integer(10, 600_000, 1_000),
  POOL_QUEUE_LENGTH: integer(1, 1_000_000, 1_000),
  STATEMENT_TIMEOUT_MS: integer(100, 3_600_000, 5_000),
  QUERY_TIMEOUT_MS: integer(100, 3_600_000, 10_000),
  PREPARE_STATEMENTS: flag(true),
  DATA_DIR: textOr('.data', 'a folder'),
  EMBEDDED_PG_BIN: optionalText('the folder that contains postgres and initdb'),
  EMBEDDED_PG_USER: optionalText('a user of this system'),
  WRITE_WAIT_MS: integer(10, 3_600_000, 10_000),
  WRITE_QUEUE_LENGTH: integer(1, 100_000, 100),
  INGEST_RETRY_MS: integer(0, 86_400_000, 600_000),
  PLANT_SEEDS: flag(true),
  WRITE_TOKEN: token.optional().meta({ allowed: 'at least 16 characters without spaces', secret: true }),
  WRITE_TOKEN_FILE: z
    .string()
    .transform(contentOf)
    .pipe(token)
    .optional()
    .meta({ allowed: 'the path of a file that holds a token of at least 16 characters without spaces' }),
  REQUIRE_READ_TOKEN: flag(false),
  JWT_ISSUER: optionalWebAddress('https://login.example.org/'),
  JWT_AUDIENCE: optionalText('the name of this API at the issuer'),
  JWT_JWKS_URL: optionalWebAddress('https://login.example.org/keys'),
  JWT_ROLE_CLAIM: textOr('role', 'the path of a claim'),
  JWT_ROLES: jwtRoles,
  ACCESS_TOKEN: token.optional().meta({ allowed: 'at least 16 characters without spaces', secret: true }),
  POLL: z.enum(['none', 'huggingface']).default('none').meta({ allowed: 'none or huggingface' }),
  POLL_MINUTES: integer(1, 1_440, 5),
  POLL_DAYS: integer(0, 60, 14),
  POLL_LEASE_SECONDS: integer(2, 3_600, 30),
  HUGGINGFACE_URL: webAddress('https://huggingface.co'),
  ARXIV_URL: webAddress('https://export.arxiv.org'),
  UPSTREAM_CONTACT: z
    .string()
    .regex(/^(https?:\/\/|mailto:)[\x21-\x7e]+$/)
    .optional()
    .meta({ allowed: 'an address like https://example.org or mailto:me@example.org' }),
  READY_MAX_FEED_AGE_MS: integer(6_000, 3_600_000, 30_000),
  CORS_ORIGINS: origins,
  CACHE_SECONDS: integer(0, 86_400, 60),
  RESPONSE_CACHE_BYTES: integer(0, 68_719_476_736, 67_108_864),
  COMPRESSION: flag(true),
  GRAPHIQL: flag(true),
  PAGE: flag(true),
  THUMBNAIL_ORIGINS: imageOrigins,
  INTROSPECTION: flag(true),
  HTTP_SHORT_WAY: flag(true),
  TRUSTED_DOCUMENTS: optionalText('the path of a manifest file'),
  TRUSTED_ONLY: flag(false),
  TRUST_PROXY: trustedProxies,
  PUBLIC_URL: publicUrl,
  CLIENT_POINTS: integer(0, 1_000_000_000, 30_000),
  CLIENT_POINTS_PER_SECOND: integer(1, 1_000_000_000, 500),
  MAX_CONNECTIONS: integer(1, 1_000_000, 25_000),
  MAX_CONNECTIONS_PER_ADDRESS: integer(1, 1_000_000, 1_000),
  HEADERS_TIMEOUT_MS: integer(100, 3_600_000, 10_000),
  REQUEST_TIMEOUT_MS: integer(100, 3_600_000, 30_000),
  KEEP_ALIVE_MS: integer(0, 3_600_000, 80_000),
  RESPONSE_STALL_MS: integer(1_000, 3_600_000, 30_000),
  MAX_UNSENT_BYTES: integer(1_000_000, 1_000_000_000_000, 268_435_456),
  MAX_UNSENT_BYTES_PER_ADDRESS: integer(1_000_000, 1_000_000_000_000, 33_554_432),
  MAX_MESSAGE_BYTES: integer(1_000, 1_000_000_000, 131_072),
  MAX_BODY_BYTES: integer(1_000, 1_000_000_000, 1_000_000),
  MAX_QUERY_TOKENS: integer(100, 1_000_000, 4_000),
  MAX_QUERY_DEPTH: integer(1, 1_000, 16),
  MAX_QUERY_ALIASES: integer(0, 10_000, 64),
  MAX_QUERY_COST: integer(1, 1_000_000_000, 1_000),
  MAX_ENTITIES: integer(1, 100_000, 1_000),
  MAX_ANSWER_BYTES: integer(10_000, 1_000_000_000, 8_388_608),
  FEED_RETENTION_DAYS: integer(0, 36_500, 0),
  FEED_SEND_BUFFER: integer(16_384, 67_108_864, 262_144),
  FEED_STALL_MS: integer(1_000, 3_600_000, 60_000),
  MAX_SOCKETS: integer(1, 1_000_000, 20_000),
  MAX_SOCKETS_PER_ADDRESS: integer(1, 1_000_000, 1_000),
  MAX_SUBSCRIPTIONS: integer(1, 1_000_000, 20_000),
  MAX_SUBSCRIPTIONS_PER_ADDRESS: integer(1, 1_000_000, 1_000),
  MAX_SUBSCRIPTIONS_PER_SOCKET: integer(1, 10_000, 100),
  WEBHOOKS: flag(true),
  WEBHOOK_ALLOW_HTTP: flag(false),
  WEBHOOK_ALLOW_PRIVATE: flag(false),
  WEBHOOK_CONCURRENCY: integer(1, 1_000, 50),
  WEBHOOK_GATHER_SECONDS: integer(0, 3_600, 60),
  WEBHOOK_LEASE_SECONDS: integer(2, 3_600, 30),
  WEBHOOK_TIMEOUT_MS: integer(100, 60_000, 15_000),
  MAX_WEBHOOKS: integer(0, 100_000, 1_000),
  SHUTDOWN_MS: integer(0, 600_000, 5_000),
  METRICS_PORT: optionalInteger(0, 65_535),
  METRICS_TOKEN: token.optional().meta({ allowed: 'at least 16 characters without spaces', secret: true }),
  SLOW_MS: integer(0, 3_600_000, 1_000),
  REQUEST_LOG: flag(false),
  DIGEST: flag(true),
  MAIL_URL: mailUrl,
  MAIL_FROM: mailFrom,
  MAIL_DKIM_DOMAIN: optionalText('a domain like example.org'),
  MAIL_DKIM_SELECTOR: optionalText('the selector of the key in DNS'),
  MAIL_DKIM_KEY_FILE: z
    .string()
    .transform(contentOf)
    .pipe(z.string().startsWith('-----BEGIN'))
    .optional()
    .meta({ allowed: 'the path of a file that holds a private key in PEM' }),
  TRACEPARENT: z
    .string()
    .regex(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/)
    .optional()
    .meta({ allowed: 'a trace context like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .meta({ allowed: 'debug, info, warn or error' }),
  LOG_FORMAT: z.enum(['text', 'json']).default('text').meta({ allowed: 'text or json' }),
} as const

/** Names that are refused, and the names to use: ignoring one would leave a server without new papers. */
export const renamed: Readonly<Record<string, keyof typeof settings>> = {
  FOLLOW: 'POLL',
  FOLLOW_MINUTES: 'POLL_MINUTES',
  FOLLOW_DAYS: 'POLL_DAYS',
  MAX_QUERY_OBJECTS: 'MAX_QUERY_COST',
}
