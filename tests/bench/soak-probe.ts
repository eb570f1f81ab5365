/**
 * Loaded into the server under test: every ten seconds it tells what its memory is after a collection of garbage, as a
 * line of JSON on standard output. Needs `--expose-gc`.
 */
const { gc } = globalThis
if (gc && process.argv.includes('serve')) {
  setInterval(() => {
    gc()
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
    console.log(`memory ${JSON.stringify({ heapUsed, arrayBuffers, rss })}`)
  }, 10_000).unref()
}
