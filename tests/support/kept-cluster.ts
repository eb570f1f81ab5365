import { execute } from './execute.ts'

/** A database that its test file left because a test in it failed. */
export interface KeptDatabase {
  readonly name: string
  /** The test file. */
  readonly file: string
}

/** The kept databases of a cluster: those that carry the name of a test file. */
export function keptDatabases(clusterUrl: string): Promise<KeptDatabase[]> {
  return execute<KeptDatabase>(
    clusterUrl,
    `select datname as name, shobj_description(oid, 'pg_database') as file from pg_database
      where datname like 'test\\_%' and shobj_description(oid, 'pg_database') is not null order by file, name`,
  )
}
