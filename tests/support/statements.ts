import { execute, type GraphQLError, parse } from 'graphql'
import type { KyselyPlugin } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { createContext } from '../../schema/core/context.ts'
import { schema } from '../../schema/index.ts'

export interface Counted {
  data: unknown
  errors: readonly GraphQLError[]
  statements: number
}

/** Executes a document without HTTP and counts the statements that it sends. */
export async function countStatements(
  { db, feed }: { db: Db; feed: Feed },
  text: string,
  variables: Record<string, unknown> = {},
): Promise<Counted> {
  let statements = 0
  const counter: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    // Not above: statements that are built once are sent many times.
    async transformResult({ result }) {
      statements += 1
      return result
    },
  }
  const contextValue = createContext({ db: db.withPlugin(counter), feed })
  const result = await execute({ schema, document: parse(text), contextValue, variableValues: variables })
  return { data: result.data, errors: result.errors ?? [], statements }
}
