// Asks a server from a process of its own. Each line of the input is `{url, connections, seconds, bodies}`; each line
// of the output says how many requests were answered in how many seconds, and how many otherwise than by 200.
import { createInterface } from 'node:readline'
import autocannon from 'autocannon'

for await (const line of createInterface({ input: process.stdin })) {
  const { url, connections, seconds, bodies } = JSON.parse(line)
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    sampleInt: 100,
    requests: bodies.map((body) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })),
  })
  const { requests, latency, duration, non2xx, errors } = result
  console.log(
    JSON.stringify({
      answered: requests.total,
      seconds: duration,
      p50: latency.p50,
      p99: latency.p99,
      failed: non2xx + errors,
    }),
  )
}
