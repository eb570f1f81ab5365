import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import { PothosZodPlugin } from '@pothos/plugin-zod'
import type { GraphQLFieldResolver } from 'graphql'
import { encodeGlobalId } from './ids.ts'

/**
 * Plugins that keep resolvers from being asynchronous where there is nothing to wait for: promises are much of what a
 * list of objects costs.
 */

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      validateOnce: ValidateOncePlugin<Types>
      idsAtOnce: IdsAtOncePlugin<Types>
    }
  }
}

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>

const valid = Symbol('valid arguments')
interface Given {
  [valid]?: object
}

/** In place of the zod plugin: validates each object of arguments once, for however many parents it is given. */
class ValidateOncePlugin<Types extends SchemaTypes> extends PothosZodPlugin<Types> {
  override wrapResolve(resolver: Resolver<Types>, config: PothosOutputFieldConfig<Types>): Resolver<Types> {
    const giveArguments: Resolver<Types> = (_parent, args) => args
    const validate = super.wrapResolve(giveArguments, config)
    if (validate === giveArguments) return resolver
    return (parent, given: Given, context, info) => {
      const known = given[valid]
      if (known) return resolver(parent, known, context, info)
      return (validate(parent, given, context, info) as Promise<object>).then((args) => {
        given[valid] = args
        return resolver(parent, args, context, info)
      })
    }
  }
}

interface NodeOptions {
  readonly id?: { readonly resolve?: (parent: unknown) => unknown }
}

/** Makes the global id of a node whose key is there without waiting; the relay plugin waits in any case. */
class IdsAtOncePlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolver<Types>, config: PothosOutputFieldConfig<Types>): Resolver<Types> {
    if (config.name !== 'id' || config.graphqlKind !== 'Object') return resolver
    const { pothosOptions } = this.buildCache.getTypeConfig(config.parentType, 'Object')
    const resolveKey = (pothosOptions as NodeOptions).id?.resolve
    if (!resolveKey) return resolver
    return (parent, args, context, info) => {
      const key = resolveKey(parent)
      return typeof key === 'string' || typeof key === 'number'
        ? encodeGlobalId(config.parentType, key)
        : resolver(parent, args, context, info)
    }
  }
}

SchemaBuilder.registerPlugin('validateOnce', ValidateOncePlugin)
SchemaBuilder.registerPlugin('idsAtOnce', IdsAtOncePlugin)
