import type { Frame } from '../frame.ts'

/** The final fragment of a text message. */
const finalText = 0x81
const sixteenBits = 126
const sixtyFourBits = 127

/**
 * Results as messages of a server, `head` before each and a brace behind it: one unmasked WebSocket frame for each
 * (RFC 6455, 5.2).
 */
export function textMessages(frames: readonly Frame[], head: string): Buffer {
  const start = Buffer.from(head)
  let total = 0
  for (const { size } of frames) {
    const length = start.length + size + 1
    total += headerSize(length) + length
  }
  const bytes = Buffer.allocUnsafe(total)
  let at = 0
  for (const frame of frames) {
    at = writeHeader(bytes, at, start.length + frame.size + 1)
    at += start.copy(bytes, at)
    at += frame.bytes.copy(bytes, at)
    at = bytes.writeUInt8(0x7d, at)
  }
  return bytes
}

function headerSize(length: number): number {
  if (length < sixteenBits) return 2
  return length <= 0xffff ? 4 : 10
}

function writeHeader(bytes: Buffer, at: number, length: number): number {
  const next = bytes.writeUInt8(finalText, at)
  if (length < sixteenBits) return bytes.writeUInt8(length, next)
  if (length <= 0xffff) return bytes.writeUInt16BE(length, bytes.writeUInt8(sixteenBits, next))
  return bytes.writeBigUInt64BE(BigInt(length), bytes.writeUInt8(sixtyFourBits, next))
}
