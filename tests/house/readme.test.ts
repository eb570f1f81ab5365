import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { plantSeeds } from '../../seeds/plant.ts'
import { query, useTestApp } from '../support/app.ts'
import { subscribeSse } from '../support/subscribe.ts'

const root = new URL('../../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )

const app = useTestApp()
beforeAll(() => plantSeeds(app.db))

test('the query has the answer that stands below it', async () => {
  const [document = ''] = blocks('graphql')
  const [answer = ''] = blocks('json')
  expect({ data: await query(app, document) }).toEqual(JSON.parse(answer))
})

test('what its curl lines send is answered', async () => {
  const bodies = blocks('sh')
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

test('the files and scripts that it names exist', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
  expect(named.filter((name) => !(name in scripts))).toEqual([])
  const paths = [...readme.matchAll(/(?:`|\(|-- )((?:src|schema|db|seeds|tests)\/[\w./-]*)/g)].map(
    ([, path = '']) => path,
  )
  expect(paths.length).toBeGreaterThan(8)
  expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
})
