import { closedAfterHours, type EditionProgress, progressOf } from '../db/editions.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { Edition } from './edition.ts'

export const EditionProgressRef = builder.objectRef<EditionProgress>('EditionProgress').implement({
  description: 'How complete an edition is here.',
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: 'The day of the edition.' }),
    closed: t.exposeBoolean('closed', {
      description: `Whether nothing more is to come: a source gave the whole list ${closedAfterHours} hours or more after the end of the day in UTC. Until then, papers are still added.`,
    }),
    expectedCount: t.exposeInt('expected', {
      nullable: true,
      description:
        'The number of papers on the list when a source last gave all of it. Null if none did. More than `seenCount` means that some could not be read; less, that some were taken off the list.',
    }),
    seenCount: t.exposeInt('seen', {
      description: 'The number of papers of the edition that are stored here.',
    }),
    listedAt: t.expose('listed_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When a source last gave the whole list. Null if none did.',
    }),
  }),
})

builder.objectField(Edition, 'progress', (t) =>
  t.field({
    type: EditionProgressRef,
    extensions: { cost: 0.1 },
    description: 'How complete the edition is here: whether it is closed, and how many papers are missing.',
    resolve: async ({ date }, _args, context) => {
      const progress = await batched(context, 'progress of editions', date, async (dates) => {
        const rows = await progressOf(context.db, dates)
        return new Map(rows.map((row) => [row.date, row]))
      })
      return progress ?? { date, closed: false, expected: null, seen: 0, listed_at: null }
    },
  }),
)
