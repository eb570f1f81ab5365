import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** What is or would be checked in. */
const tracked = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
const files = tracked.split('\n').filter((file) => file && existsSync(join(root, file)))
const text = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
const product = files.filter((file) => !file.startsWith('tests/'))

/** What a file imports, its own project's files as paths from the root. */
function importsOf(file: string): string[] {
  const found = [...(text.get(file) ?? '').matchAll(/(?:\bfrom |\bimport |\bimport\()'([^']+)'/g)]
  return found.map(([, name = '']) => (name.startsWith('.') ? join(dirname(file), name) : name))
}

describe('who may import what: db <- schema <- src, seeds -> src/ingest and db', () => {
  const mayImport: Record<string, RegExp> = {
    db: /^(db\/|kysely(\/|$)|pg$|node:)/,
    schema:
      /^(schema\/|db\/|@pothos\/|@apollo\/subgraph|graphql$|graphql-scalars|zod$|dataloader$|node:(fs|path|url|crypto)$)/,
    seeds: /^(seeds\/|src\/ingest\/|db\/|node:)/,
  }
  test.each(Object.entries(mayImport))('%s', (folder, allowed) => {
    const wrong = product
      .filter((file) => file.startsWith(`${folder}/`))
      .flatMap((file) => importsOf(file).map((name) => ({ file, name })))
      .filter(({ name }) => !allowed.test(name))
    expect(wrong).toEqual([])
  })

  test('the product imports only what a production install has', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const packages = product
      .filter((file) => file !== 'vitest.config.ts')
      .flatMap((file) => importsOf(file).map((name) => ({ file, name })))
      .filter(
        ({ name }) => !name.startsWith('node:') && !/^(src|db|schema|seeds)\/|^package\.json$/.test(name),
      )
    const nameOf = (name: string) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name
    expect(packages.filter(({ name }) => !(nameOf(name) in dependencies))).toEqual([])
  })

  test('nothing but tests imports tests', () => {
    const wrong = product.filter((file) => importsOf(file).some((name) => name.startsWith('tests/')))
    expect(wrong).toEqual(wrong.filter((file) => file === 'vitest.config.ts'))
  })
})

describe('who alone does what', () => {
  const filesThat = (matches: (code: string) => boolean, among = product) =>
    among.filter((file) => matches(codeOf(file)))

  test('one module reads the environment', () => {
    expect(filesThat((code) => /\bprocess\.env\b|\bimport\.meta\.env\b/.test(code))).toEqual([
      'src/config.ts',
    ])
  })

  test('two open things: src/store.ts the database, src/app.ts all else', () => {
    const opens = /\b(openDatabase|startEmbedded|createHttpServer|openFeed)\(/
    const uses = filesThat((code) => opens.test(code.replace(/^export (async )?function .*$/gm, '')))
    expect(uses.sort()).toEqual(['src/app.ts', 'src/store.ts'])
  })

  test('one writes papers', () => {
    const writes = /\b(insertInto|updateTable|deleteFrom|mergeInto)\('(paper|listing|edition|author|keyword)/
    const sql = /\b(insert into|update|delete from|merge into)\s+(paper|listing|edition|author|keyword)\b/i
    const writers = filesThat((code) => writes.test(code) || sql.test(code))
    expect(writers.filter((file) => !/^db\/(writer|migrations)\//.test(file))).toEqual([])
  })

  test('one walks the selection of a query', () => {
    const walks = filesThat((code) => /\binfo\.fieldNodes\b|\bfieldNodes\b.*\bselectionSet\b/.test(code))
    expect(walks.filter((file) => file !== 'schema/core/plan.ts')).toEqual([])
  })
})

describe('house rules', () => {
  test('no file has more than 240 lines of code, comments and blank lines aside', () => {
    const lengths = files.map((file) => [file, codeOf(file).match(/\S.*$/gm)?.length ?? 0] as const)
    expect(lengths.filter(([, lines]) => lines > 240)).toEqual([])
  })

  test('no error of the compiler is silenced, and no leftover is kept', () => {
    const marks = new RegExp(`@ts-(ignore|expect-error|nocheck)|${'TO'}DO|${'FIX'}ME`)
    expect(files.filter((file) => marks.test(text.get(file) ?? ''))).toEqual([])
  })

  test('only what every supported Node has: 22.18 knows no explicit resource management', () => {
    const newer = /\bawait using\b|^\s*using \w+ =|\b(Async)?DisposableStack\b/m
    expect(product.filter((file) => newer.test(codeOf(file)))).toEqual([])
  })
})

/** A file without its comments. */
function codeOf(file: string): string {
  return (text.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
}
