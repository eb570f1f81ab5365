import type { Migration } from 'kysely/migration'
import * as papers from './0001_papers.ts'
import * as feed from './0002_feed.ts'
import * as reads from './0003_reads.ts'
import * as search from './0004_search.ts'
import * as facets from './0005_facets.ts'
import * as listingTimes from './0006_listing_times.ts'
import * as nameWords from './0007_name_words.ts'
import * as history from './0008_history.ts'
import * as folding from './0009_folding.ts'
import * as leases from './0010_leases.ts'
import * as terms from './0011_terms.ts'
import * as relatedTerms from './0012_related_terms.ts'
import * as acronyms from './0013_acronyms.ts'
import * as accessTokens from './0015_access_tokens.ts'
import * as webhooks from './0016_webhooks.ts'
import * as mail from './0017_mail.ts'
import * as gatewayRole from './0019_gateway_role.ts'
import * as textChanges from './0024_text_changes.ts'
import * as rankedWords from './0025_ranked_words.ts'
import * as listingArrivals from './0028_listing_arrivals.ts'
import * as paperDetails from './0030_paper_details.ts'
import * as expectations from './0031_expectations.ts'
import * as mergedRecords from './0033_merged_records.ts'

/** In order, frozen once landed, forward-only. Listed by hand, so that no folder is read at run time. */
export const migrations: Record<string, Migration> = {
  '0001_papers': papers,
  '0002_feed': feed,
  '0003_reads': reads,
  '0004_search': search,
  '0005_facets': facets,
  '0006_listing_times': listingTimes,
  '0007_name_words': nameWords,
  '0008_history': history,
  '0009_folding': folding,
  '0010_leases': leases,
  '0011_terms': terms,
  '0012_related_terms': relatedTerms,
  '0013_acronyms': acronyms,
  '0015_access_tokens': accessTokens,
  '0016_webhooks': webhooks,
  '0017_mail': mail,
  '0019_gateway_role': gatewayRole,
  '0024_text_changes': textChanges,
  '0025_ranked_words': rankedWords,
  '0028_listing_arrivals': listingArrivals,
  '0030_paper_details': paperDetails,
  '0031_expectations': expectations,
  '0033_merged_records': mergedRecords,
}
