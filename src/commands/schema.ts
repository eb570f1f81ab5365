import { writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { Command } from 'commander'

export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the GraphQL schema')
    .option('--subgraph', 'print it as a subgraph, with the federation directives')
    .option('--write', 'write both forms to schema/ instead of printing')
    .action(async ({ write, subgraph }: { write?: true; subgraph?: true }) => {
      const { printClientSchema, printSubgraphSdl, schemaFile, subgraphFile } = await import(
        '../../schema/print.ts'
      )
      if (!write) {
        process.stdout.write(subgraph ? printSubgraphSdl() : printClientSchema())
        return
      }
      await writeFile(schemaFile, printClientSchema())
      await writeFile(subgraphFile, printSubgraphSdl())
      console.log(`Wrote ${relative('.', schemaFile)} and ${relative('.', subgraphFile)}.`)
    })
}
