/**
 * Loaded into the server under test: every ten seconds it tells what its memory is after a collection of garbage, as a
 * line of JSON on standard output. Needs `--expose-gc`.
 */
const { gc } = globalThis
if (gc && process.argv.includes('serve')) {
  setInterval(() => {
    gc()
    console.log(`memory ${JSON.stringify(process.memoryUsage())}`)
  }, 10_000).unref()
}
