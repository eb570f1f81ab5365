/** Counters of a paper as observed at one instant; null for what the observation did not tell. */
export interface Point {
  observedAt: string
  upvotes: number | null
  commentCount: number | null
  githubStars: number | null
}

export const metrics = ['upvotes', 'commentCount', 'githubStars'] as const
export const nothingTold = { upvotes: null, commentCount: null, githubStars: null }

/**
 * The points that remain when only changes are kept: a point that tells nothing new after those before it goes.
 * Two observations at one instant become one, the greater values winning. The same observations give the same
 * history in whatever order they came.
 */
export function onlyChanges(points: readonly Point[]): Point[] {
  const known: Record<(typeof metrics)[number], number | null> = { ...nothingTold }
  return joinInstants(points).filter((point) => {
    let news = false
    for (const metric of metrics) {
      if (point[metric] === null || point[metric] === known[metric]) continue
      known[metric] = point[metric]
      news = true
    }
    return news
  })
}

export function isSamePoint(a: Point, b: Point): boolean {
  return a.observedAt === b.observedAt && metrics.every((metric) => a[metric] === b[metric])
}

function joinInstants(points: readonly Point[]): Point[] {
  const byInstant = new Map<string, Point>()
  for (const point of points) {
    const other = byInstant.get(point.observedAt)
    if (!other) byInstant.set(point.observedAt, point)
    else {
      const joined = { ...point }
      for (const metric of metrics) joined[metric] = greatest(point[metric], other[metric])
      byInstant.set(point.observedAt, joined)
    }
  }
  return [...byInstant.values()].sort((a, b) => (a.observedAt < b.observedAt ? -1 : 1))
}

function greatest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}
