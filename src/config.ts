import { join } from 'node:path'
import type { feedDefaults } from '../db/feed/options.ts'
import { withTlsMode } from './connection-string.ts'
import { trustedProxiesIn } from './http/client-address.ts'
import { similarNames } from './setting-names.ts'
import { checkSettings, type Environment, type SettingValues } from './setting-rules.ts'
import { settings } from './settings.ts'

/** The settings cannot be used. The message names every fault, one sentence a line. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

export type Config = ReturnType<typeof grouped>

function grouped(env: SettingValues, { PATH, PGSSLMODE }: Environment) {
  const url = withTlsMode(env.DATABASE_URL, PGSSLMODE)
  return deepFreeze({
    http: {
      host: env.HOST,
      /** 0 asks the system for a free one. */
      port: env.PORT,
      corsOrigins: env.CORS_ORIGINS,
      /** Which proxies are believed when they say for whom they ask. */
      trustProxy: trustedProxiesIn(env.TRUST_PROXY) ?? { hops: 0 },
      /** Where readers find this server, for links in what leaves it, e.g. `https://papers.example.org`. */
      publicUrl: env.PUBLIC_URL,
      maxBodyBytes: env.MAX_BODY_BYTES,
      /** Of WebSockets. */
      maxMessageBytes: env.MAX_MESSAGE_BYTES,
      /** How long a client may take to send what it sends, and how long a connection stays open without a request. */
      timeouts: {
        headersMs: Math.min(env.HEADERS_TIMEOUT_MS, env.REQUEST_TIMEOUT_MS),
        requestMs: env.REQUEST_TIMEOUT_MS,
        keepAliveMs: env.KEEP_ALIVE_MS,
      },
      connections: {
        ...{ perServer: env.MAX_CONNECTIONS, perAddress: env.MAX_CONNECTIONS_PER_ADDRESS },
        unsentBytes: Math.max(env.MAX_UNSENT_BYTES, env.MAX_ANSWER_BYTES),
        // One answer of the largest size, at least, and what goes with it.
        unsentBytesPerAddress: Math.max(env.MAX_UNSENT_BYTES_PER_ADDRESS, 2 * env.MAX_ANSWER_BYTES),
        ...{ stallAfterMs: env.RESPONSE_STALL_MS, streamStallAfterMs: 2 * env.FEED_STALL_MS },
      },
      /** How old the last reading of the feed may be while the server says that it is ready. */
      readyMaxFeedAgeMs: env.READY_MAX_FEED_AGE_MS,
      /** How long caches may show paper content without asking again. */
      cacheSeconds: env.CACHE_SECONDS,
      /** Bytes of responses that are kept while nothing is committed; 0 for none. */
      responseCacheBytes: env.RESPONSE_CACHE_BYTES,
      compression: env.COMPRESSION,
      /** Whether browsers get the playground. */
      graphiql: env.GRAPHIQL,
      /** Whether browsers get pages for readers. */
      page: env.PAGE,
      /** Origins of the images that pages may show. */
      thumbnailOrigins: env.THUMBNAIL_ORIGINS,
      /** Whether everybody may ask for the schema. */
      introspection: env.INTROSPECTION,
      /** Whether plain requests are answered without the HTTP layer of Yoga. */
      shortWay: env.HTTP_SHORT_WAY,
    },
    /** Documents that are known by an id, and whether nothing else is executed. */
    trusted: {
      manifest: env.TRUSTED_DOCUMENTS,
      only: env.TRUSTED_ONLY,
    },
    /** Processes that answer; 1 is this one. */
    workers: env.WORKERS,
    database: {
      /** Without one, the embedded database is started. */
      url,
      /** For the connection that listens: a pooler in transaction mode would swallow notifications. */
      listenUrl: withTlsMode(env.DATABASE_LISTEN_URL, PGSSLMODE) ?? url,
      poolSize: env.POOL_SIZE,
      /** How operations of clients share the connections. */
      shares: {
        ...{ perClient: env.POOL_PER_CLIENT, maxWaitMs: env.POOL_WAIT_MS, maxWaiting: env.POOL_QUEUE_LENGTH },
      },
      /** Of one statement, writes aside. */
      statementTimeoutMs: env.STATEMENT_TIMEOUT_MS,
      /** Of a reading that everybody waits for: more than the longest page of the log takes on a slow day. */
      headTimeoutMs: 5_000,
      prepare: env.PREPARE_STATEMENTS,
      /** Of writes through this process. */
      writes: {
        ...{ maxWaitMs: env.WRITE_WAIT_MS, maxWaiting: env.WRITE_QUEUE_LENGTH },
        statementTimeoutMs: Math.max(30_000, env.STATEMENT_TIMEOUT_MS),
      },
    },
    embedded: {
      /** A folder of any number of things; the cluster has its own inside, named after its version. */
      dataDir: env.DATA_DIR,
      binDir: env.EMBEDDED_PG_BIN,
      user: env.EMBEDDED_PG_USER,
      path: PATH,
    },
    /** Whether a database without papers gets those of `seeds/`. */
    plantSeeds: env.PLANT_SEEDS,
    /** How long an ingest by the command line retries while the database is away or busy. */
    ingestRetryMs: env.INGEST_RETRY_MS,
    /** With the role `ingest`, beside the tokens in the database. */
    writeToken: env.WRITE_TOKEN ?? env.WRITE_TOKEN_FILE,
    requireReadToken: env.REQUIRE_READ_TOKEN,
    /** Another issuer whose tokens are accepted. */
    jwt:
      env.JWT_ISSUER !== undefined && env.JWT_AUDIENCE !== undefined
        ? {
            ...{ issuer: env.JWT_ISSUER, audience: env.JWT_AUDIENCE, jwksUrl: env.JWT_JWKS_URL },
            ...{ roleClaim: env.JWT_ROLE_CLAIM, roles: env.JWT_ROLES },
          }
        : undefined,
    /** What the command `follow` sends. */
    accessToken: env.ACCESS_TOKEN,
    /** Whether the newest editions of a source are read again and again, and how. */
    poll: {
      source: env.POLL,
      everyMs: env.POLL_MINUTES * 60_000,
      /** Days before today that are read again, and how often. */
      days: env.POLL_DAYS,
      rereadEveryMs: 3_600_000,
      papersAlone: true,
      /** How long the server that polls keeps its place without a sign of life. */
      leaseMs: env.POLL_LEASE_SECONDS * 1000,
    },
    upstreams: {
      huggingfaceUrl: env.HUGGINGFACE_URL,
      arxivUrl: env.ARXIV_URL,
      /** Told to upstreams with each request, so that their operators can reach ours. */
      contact: env.UPSTREAM_CONTACT,
      /** The trace that the requests are part of. */
      traceparent: env.TRACEPARENT,
    },
    /** What each client may ask, in points of cost. */
    points: { burst: env.CLIENT_POINTS, perSecond: env.CLIENT_POINTS_PER_SECOND },
    limits: {
      tokens: env.MAX_QUERY_TOKENS,
      depth: env.MAX_QUERY_DEPTH,
      aliases: env.MAX_QUERY_ALIASES,
      /** Points of one operation; see schema/core/cost.ts. */
      cost: env.MAX_QUERY_COST,
      /** References that a gateway may have resolved in one request. */
      entities: env.MAX_ENTITIES,
      /** Bytes of one answer, of all its parts together, and of each event of a subscription. */
      answerBytes: env.MAX_ANSWER_BYTES,
      /** Milliseconds in which a query is answered, all its statements together. */
      queryTimeoutMs: env.QUERY_TIMEOUT_MS,
    },
    feed: {
      /** Events older than so many days are forgotten; 0 keeps them for ever. */
      retentionDays: env.FEED_RETENTION_DAYS,
      /** Bytes that may wait for one client in this process; what comes after stays in the log. */
      sendBuffer: env.FEED_SEND_BUFFER,
      /** How long a client may take nothing before it is disconnected. */
      stallAfterMs: env.FEED_STALL_MS,
      /** How soon news and silent links are noticed, where tests cannot wait. */
      timing: {} as Partial<typeof feedDefaults>,
      maxSockets: env.MAX_SOCKETS,
      maxSocketsPerAddress: env.MAX_SOCKETS_PER_ADDRESS,
      subscriptionLimits: {
        perServer: env.MAX_SUBSCRIPTIONS,
        perAddress: env.MAX_SUBSCRIPTIONS_PER_ADDRESS,
        perSocket: env.MAX_SUBSCRIPTIONS_PER_SOCKET,
      },
    },
    mail: {
      /** Whether digests are sent, and readers can subscribe. */
      digest: env.DIGEST,
      /** The relay; without one, mail becomes files in `folder`. */
      url: env.MAIL_URL,
      folder: join(env.DATA_DIR, 'mail'),
      from: env.MAIL_FROM,
      dkim: env.MAIL_DKIM_KEY_FILE
        ? {
            domain: env.MAIL_DKIM_DOMAIN ?? '',
            selector: env.MAIL_DKIM_SELECTOR ?? '',
            key: env.MAIL_DKIM_KEY_FILE,
          }
        : undefined,
    },
    webhooks: {
      /** Whether this server delivers. Endpoints can be changed in any case. */
      isSending: env.WEBHOOKS,
      most: env.MAX_WEBHOOKS,
      /** Endpoints that are delivered to at the same time. */
      concurrency: env.WEBHOOK_CONCURRENCY,
      /** How long a server keeps what it delivers to without a sign of life. */
      leaseMs: env.WEBHOOK_LEASE_SECONDS * 1000,
      /** For a request and the status of its answer. */
      timeoutMs: env.WEBHOOK_TIMEOUT_MS,
      /** How long chats wait for further papers after the first. */
      gatherMs: env.WEBHOOK_GATHER_SECONDS * 1000,
      rules: {
        ...{ allowHttp: env.WEBHOOK_ALLOW_HTTP, allowPrivate: env.WEBHOOK_ALLOW_PRIVATE },
        publicUrl: env.PUBLIC_URL,
      },
    },
    /** How long requests may go on after a stop was asked for. */
    shutdownMs: env.SHUTDOWN_MS,
    telemetry: {
      /** Where the metrics are, apart from the API; without it, on its port, if there is a token. */
      metricsPort: env.METRICS_PORT,
      metricsToken: env.METRICS_TOKEN,
      /** From which duration on operations and statements are logged; 0 for none. */
      slowMs: env.SLOW_MS,
      /** Whether each request has a line in the log. */
      requestLog: env.REQUEST_LOG,
    },
    log: { level: env.LOG_LEVEL, format: env.LOG_FORMAT },
  })
}

/**
 * The only reader of the environment. An empty variable counts as absent, as in a compose file that passes on
 * what is not set. Throws a ConfigError that names all faults at once, before anything is opened.
 */
export function readConfig(env: Environment = process.env): Config {
  const { values, faults } = checkSettings(env)
  // A value that is missing may be there, under a misspelt name.
  if (!values) throw new ConfigError([...faults, ...misspeltSettings(env)].join('\n'))
  return grouped(values, env)
}

/** A sentence for each variable that looks like a misspelt setting: it has no effect, and nothing else would say so. */
export function misspeltSettings(env: Environment = process.env): string[] {
  return similarNames(Object.keys(env), Object.keys(settings)).map(
    ({ name, meant }) => `${name} is not a setting and has no effect: did you mean ${meant}?`,
  )
}

function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part)
  return Object.freeze(value)
}
