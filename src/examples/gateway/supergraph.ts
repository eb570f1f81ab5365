import { readFileSync } from 'node:fs'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { subgraphFile } from '../../../schema/print.ts'
import { type PaperKeyField, reviewsSdl } from './reviews-subgraph.ts'

export interface Service {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

/** From the SDL that is checked in: composition does not query a running server. */
export function papersService(url: string): Service {
  return { name: 'papers', url, sdl: readFileSync(subgraphFile, 'utf8') }
}

export function reviewsService(url: string, key?: PaperKeyField): Service {
  return { name: 'reviews', url, sdl: reviewsSdl(key) }
}

type Composition = (services: { name: string; url: string; typeDefs: ReturnType<typeof parse> }[]) => {
  readonly supergraphSdl?: string | undefined
  readonly errors?: readonly { readonly message: string }[] | undefined
}

/** The supergraph as SDL. Throws an Error with every message of the composition. */
export function compose(services: readonly Service[], by: Composition = composeServices): string {
  const { supergraphSdl, errors } = by(
    services.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  )
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n\n'))
  return supergraphSdl
}
