import { writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { Command } from 'commander'

export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the GraphQL schema')
    .option('--write', 'write it to schema/schema.graphql instead')
    .action(async ({ write }: { write?: true }) => {
      const { printClientSchema, schemaFile } = await import('../../schema/print.ts')
      if (!write) {
        process.stdout.write(printClientSchema())
        return
      }
      await writeFile(schemaFile, printClientSchema())
      console.log(`Wrote ${relative('.', schemaFile)}.`)
    })
}
