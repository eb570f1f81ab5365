import { readFileSync } from 'node:fs'
import { composeServices as composeAtApollo } from '@apollo/composition'
import { composeServices as composeAtGuild } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { subgraphFile } from '../../schema/print.ts'
import { type PaperKey, reviewsSdl } from './reviews-subgraph.ts'

export const compositions = {
  '@apollo/composition': composeAtApollo,
  '@theguild/federation-composition': composeAtGuild,
}
export type Composition = keyof typeof compositions

interface Service {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

/** The SDL that is kept in the project: nobody asks a running server for it. */
export function papersService(url: string): Service {
  return { name: 'papers', url, sdl: readFileSync(subgraphFile, 'utf8') }
}

export function reviewsService(url: string, key?: PaperKey): Service {
  return { name: 'reviews', url, sdl: reviewsSdl(key) }
}

/** The supergraph as SDL. Throws an Error with all that the composition objects to. */
export function compose(services: readonly Service[], by: Composition = '@apollo/composition'): string {
  const { supergraphSdl, errors } = compositions[by](
    services.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  )
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n\n'))
  return supergraphSdl
}
