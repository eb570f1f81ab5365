import { html } from '../html.ts'
import { type Letter, mailButton, mailFrame, mailRow } from './letter.ts'

/** Asks whether the digest is wanted. Nothing that somebody typed stands in it. */
export function confirmLetter(confirmUrl: string): Letter {
  const why = 'Somebody, probably you, asked for the digest of new machine-learning papers at this address…'
  const otherwise = 'If it was not you, do nothing: no more mail follows.'
  return {
    subject: 'Confirm your Daily Papers digest',
    text: `${why}\n\nOpen this address and press the button to confirm:\n${confirmUrl}\n\n${otherwise}\n`,
    html: mailFrame(
      'Confirm your digest',
      'One press of a button, and it begins.',
      [mailRow(html`<p style="margin:0">${why}</p>`), mailRow(mailButton(confirmUrl, 'Confirm the digest'))],
      html`<p style="margin:0">${otherwise}</p>`,
    ),
  }
}

/** The way to the preferences, for a reader who asked for it or has subscribed again. */
export function linksLetter(manageUrl: string): Letter {
  const what = 'You have the Daily Papers digest at this address. On this page you can change or end it…'
  return {
    subject: 'Your Daily Papers digest',
    text: `${what}\n${manageUrl}\n`,
    html: mailFrame(
      'Your digest',
      'Change it, or end it.',
      [mailRow(html`<p style="margin:0">${what}</p>`), mailRow(mailButton(manageUrl, 'Change the digest'))],
      html`<p style="margin:0">You get this because the address was typed into the form.</p>`,
    ),
  }
}
