import { contextCacheSymbol } from '@pothos/core'

export interface ContextCache<Value> {
  /** What was made for the context, or for the one it is a copy of. */
  (context: object): Value
  /** Makes it anew for who asks next. */
  delete(context: object): void
}

type Owner = Record<symbol, unknown>

/**
 * What is made once for a context and its copies: Pothos' `createContextCache`, but kept in the context instead of a
 * WeakMap. What is the value of an old WeakMap counts as in use when V8 collects new objects, even where its key is
 * dead: with it, all that an operation has made would become old.
 */
export function contextCache<Value>(create: () => Value): ContextCache<Value> {
  const name = Symbol('context cache')
  const get = (context: object): Value => {
    const owner = ownerOf(context)
    if (!(name in owner)) owner[name] = create()
    return owner[name] as Value
  }
  return Object.assign(get, {
    delete(context: object) {
      delete ownerOf(context)[name]
    },
  })
}

function ownerOf(context: object): Owner {
  const { [contextCacheSymbol]: shared } = context as { [contextCacheSymbol]?: Owner }
  return shared ?? (context as Owner)
}
