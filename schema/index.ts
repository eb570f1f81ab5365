import './node.ts'
import { builder } from './builder.ts'

/** The schema that is served. */
export const schema = builder.toSchema()
