/** What the tests use of citation-js, which has no types. */
declare module '@citation-js/core' {
  export interface CslName {
    family?: string
    given?: string
    suffix?: string
    literal?: string
    'non-dropping-particle'?: string
  }
  export interface CslItem {
    id?: string
    type: string
    title?: string
    author?: CslName[]
    issued?: { 'date-parts': number[][] }
    keyword?: string
    abstract?: string
    DOI?: string
    URL?: string
    number?: string
    publisher?: string
    'container-title'?: string
    'citation-key'?: string
  }
  export class Cite {
    constructor(input: string, options?: { forceType?: string })
    data: CslItem[]
    format(output: 'bibliography', options: { format: 'text'; template: string }): string
  }
}
declare module '@citation-js/plugin-bibtex'
declare module '@citation-js/plugin-ris'
declare module '@citation-js/plugin-csl'
