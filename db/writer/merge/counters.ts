/** Counters of a paper as observed at one instant; null for what the observation did not give. */
export interface Point {
  observedAt: string
  upvotes: number | null
  commentCount: number | null
  githubStars: number | null
}

export const counters = ['upvotes', 'commentCount', 'githubStars'] as const
export const noCounters = { upvotes: null, commentCount: null, githubStars: null }

/**
 * The points that remain when only changes are kept: a point that adds nothing to those before it goes.
 * Two observations at one instant become one, the greater values winning. The same observations give the same
 * history in whatever order they came.
 */
export function onlyChanges(points: readonly Point[]): Point[] {
  const known: Record<(typeof counters)[number], number | null> = { ...noCounters }
  return joinInstants(points).filter((point) => {
    let isNew = false
    for (const counter of counters) {
      if (point[counter] === null || point[counter] === known[counter]) continue
      known[counter] = point[counter]
      isNew = true
    }
    return isNew
  })
}

export function isSamePoint(a: Point, b: Point): boolean {
  return a.observedAt === b.observedAt && counters.every((counter) => a[counter] === b[counter])
}

function joinInstants(points: readonly Point[]): Point[] {
  const byInstant = new Map<string, Point>()
  for (const point of points) {
    const other = byInstant.get(point.observedAt)
    if (!other) byInstant.set(point.observedAt, point)
    else {
      const joined = { ...point }
      for (const counter of counters) joined[counter] = greatest(point[counter], other[counter])
      byInstant.set(point.observedAt, joined)
    }
  }
  return [...byInstant.values()].sort((a, b) => (a.observedAt < b.observedAt ? -1 : 1))
}

function greatest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}
