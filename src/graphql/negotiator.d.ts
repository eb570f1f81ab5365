/** What is used of negotiator here: it has no types of its own, and those published apart are of 0.6. */
declare module 'negotiator' {
  export default class Negotiator {
    constructor(request: { readonly headers: Readonly<Record<string, unknown>> })
    mediaType(available: readonly string[]): string | undefined
    /** Those that the client accepts by name or with `*`, without parameters. */
    mediaTypes(): string[]
    encoding<Name extends string>(
      available: readonly Name[],
      options?: { readonly preferred: readonly Name[] },
    ): Name | undefined
  }
}
