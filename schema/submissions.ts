import type { Submissions } from '../db/editions.ts'
import { Account } from './account.ts'
import { builder } from './core/builder.ts'

export const SubmissionsRef = builder.objectRef<Submissions>('Submissions').implement({
  description: 'An account and the number of papers it submitted.',
  fields: (t) => ({
    account: t.field({
      type: Account,
      description: 'The account that submitted the papers.',
      resolve: ({ submitter_name }) => submitter_name,
    }),
    papers: t.exposeInt('papers', { description: 'The number of papers it submitted to these editions.' }),
  }),
})
