import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { preset } from '@graphql-codegen/client-preset'
import { codegen } from '@graphql-codegen/core'
import { buildSchema, parse } from 'graphql'
import { schemaFile } from '../../schema/print.ts'
import { documents } from './documents.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const clients = join(root, 'tests/clients')
const run = promisify(execFile)

/** What the scalars are in JSON. Clients know no more of them than the schema says. */
const scalars = { Date: 'string', DateTime: 'string', FeedCursor: 'string', JSON: 'unknown', URL: 'string' }

/** An empty folder in which a client's project finds the packages of this one. */
export function projectFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'daily-papers-client-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Runs Relay's compiler over tests/clients/relay; throws with what it says. Returns the path of its manifest. */
export async function compileRelay(folder: string): Promise<string> {
  cpSync(join(clients, 'relay'), join(folder, 'src'), { recursive: true })
  cpSync(join(clients, 'relay-runtime.d.ts'), join(folder, 'relay-runtime.d.ts'))
  cpSync(schemaFile, join(folder, 'schema.graphql'))
  mkdirSync(join(folder, 'artifacts'))
  const manifest = join(folder, 'documents.json')
  writeFileSync(manifest, '{}')
  const config = {
    ...{ src: './src', schema: './schema.graphql', artifactDirectory: './artifacts', language: 'typescript' },
    ...{ customScalarTypes: scalars, eagerEsModules: true, noSourceControl: true },
    persistConfig: { file: './documents.json' },
  }
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config))
  const compiler = join(root, 'node_modules/relay-compiler/cli.js')
  await run(process.execPath, [compiler, 'relay.config.json'], { cwd: folder })
  // Relay keeps type checkers away from its artifacts; here they are what is checked.
  for (const file of readdirSync(join(folder, 'artifacts'))) {
    const path = join(folder, 'artifacts', file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^\/\/ @ts-.*$/m, ''))
  }
  return manifest
}

/** Runs the client preset of GraphQL Code Generator over tests/documents. Returns the path of its manifest. */
export async function generateClient(folder: string): Promise<string> {
  const text = readFileSync(schemaFile, 'utf8')
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: `${join(folder, 'gql')}/`,
    schema: parse(text),
    schemaAst: buildSchema(text),
    documents: documents.map((document) => ({
      document: parse(document.text),
      location: `${document.name}.graphql`,
      rawSDL: document.text,
    })),
    config: { scalars, useTypeImports: true, enumsAsTypes: true },
    presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } },
    plugins: [],
    pluginMap: {},
  })
  for (const section of sections) {
    const content = await codegen({ ...section, schemaAst: buildSchema(text) })
    mkdirSync(dirname(section.filename), { recursive: true })
    writeFileSync(section.filename, content)
  }
  return join(folder, 'gql/persisted-documents.json')
}

/** Checks a file beside what was generated, and all of that. Returns what tsc complains about. */
export async function typeFaults(folder: string, source: string): Promise<string> {
  writeFileSync(join(folder, 'usage.ts'), source)
  const compilerOptions = {
    ...{ target: 'es2024', module: 'esnext', moduleResolution: 'bundler', lib: ['es2024', 'dom'] },
    ...{ strict: true, noUncheckedIndexedAccess: true, noEmit: true, skipLibCheck: true, types: [] },
    resolveJsonModule: true,
  }
  const include = ['usage.ts', 'gql', 'artifacts', 'src', '*.d.ts']
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }))
  const compiler = join(root, 'node_modules/.bin/tsc')
  return run(compiler, ['-p', folder], { cwd: folder }).then(
    () => '',
    (error: { stdout?: string }) => error.stdout ?? String(error),
  )
}
