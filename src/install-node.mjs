// After `npm ci`: brings a Node that runs this program where the one at hand is too old, so that `npm start` works all the
// same. Plain JavaScript for that old Node. npm puts `node_modules/.bin` before all else on the path of its scripts.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isRecent = major > 22 || (major === 22 && minor >= 18)
// Where npm has installed this program (for npx, say), its commands are beside it, and those find their Node there.
const modules = root.includes('/node_modules/')
  ? fileURLToPath(new URL('../..', import.meta.url))
  : `${root}node_modules/`
const command = `${modules}.bin/node`

if (!isRecent && !existsSync(command)) {
  const { devDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  const { platform, arch } = process
  const name = `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${arch}`
  const folder = `${modules}.node`
  const options = ['--no-save', '--no-audit', '--no-fund', '--prefix', folder]
  const { status } = spawnSync('npm', ['install', ...options, `${name}@${devDependencies.node}`], {
    stdio: 'inherit',
  })
  if (status === 0) {
    // For building addons, which nothing here does: a third of the package.
    rmSync(`${folder}/node_modules/${name}/include`, { recursive: true, force: true })
    mkdirSync(`${modules}.bin`, { recursive: true })
    symlinkSync(`../.node/node_modules/${name}/bin/node`, command)
  } else {
    process.exitCode = 1
    console.error(
      `This is Node ${process.versions.node}, and Node ${devDependencies.node} could not be installed: see above. Install Node 22.18 or newer.`,
    )
  }
}
