import { type Html, html } from '../html.ts'

/** A mail before it has a sender: a subject, and the same content twice. */
export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: Html
}

/** Colours that can be read when a client inverts them, too. */
const dark = `@media (prefers-color-scheme: dark) {
body, .page { background: #16181b !important; color: #e4e2dd !important }
a, h1, h2 { color: #e4e2dd !important }
.quiet { color: #a3a19b !important }
.button { background: #e4e2dd !important; color: #16181b !important }
}`

const font = 'Georgia, "Times New Roman", serif'

/**
 * The frame of a mail: one column of tables with styles of its own, which is what mail programs agree on. The "…" keeps
 * relays from taking the text for ASCII and sending it on in another charset.
 */
export function mailFrame(title: string, preview: string, rows: readonly Html[], footer: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${dark}</style>
</head>
<body style="margin:0;padding:0;background:#ffffff;color:#1d1d1b;font-family:${font}">
<div style="display:none;max-height:0;overflow:hidden">${preview}…</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="page" style="background:#ffffff;color:#1d1d1b">
<tr><td align="center" style="padding:24px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;text-align:left;font-family:${font};font-size:16px;line-height:1.5">
<tr><td style="padding:0 0 16px;border-bottom:2px solid #8a8780"><h1 style="margin:0;font-size:24px;line-height:1.25;color:#1d1d1b">${title}</h1></td></tr>
${rows}
<tr><td class="quiet" style="padding:20px 0 0;border-top:1px solid #8a8780;color:#5f5d57;font-size:14px">${footer}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

/** A mail as a page of its own. Mail programs show it within theirs, so that a landmark in the mail would be one too many. */
export function letterPage({ html: mail }: Letter): string {
  return String(mail)
    .replace(/<body[^>]*>/, '$&\n<main>')
    .replace(/<\/body>\s*<\/html>\s*$/, '</main>\n$&')
}

export function mailRow(content: Html): Html {
  return html`<tr><td style="padding:16px 0">${content}</td></tr>`
}

/** A link that does what the mail is for. */
export function mailButton(url: string, label: string): Html {
  return html`<a href="${url}" class="button" style="display:inline-block;padding:12px 20px;background:#1d1d1b;color:#ffffff;text-decoration:none;border-radius:4px">${label}</a>`
}
