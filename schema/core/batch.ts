import { createContextCache, type MaybePromise } from '@pothos/core'
import { clearAllDataLoaders } from '@pothos/plugin-dataloader'
import DataLoader from 'dataloader'
import type { Context } from './context.ts'

/** What was asked for by one name: what is on its way, and what has come. */
interface Loads<Key, Value> {
  readonly loader: DataLoader<Key, Value | undefined, unknown>
  readonly loaded: Map<unknown, Value | undefined>
}

const loads = createContextCache(() => new Map<string, Loads<unknown, unknown>>())

/**
 * One statement for what all objects of one kind ask at the same moment. `scope` names the question with everything
 * but the key in it (arguments, columns); the first to ask brings the `read`, which answers a Map by key. Keys that
 * are objects need the `cacheKey` by which they are equal. What has been loaded is there at once.
 */
export function batched<Key, Value>(
  context: Context,
  scope: string,
  key: Key,
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  cacheKey: (key: Key) => unknown = (same) => same,
): MaybePromise<Value | undefined> {
  const known = loads(context)
  let ofScope = known.get(scope) as Loads<Key, Value> | undefined
  if (!ofScope) {
    ofScope = loadsBy(read, cacheKey)
    known.set(scope, ofScope as Loads<unknown, unknown>)
  }
  const { loader, loaded } = ofScope
  const id = cacheKey(key)
  return loaded.has(id) ? loaded.get(id) : loader.load(key)
}

function loadsBy<Key, Value>(
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  cacheKeyFn: (key: Key) => unknown,
): Loads<Key, Value> {
  const loaded = new Map<unknown, Value | undefined>()
  const readAll = async (keys: readonly Key[]) => {
    const found = await read(keys)
    return keys.map((key) => {
      const value = found.get(key)
      loaded.set(cacheKeyFn(key), value)
      return value
    })
  }
  return { loader: new DataLoader<Key, Value | undefined, unknown>(readAll, { cacheKeyFn }), loaded }
}

/** Forgets what was loaded for a context: what follows a write of its operation is answered from the present. */
export function forgetLoaded(context: Context): void {
  clearAllDataLoaders(context)
  loads.delete(context)
}
