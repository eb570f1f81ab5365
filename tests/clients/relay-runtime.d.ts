/** As much of Relay's runtime as its compiler's artifacts name: only their data types are looked at here. */
declare module 'relay-runtime' {
  interface Artifact {
    readonly [key: string]: unknown
    readonly params: { readonly id: string; readonly [key: string]: unknown }
  }
  export function graphql(text: TemplateStringsArray): unknown
  export type FragmentRefs<Name extends string> = { readonly [name in Name]: true }
  export type ConcreteRequest = Artifact
  export type PreloadableConcreteRequest<_Query> = Artifact
  export const PreloadableQueryRegistry: { set(id: string, query: object): void }
  export type ReaderFragment = object
}
