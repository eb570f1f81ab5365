import type { Metric, Registry } from '@prometheus-io/client'

export interface DurationsOptions {
  readonly name: string
  readonly help: string
  /** In the order in which `observe` takes their values. */
  readonly labelNames: readonly string[]
  /** Upper bounds of the buckets, in seconds, ascending. */
  readonly buckets: readonly number[]
  readonly registry: Registry
}

/** Of one label after the other, by their values; then the series. */
type Branch = Map<string, Branch | Series>

interface Series {
  readonly labels: Readonly<Record<string, string>>
  /** By bucket; the last one has what is above all bounds. */
  readonly counts: Float64Array
  sum: number
}

/**
 * A histogram of durations that every request can afford: that of the client library takes some microseconds for each
 * value. Numbers are kept by the values of the labels, one after the other, because a text of all of them would have to be
 * made and hashed each time. What was counted gets the library's form when somebody asks for it.
 */
export class Durations {
  readonly name: string
  readonly help: string
  readonly type = 'histogram'
  readonly aggregator = 'sum'
  readonly #labelNames: readonly string[]
  readonly #buckets: readonly number[]
  readonly #branches: Branch = new Map()
  readonly #series: Series[] = []

  constructor({ name, help, labelNames, buckets, registry }: DurationsOptions) {
    this.name = name
    this.help = help
    this.#labelNames = labelNames
    this.#buckets = buckets
    registry.registerMetric(this as unknown as Metric)
  }

  /** `values` of the labels in their order, each from a fixed set. */
  observe(values: readonly string[], seconds: number): void {
    let found: Branch | Series | undefined = this.#branches
    for (const value of values) found = (found as Branch | undefined)?.get(value)
    const series = (found as Series | undefined) ?? this.#begin(values)
    const buckets = this.#buckets
    let bucket = 0
    while (bucket < buckets.length && seconds > (buckets[bucket] ?? 0)) bucket += 1
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
    series.sum += seconds
  }

  /** As the registry asks a metric for what it has. */
  async get() {
    const { name, help, type, aggregator } = this
    return {
      name,
      help,
      type,
      aggregator,
      values: this.#series.flatMap((each) => this.#samples(each)),
    }
  }

  reset(): void {
    this.#branches.clear()
    this.#series.length = 0
  }

  #begin(values: readonly string[]): Series {
    const labels = Object.fromEntries(this.#labelNames.map((label, at) => [label, values[at] ?? '']))
    const series = { labels, counts: new Float64Array(this.#buckets.length + 1), sum: 0 }
    this.#series.push(series)
    let branch = this.#branches
    for (const value of values.slice(0, -1)) {
      const next = (branch.get(value) as Branch | undefined) ?? new Map()
      branch.set(value, next)
      branch = next
    }
    branch.set(values.at(-1) ?? '', series)
    return series
  }

  #samples({ labels, counts, sum }: Series) {
    const metricName = `${this.name}_bucket`
    let total = 0
    const buckets = [...counts].map((count, bucket) => {
      total += count
      return { metricName, labels: { le: String(this.#buckets[bucket] ?? '+Inf'), ...labels }, value: total }
    })
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: total },
    ]
  }
}
