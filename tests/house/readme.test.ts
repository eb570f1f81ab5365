import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { plantSeeds } from '../../seeds/plant.ts'
import { query, useTestApp } from '../support/app.ts'
import { subscribeSse } from '../support/subscribe.ts'

const root = new URL('../../', import.meta.url)
/** Every page that readers of the code are led to. The changelog may name what is gone. */
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: fileURLToPath(root),
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((page) => !page.startsWith('tests/') && page !== 'CHANGELOG.md')
  .filter((page) => existsSync(new URL(page, root)))
const textOf = (page: string) => readFileSync(new URL(page, root), 'utf8')
const blocks = (page: string, language: string) =>
  [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )

const app = useTestApp()
beforeAll(() => plantSeeds(app.db))

test('the query has the answer that stands below it', async () => {
  const [document = ''] = blocks('README.md', 'graphql')
  const [answer = ''] = blocks('README.md', 'json')
  expect({ data: await query(app, document) }).toEqual(JSON.parse(answer))
})

test('what the curl lines of all pages send to the server is answered', async () => {
  const bodies = pages
    .flatMap((page) => blocks(page, 'sh'))
    .filter((text) => text.includes('localhost:4000'))
    .flatMap((text) => [...text.matchAll(/-d '(.+)'/g)].map(([, body = '']) => body))
  expect(bodies.length).toBeGreaterThan(1)
  for (const body of bodies) {
    const { query: document } = JSON.parse(body)
    if (document.startsWith('subscription')) {
      await using events = await subscribeSse(app, document)
      expect(await events.next()).toBeTruthy()
    } else await query(app, document)
  }
})

test.each(pages)('the scripts, files, folders and pages that %s names exist', (page) => {
  const { scripts } = JSON.parse(textOf('package.json'))
  const text = textOf(page)
  const run = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
  expect(run.filter((name) => !(name in scripts))).toEqual([])

  const folder = new URL(`${dirname(page)}/`, root)
  const quoted = [...text.matchAll(/`([^`\s]+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => isPath.test(name))
  const given = [...text.matchAll(/(?<=npx vitest run |npm run \w+ -- )[\w./-]+\/[\w./-]*/g)]
    .map(([name]) => name)
    .filter((name) => name.startsWith('tests/'))
  const here = [...quoted, ...given].filter(
    (name) => !existsSync(new URL(name, root)) && !existsSync(new URL(name, folder)),
  )
  const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !existsSync(new URL(target, folder)))
  expect([...here, ...linked]).toEqual([])
})

/** A path from the root, or a file beside the page. */
const isPath =
  /^(?:(?:src|schema|db|seeds|tests|\.github|\.ci)\/[\w./-]*|[\w./-]+\.(?:ts|mjs|graphql|md|json|yml))$/
