import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { mayImport } from './may-import.ts'

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

/** Files at the top of their folder that gather what is below it; nothing below may import them. */
const composes = ['app', 'answers', 'data', 'store']
  .map((name) => `src/${name}.ts`)
  .concat(['schema/index.ts', 'schema/print.ts'])

describe('who may import what: db <- schema <- src, seeds -> src/ingest and db', () => {
  const source = product.filter((file) => /^(src|schema|db|seeds)\//.test(file))

  test('every folder is in the table, and imports only the folders that it lists', () => {
    const folders = new Set(source.map((file) => dirname(file)))
    expect([...folders].sort()).toEqual(Object.keys(mayImport).sort())
    const wrong = source.flatMap((file) =>
      importsOf(file)
        .filter((name) => text.has(name) || name === 'package.json')
        .filter((name) => ![dirname(file), ...(mayImport[dirname(file)] ?? [])].includes(dirname(name)))
        .map((name) => `${file} -> ${name}`),
    )
    expect(wrong).toEqual([])
  })

  test('no file imports itself by way of others, types included', () => {
    expect(circles(source)).toEqual([])
  })

  test('what gathers a folder is imported from outside of the folder alone', () => {
    const wrong = source.flatMap((file) =>
      importsOf(file)
        .filter((name) => composes.includes(name) && file.startsWith(`${dirname(name)}/`))
        .filter(() => !composes.includes(file) && !/^src\/commands\//.test(file))
        .map((name) => `${file} -> ${name}`),
    )
    expect(wrong).toEqual([])
  })

  const packages: Record<string, RegExp> = {
    db: /^(kysely(\/|$)|pg$|pg-copy-streams$|lru-cache$|node:)/,
    schema:
      /^(@pothos\/|@graphql-tools\/utils$|graphql$|graphql-scalars|zod$|dataloader$|node:(fs|path|url|crypto)$)/,
    seeds: /^node:/,
  }
  test.each(Object.entries(packages))('%s imports only the packages of its layer', (folder, allowed) => {
    const wrong = source
      .filter((file) => file.startsWith(`${folder}/`))
      .flatMap((file) => importsOf(file).map((name) => ({ file, name })))
      .filter(({ name }) => !text.has(name) && !allowed.test(name))
    expect(wrong).toEqual([])
  })

  test('the product imports only what a production install has', () => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    )
    // After an installation, and able to go without.
    const mayUse = (file: string, name: string) =>
      name in dependencies || (file === 'src/make-bundle.mjs' && name in optionalDependencies)
    const packages = product
      .filter((file) => file !== 'vitest.config.ts' && !file.startsWith('src/examples/'))
      .flatMap((file) => importsOf(file).map((name) => ({ file, name })))
      .filter(
        ({ name }) => !name.startsWith('node:') && !/^(src|db|schema|seeds)\/|^package\.json$/.test(name),
      )
    const nameOf = (name: string) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name
    expect(packages.filter(({ file, name }) => !mayUse(file, nameOf(name)))).toEqual([])
  })

  test('nothing but tests imports tests', () => {
    const wrong = product.filter((file) => importsOf(file).some((name) => name.startsWith('tests/')))
    expect(wrong).toEqual(wrong.filter((file) => file === 'vitest.config.ts'))
  })
})

