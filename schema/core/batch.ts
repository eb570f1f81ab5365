import { clearAllDataLoaders } from '@pothos/plugin-dataloader'
import DataLoader from 'dataloader'
import type { Context } from './context.ts'
import { contextCache } from './context-cache.ts'

const loaders = contextCache(() => new Map<string, DataLoader<unknown, unknown>>())

/**
 * One statement for what all objects of one kind ask at the same moment. `scope` names the question with everything
 * but the key in it (arguments, columns); the first to ask brings the `read`, which answers a Map by key. Keys that
 * are objects need the `cacheKey` by which they are equal.
 */
export function batched<Key, Value>(
  context: Context,
  scope: string,
  key: Key,
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  cacheKey?: (key: Key) => unknown,
): Promise<Value | undefined> {
  const known = loaders(context)
  let loader = known.get(scope) as DataLoader<Key, Value | undefined, unknown> | undefined
  if (!loader) {
    const readAll = async (keys: readonly Key[]) => {
      const found = await read(keys)
      return keys.map((each) => found.get(each))
    }
    loader = new DataLoader<Key, Value | undefined, unknown>(readAll, cacheKey && { cacheKeyFn: cacheKey })
    known.set(scope, loader as DataLoader<unknown, unknown>)
  }
  return loader.load(key)
}

/** Forgets what was loaded for a context: what follows a write of its operation is answered from the present. */
export function forgetLoaded(context: Context): void {
  clearAllDataLoaders(context)
  loaders.delete(context)
}
