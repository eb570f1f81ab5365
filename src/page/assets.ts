import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { encodingFor } from '../graphql/responses/answer-headers.ts'
import { pathOf } from '../http/request.ts'
import type { Route } from '../http/route.ts'
import { pageNotFound } from './page-errors.ts'

/** A file, compressed when somebody asks for it so: that takes longer than all else that a start does for the page. */
class Asset {
  readonly mediaType: string
  readonly plain: Buffer
  #br: Buffer | undefined
  #gzip: Buffer | undefined

  constructor(mediaType: string, plain: Buffer) {
    this.mediaType = mediaType
    this.plain = plain
  }

  get br(): Buffer {
    this.#br ??= brotliCompressSync(this.plain)
    return this.#br
  }

  get gzip(): Buffer {
    this.#gzip ??= gzipSync(this.plain, { level: 9 })
    return this.#gzip
  }
}

const mediaTypes: Readonly<Record<string, string>> = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

const assets = new Map<string, Asset>()
const paths = new Map<string, string>()

for (const [name, mediaType] of Object.entries(mediaTypes)) {
  const plain = readFileSync(new URL(`./${name}`, import.meta.url))
  const path = name.replace('.', `-${hash('sha256', plain, 'base64url').slice(0, 12)}.`)
  paths.set(name, `assets/${path}`)
  assets.set(path, new Asset(mediaType, plain))
}

/** Where an asset is, below the bare address: its address changes with its content, so it can be kept for ever. */
export function assetPath(name: 'page.css' | 'page.js' | 'icon.svg'): string {
  return paths.get(name) ?? name
}

export const assetRoute: Route = {
  methods: ['GET'],
  answer(request, response) {
    const asset = assets.get(pathOf(request).slice('/assets/'.length))
    if (!asset) throw pageNotFound('The file does not exist. Reload the page that refers to it.')
    const encoding = encodingFor(request.headers['accept-encoding'] as string | undefined)
    const bytes = encoding ? asset[encoding] : asset.plain
    if (encoding) response.setHeader('content-encoding', encoding)
    response.appendHeader('vary', 'Accept-Encoding')
    response
      .writeHead(200, {
        'content-type': asset.mediaType,
        'content-length': bytes.length,
        'cache-control': 'public, max-age=31536000, immutable',
      })
      .end(bytes)
  },
}
