/**
 * The addresses of pages, relative to the page that they stand on: a proxy may serve all of them below a prefix.
 */
export class Links {
  /** From the page to the bare address: `./`, `../`, `../../` … */
  readonly root: string

  readonly #thumbnailOrigins: readonly string[]

  /**
   * @param path of the page, e.g. `/editions/2026-01-05`
   * @param thumbnailOrigins of the images that pages may show
   */
  constructor(path: string, thumbnailOrigins: readonly string[] = []) {
    this.#thumbnailOrigins = thumbnailOrigins
    const depth = path.split('/').length - 2
    this.root = depth < 1 ? './' : '../'.repeat(depth)
  }

  /** @param path below the bare address, without a slash at its start */
  to(path: string, params: Readonly<Record<string, string | null | undefined>> = {}): string {
    const given = Object.entries(params).flatMap(([name, value]) => (value ? [[name, value]] : []))
    const search = new URLSearchParams(given).toString()
    return this.root + path + (search && `?${search}`)
  }

  edition(date: string): string {
    return this.to(`editions/${date}`)
  }

  paper({ arxivId, id }: { readonly arxivId: string | null; readonly id: string }): string {
    return this.to(`papers/${arxivId ?? encodeURIComponent(id)}`)
  }

  author(name: string): string {
    return this.to(`authors/${encodeURIComponent(name)}`)
  }

  organization(name: string): string {
    return this.to(`organizations/${encodeURIComponent(name)}`)
  }

  keyword(key: string): string {
    return this.to(`keywords/${encodeURIComponent(key)}`)
  }

  /** The address of an image, if pages may show it. */
  thumbnail(url: string | null): string | undefined {
    if (url === null || this.#thumbnailOrigins.length === 0 || !URL.canParse(url)) return undefined
    return this.#thumbnailOrigins.includes(new URL(url).origin) ? url : undefined
  }

  /** GraphiQL with a query. */
  graphiql(query: string): string {
    return this.to('graphql', { query })
  }
}