describe('who alone does what', () => {
  const filesThat = (matches: (code: string) => boolean, among = product) =>
    among.filter((file) => matches(codeOf(file)))

  test('one module reads the environment, and one the options of Node', () => {
    expect(filesThat((code) => /\bprocess\.env\b|\bimport\.meta\.env\b/.test(code))).toEqual([
      'src/bundle.mjs',
      'src/config.ts',
    ])
  })

  test('four open things: src/locate-database.ts an embedded Postgres, src/store.ts the database, src/data.ts the feed on it, src/app.ts the server', () => {
    const opens = /\b(openDatabase|startEmbedded|createHttpServer|openFeed)\(/
    const uses = filesThat((code) => opens.test(code.replace(/^export (async )?function .*$/gm, '')))
    expect(uses.sort()).toEqual(['src/app.ts', 'src/data.ts', 'src/locate-database.ts', 'src/store.ts'])
  })

  test('one writes papers', () => {
    const writes = /\b(insertInto|updateTable|deleteFrom|mergeInto)\('(paper|listing|edition|author|keyword)/
    const sql = /\b(insert into|update|delete from|merge into)\s+(paper|listing|edition|author|keyword)\b/i
    const writers = filesThat((code) => writes.test(code) || sql.test(code))
    expect(writers.filter((file) => !/^db\/(writer|migrations)\//.test(file))).toEqual([])
  })

  test('one makes errors for clients, so that each has a code of the registry', () => {
    const makes = /\bnew GraphQLError\(|\bcreateGraphQLError\(|\bextends GraphQLError\b/
    // The examples are servers of other teams.
    const ours = product.filter((file) => !file.startsWith('src/examples/'))
    expect(filesThat((code) => makes.test(code), ours)).toEqual(['schema/core/errors.ts'])
  })

  test('one walks the selections of documents, and one looks below the field of a resolver', () => {
    expect(filesThat((code) => /\bselections\b|\bTypeInfo\b/.test(code))).toEqual(['schema/core/walk.ts'])
    const resolving = product.filter((file) => !file.startsWith('src/execution/'))
    expect(filesThat((code) => /\bfieldNodes\b/.test(code), resolving)).toEqual(['schema/core/plan.ts'])
  })
})

describe('house rules', () => {
  test('no file has more than 240 lines of code, comments and blank lines aside', () => {
    const lengths = files.map((file) => [file, codeOf(file).match(/\S.*$/gm)?.length ?? 0] as const)
    expect(lengths.filter(([, lines]) => lines > 240)).toEqual([])
  })

  test('no name is exported by two files', () => {
    const exported =
      /^export (?:declare |abstract |async )*(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm
    const places = product
      .filter((file) => !file.startsWith('db/migrations/'))
      .flatMap((file) => [...codeOf(file).matchAll(exported)].map(([, name = '']) => ({ name, file })))
    // Overloads and a schema type beside the TypeScript type of one name share a file.
    const files = Map.groupBy(places, ({ name }) => name)
    const twice = [...files].filter(([, found]) => new Set(found.map(({ file }) => file)).size > 1)
    expect(twice.map(([name, found]) => [name, found.map(({ file }) => file)])).toEqual([])
  })

  test('a number of time says its unit: milliseconds end in Ms', () => {
    const time =
      /\b(?:\w*(?:[tT]imeout|[iI]nterval|[dD]elay|[pP]atience|[pP]ause|[bB]ackoff|[eE]very|[hH]eartbeat|[aA]fter|[sS]pread|[sS]pacing|[mM]axAge)) ?(?:\??: number\b|= [\d_]{3,}\b)/g
    const found = product.flatMap((file) =>
      [...codeOf(file).matchAll(time)].map(([declaration]) => `${file}: ${declaration}`),
    )
    // Positions in the feed's log, a name that GraphQL shows, and an option of pg.
    const others = /(?: after|reportedFailureAfter| reconnectAfter| query_timeout)\??: number/
    expect(found.filter((declaration) => !others.test(declaration))).toEqual([])
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

/** The circles of imports among these files, each from its first file in the order of names. */
function circles(among: readonly string[]): string[] {
  const found: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const path: string[] = []
  const visit = (file: string) => {
    if (state.get(file) === 'open') found.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (state.has(file)) return
    state.set(file, 'open')
    path.push(file)
    for (const name of importsOf(file)) if (text.has(name)) visit(name)
    path.pop()
    state.set(file, 'done')
  }
  for (const file of [...among].sort()) visit(file)
  return found
}
