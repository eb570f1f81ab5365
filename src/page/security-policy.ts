/** The browser itself then refuses whatever is not of this server, but for images of these origins. */
export function contentSecurityPolicy(thumbnailOrigins: readonly string[] = []): string {
  return [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'"],
    ["img-src 'self'", ...thumbnailOrigins].join(' '),
    ...["connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
  ].join('; ')
}
