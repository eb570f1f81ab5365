import type { Submissions } from '../db/editions.ts'
import { Account } from './account.ts'
import { builder } from './core/builder.ts'

export const SubmissionsRef = builder.objectRef<Submissions>('Submissions').implement({
  description: 'An account and how much it submitted.',
  fields: (t) => ({
    account: t.field({
      type: Account,
      description: 'Who submitted.',
      resolve: ({ submitter_name }) => submitter_name,
    }),
    papers: t.exposeInt('papers', { description: 'How many papers it put on these editions.' }),
  }),
})
