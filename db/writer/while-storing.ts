import { setImmediate as turn } from 'node:timers/promises'

/** Items whose rows are made at once: some ten milliseconds, in which this process does nothing else. */
const atOnce = 50

/**
 * Makes the rows of some items and, while Postgres stores them, those of the next. `store` runs one call at a time, and
 * none when this has returned or thrown.
 */
export async function makeWhileStoring<Item, Row>(
  items: readonly Item[],
  make: (item: Item) => Row,
  store: (rows: readonly Row[]) => Promise<void>,
): Promise<void> {
  let storing = Promise.resolve()
  try {
    for (let from = 0; from < items.length; from += atOnce) {
      const rows = items.slice(from, from + atOnce).map(make)
      await storing
      storing = store(rows)
      // Its failure is thrown by the next wait. Its statement leaves with the turn.
      storing.catch(() => {})
      await turn()
    }
  } finally {
    await storing
  }
}
