import { readdirSync, readFileSync } from 'node:fs'
import { Kind, parse, visit } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schemaFile } from '../../schema/print.ts'

/** Words and turns that a reader of other API references would stumble over. */
const refused =
  /\b(told|stands?|so many|whoever|is no (?!longer)|of its own|null where|leaves? (it|them) out|left out)\b/i
const longest = 600

interface Described {
  readonly name: string
  readonly description: string | undefined
}

const described: Described[] = []
visit(parse(readFileSync(schemaFile, 'utf8')), {
  enter(node, _key, _parent, _path, ancestors) {
    if (node.kind === Kind.OPERATION_TYPE_DEFINITION || !node.kind.endsWith('Definition')) return
    const owners = ancestors.flatMap((owner) => ('name' in owner && owner.name ? [owner.name.value] : []))
    const name = 'name' in node && node.name && 'value' in node.name ? node.name.value : 'schema'
    const description = 'description' in node ? node.description?.value : undefined
    described.push({ name: [...owners, name].join('.'), description })
  },
})

describe('the descriptions of the printed schema', () => {
  const faults = (isFault: (description: string) => boolean) =>
    described.filter(({ description }) => isFault(description ?? '')).map(({ name }) => name)

  test('are on everything', () => {
    expect(described.length).toBeGreaterThan(500)
    expect(faults((description) => description.length < 8)).toEqual([])
  })

  test('are sentences or noun phrases, with a capital and a period', () => {
    expect(
      faults((description) => !/^([A-Z`]|arXiv)/.test(description) || !description.endsWith('.')),
    ).toEqual([])
  })

  test('are in plain English', () => {
    expect(faults((description) => refused.test(description))).toEqual([])
  })

  test(`have at most ${longest} characters`, () => {
    expect(faults((description) => description.length > longest)).toEqual([])
  })
})

test('messages are in plain English', () => {
  const root = new URL('../../', import.meta.url)
  const files = ['db', 'schema', 'src'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${folder}/${file}`,
    ),
  )
  const found = files
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.startsWith('db/migrations/'))
    .flatMap((file) =>
      literalsOf(readFileSync(new URL(file, root), 'utf8'))
        .filter((literal) => refused.test(literal))
        .map((literal) => `${file}: ${literal}`),
    )
  expect(found).toEqual([])
})

/** The texts of a file that are long enough for a sentence, without comments and what is put into them. */
function literalsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')
  const literals = code.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? []
  return literals
    .map((literal) => literal.replace(/\$\{[^}]*\}/g, '…'))
    .filter((literal) => / \w+ /.test(literal))
}
