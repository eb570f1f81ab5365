/** The connection string of another database on the same server. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

/** The database that always exists, from which others are made and dropped. */
export function maintenanceUrl(serverUrl: string): string {
  return databaseUrl(serverUrl, 'postgres')
}
