import { writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { Command } from 'commander'
import { printClientSchema, schemaFile } from '../../schema/print.ts'

export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the GraphQL schema')
    .option('--write', 'write it to schema/schema.graphql instead')
    .action(async ({ write }: { write?: true }) => {
      if (!write) {
        process.stdout.write(printClientSchema())
        return
      }
      await writeFile(schemaFile, printClientSchema())
      console.log(`Wrote ${relative('.', schemaFile)}.`)
    })
}
