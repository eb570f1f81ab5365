export interface AccountRecord {
  /** The user name, unique on Hugging Face. */
  name: string
  hfId?: string
  fullName?: string
  /** Absolute. */
  avatarUrl?: string
  isPro?: boolean
  followerCount?: number
  isHf?: boolean
  isMod?: boolean
}

export interface OrganizationRecord {
  name: string
  hfId?: string
  fullName?: string
  avatarUrl?: string
}
