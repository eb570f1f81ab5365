import './node.ts'
import './paper.ts'
import './paper-fields.ts'
import './paper-authors.ts'
import './author.ts'
import './account.ts'
import './organization.ts'
import './keyword.ts'
import './edition.ts'
import './listing.ts'
import './changes.ts'
import './source.ts'
import './feed.ts'
import { builder } from './builder.ts'

/** The schema that is served. */
export const schema = builder.toSchema()
