import { composeServices as composeAtApollo } from '@apollo/composition'
import { composeServices as composeAtGuild } from '@theguild/federation-composition'

/** Every composition that the subgraph has to pass. */
export const compositions = {
  '@apollo/composition': composeAtApollo,
  '@theguild/federation-composition': composeAtGuild,
}
