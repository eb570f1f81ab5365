import { builder } from '../core/builder.ts'
import { Paper } from '../paper.ts'
import { bibtex } from './bibtex.ts'
import { type Citable, citedColumns } from './citable.ts'
import { cslItem } from './csl.ts'
import { ris } from './ris.ts'

const CitationFormat = builder.enumType('CitationFormat', {
  description: 'A format that reference managers import.',
  values: {
    BIBTEX: { description: 'A BibTeX entry, for LaTeX. See `bibtex`.' },
    RIS: { description: 'A RIS record, for EndNote, Mendeley and Zotero. Its lines end with CR LF.' },
    CSL_JSON: {
      description: 'CSL-JSON, for citation processors: an array with one item, as JSON text.',
    },
  } as const,
})

const formats: Record<typeof CitationFormat.$inferType, (paper: Citable) => string> = {
  BIBTEX: bibtex,
  RIS: ris,
  CSL_JSON: (paper) => JSON.stringify([cslItem(paper)]),
}

// Each is written anew, of up to a hundred names and more.
const reads = { extensions: { columns: citedColumns, cost: 0.4 } }

builder.objectFields(Paper, (t) => ({
  bibtex: t.string({
    ...reads,
    description:
      'A BibTeX entry for citing the paper, with a unique key, e.g. `kovacs2025role:2505.11711`. It prints correctly in the default fonts of LaTeX: formulas are unchanged, signs and accents become commands, the capitals of the title are protected, and the names of groups are kept whole. Commands that are not on a list of harmless ones become text. Letters that LaTeX has no command for, e.g. Chinese ones, stay in UTF-8: use XeLaTeX or LuaLaTeX for them.',
    resolve: (paper) => bibtex(paper),
  }),
  citation: t.string({
    ...reads,
    description:
      'The paper as a reference manager imports it. In `RIS` and `CSL_JSON`, texts are those of the paper, unchanged.',
    args: {
      format: t.arg({ type: CitationFormat, required: true, description: 'The format.' }),
    },
    resolve: (paper, { format }) => formats[format](paper),
  }),
}))
